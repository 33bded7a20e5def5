// A37: two ids that are not one patient, whatever was merged or linked before. It says so of two source subjects and changes nothing
// else. (HL7 v2, 3.3.37; no UK profile has it, and a sender of one means it)
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emitLink, type Finding } from '../context.ts';
import { type PatientKey, patientKeyOf } from '../patient/key.ts';
import { repetitionsOf, segmentsOf, unitsOf } from '../unit.ts';
import { placeOfId, sayIdsOf, setAsideTheRest, unusable } from './merge.ts';

type Named = { readonly pid: Segment; readonly key: PatientKey };

/** Says that the patients of the two PIDs are not one. Returns what makes the message unusable, if anything does. */
export function emitUnlink(context: Context): Finding | { readonly patientKey: string } {
  const pids = segmentsOf(context.message, 'PID');
  const [first, second, third] = pids;
  if (first === undefined || second === undefined || third !== undefined) return incomplete(third ?? first);
  const [one, other] = [namedBy(context, first), namedBy(context, second)];
  if ('reason' in one) return one;
  if ('reason' in other) return other;
  if (one.key.key === other.key.key) return unusable(second, 3, 'unlink-from-itself');
  for (const { pid, key } of [one, other]) sayIdsOf(context, key.key, pid);
  const position = `${placeOfId(one.key)} / ${placeOfId(other.key)}`;
  const link = { kind: 'unmerge', survivingKey: one.key.key, retiredKey: other.key.key, position } as const;
  emitLink(context, { ...link, span: second.span }, unitsOf(other.key.at));
  setAsideTheRest(context);
  return { patientKey: one.key.key };
}

function namedBy(context: Context, pid: Segment): Named | Finding {
  const key = patientKeyOf(context.source, repetitionsOf(pid, 3));
  return key === undefined ? unusable(pid, 3, 'patient-identifier-missing') : { pid, key };
}

function incomplete(at: Segment | undefined): Finding {
  return {
    severity: 'error',
    code: 'structure',
    reason: 'unlink-incomplete',
    message: 'An unlink needs two PIDs, one for each patient, and no more. The sender has to send it again.',
    expression: 'PID',
    span: at?.span,
  };
}
