// Whom a message is about: exactly one patient with a usable id, or a finding that says what is missing and where.
import type { Segment } from '../../hl7v2/types.ts';
import type { Context, Finding } from '../context.ts';
import { segmentPosition, segmentsOf } from '../unit.ts';
import { patientIds, patientKeyOf } from './key.ts';

export type Subject = { readonly patientKey: string; readonly pid: Segment };

export function readPatientOf(context: Context): Subject | Finding {
  const [pid, second] = segmentsOf(context.message, 'PID');
  if (pid === undefined) return withoutPatient(context);
  if (second !== undefined) return twoPatients(second);
  const found = patientKeyOf(context.source, patientIds(context.message));
  return found === undefined ? withoutId(pid) : { patientKey: found.key, pid };
}

function withoutPatient(context: Context): Finding {
  return {
    severity: 'error',
    code: 'required',
    reason: 'patient-missing',
    message:
      'The message has no PID segment, so it is not known whom it is about. The sender has to send it again with one.',
    expression: 'PID',
    span: context.message.first('MSH')?.span,
  };
}

function twoPatients(pid: Segment): Finding {
  return {
    severity: 'error',
    code: 'structure',
    reason: 'more-than-one-patient',
    message:
      'The message has more than one PID segment. To guess which one is meant could put details on the wrong patient; send one message for each.',
    expression: segmentPosition(pid),
    span: pid.span,
  };
}

function withoutId(pid: Segment): Finding {
  return {
    severity: 'error',
    code: 'required',
    reason: 'patient-identifier-missing',
    message:
      'PID-3 has no id that tells one patient from another (none, or a filler such as zeros). The sender has to send it again with one.',
    expression: `${segmentPosition(pid)}-3`,
    span: pid.fieldCount >= 3 ? pid.field(3).span : pid.span,
  };
}
