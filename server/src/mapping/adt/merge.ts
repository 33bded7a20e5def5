// A40 and A34: two ids of one patient. They link source subjects and change nothing else; a sender that carries details over
// sends an A31 or A08 after it. (HL7 UK A.3, 3.4.40)
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, emitLink, type Finding, ignore, report } from '../context.ts';
import { partOf } from '../datatypes/part.ts';
import { authoritySystem } from '../datatypes/systems.ts';
import { readIdentifiers, readPatientIdentifiers, setAsideStatus } from '../patient/identifiers.ts';
import { type PatientKey, patientKeyOf } from '../patient/key.ts';
import { draft, set } from '../statement.ts';
import { type RepetitionAt, repetitionsOf, segmentPosition, unitsOf } from '../unit.ts';

/** One patient group of the message: who is kept, and whose ids are retired. */
type Group = { readonly pid: Segment; readonly mrg: Segment };

/** Adds links and the ids they are between. Returns what makes the message unusable, if anything does. */
export function emitMerges(context: Context): Finding | { readonly patientKey: string } {
  const groups = groupsOf(context);
  if ('reason' in groups) return groups;
  let patientKey = '';
  for (const group of groups) {
    const merged = emitMerge(context, group);
    if (typeof merged !== 'string') return merged;
    patientKey ||= merged;
  }
  setAsideTheRest(context);
  return { patientKey };
}

function groupsOf(context: Context): readonly Group[] | Finding {
  const groups: Group[] = [];
  let pid: Segment | undefined;
  for (const segment of context.message.segments) {
    if (segment.name === 'PID') pid = segment;
    if (segment.name !== 'MRG') continue;
    if (pid === undefined) return missing('PID', segment);
    groups.push({ pid, mrg: segment });
  }
  const unpaired = context.message.segments
    .filter((one) => one.name === 'PID')
    .find((one) => !groups.some((group) => group.pid === one));
  if (unpaired !== undefined || groups.length === 0) return missing('MRG', unpaired);
  return groups;
}

function missing(name: string, at: Segment | undefined): Finding {
  return {
    severity: 'error',
    code: 'required',
    reason: 'merge-incomplete',
    message: `A merge needs a PID (who is kept) and an MRG (who is retired) for each patient; the ${name} is missing. The sender has to send it again.`,
    expression: name,
    span: at?.span,
  };
}

/** The key of the patient who is kept, or why the pair cannot be taken. */
function emitMerge(context: Context, { pid, mrg }: Group): string | Finding {
  const kept = repetitionsOf(pid, 3);
  const surviving = patientKeyOf(context.source, kept);
  if (surviving === undefined) return unusable(pid, 3, 'patient-identifier-missing');
  const retired = coupled(context, surviving, { kept, retired: repetitionsOf(mrg, 1) });
  if (retired.length === 0) return unusable(mrg, 1, 'merge-not-coupled');
  if (retired.some((one) => one.key === surviving.key)) return unusable(mrg, 1, 'merge-with-itself');
  sayIdsOf(context, surviving.key, pid);
  for (const one of retired) {
    sayIds(context, one.key, readIdentifiers(context, [one.at], undefined));
    const position = `${placeOfId(surviving)} / ${placeOfId(one)}`;
    const link = { kind: 'merge', survivingKey: surviving.key, retiredKey: one.key, position, span: mrg.span } as const;
    emitLink(context, link, unitsOf(one.at));
  }
  return surviving.key;
}

/** The ids of a PID, and nothing else that it says. */
export function sayIdsOf(context: Context, key: string, pid: Segment): void {
  sayIds(context, key, readPatientIdentifiers(context, pid));
  setAsideStatus(context, pid);
}

function sayIds(context: Context, key: string, identifiers: ReturnType<typeof readIdentifiers>): void {
  const patient = draft('Patient', key);
  if (identifiers.length > 0) set(patient, 'identifier', identifiers, { update: 'merge-by-type', partial: true });
  emit(context, patient);
}

/**
 * MRG-1 lists the ids to be retired in the places, and with the authorities and types, of their partners in PID-3. An id out of
 * place is taken when its authority and type are those of the kept id, and of no other in PID-3.
 */
type Ids = { readonly kept: readonly RepetitionAt[]; readonly retired: readonly RepetitionAt[] };

function coupled(context: Context, surviving: PatientKey, { kept, retired }: Ids): readonly PatientKey[] {
  const wanted = kindOf(context, surviving.at);
  const ambiguous = kept.filter((at) => kindOf(context, at) === wanted).length > 1;
  return retired.flatMap((at) => {
    const same = kindOf(context, at) === wanted;
    const inPlace = at.index === surviving.at.index;
    if (same && (inPlace || !ambiguous)) return patientKeyOf(context.source, [at]) ?? [];
    if (!partnered(context, kept, at)) reportUncoupled(context, at);
    else ignore(context, 'merge-of-other-id', at.segment, { fields: [at.field], repetition: at.index });
    return [];
  });
}

/** An id of another kind with its partner in PID-3, such as the NHS numbers beside the hospital numbers: no patient key of this source. */
function partnered(context: Context, kept: readonly RepetitionAt[], at: RepetitionAt): boolean {
  return kept.some((one) => kindOf(context, one) === kindOf(context, at));
}

function kindOf(context: Context, at: RepetitionAt): string {
  const part = partOf(at);
  return `${authoritySystem(context.source, part.at(4)) ?? ''}|${part.at(5).text.toUpperCase()}`;
}

/** `PID-3[1]` */
export function placeOfId({ at }: PatientKey): string {
  return place(at);
}

function place(at: RepetitionAt): string {
  return `${segmentPosition(at.segment)}-${at.field}[${at.index}]`;
}

function reportUncoupled(context: Context, at: RepetitionAt): void {
  report(context, {
    severity: 'warning',
    code: 'value',
    reason: 'merge-id-without-partner',
    message:
      'This id of MRG-1 has no partner of the same authority and type in PID-3, so it is not known whose it was. It was not taken.',
    expression: place(at),
    span: at.repetition.span,
  });
}

const UNUSABLE: { readonly [reason: string]: string } = {
  'patient-identifier-missing':
    'PID-3 has no id that tells one patient from another, so it is not known whom it is about. The sender has to send it again with one.',
  'merge-not-coupled':
    'No id of MRG-1 has the authority and type of the kept id in PID-3 (and its place, where several have), so it is not known which patients are meant. The sender has to send it again.',
  'unlink-from-itself':
    'Both PIDs name the same id: a patient cannot be unlinked from itself. The sender has to send it again.',
  'merge-with-itself':
    'MRG-1 and PID-3 name the same id: a patient cannot be merged with itself. The sender has to send it again.',
};

export function unusable(segment: Segment, field: number, reason: string): Finding {
  const message = UNUSABLE[reason] ?? '';
  const expression = `${segmentPosition(segment)}-${field}`;
  return { severity: 'error', code: 'value', reason, message, expression, span: segment.field(field).span };
}

/** All but the ids: one of them that was not taken stays unmapped, for somebody to see. */
export function setAsideTheRest(context: Context): void {
  for (const segment of context.message.segments) {
    const { name, fieldCount } = segment;
    if (['PV1', 'PV2'].includes(name)) ignore(context, 'merge-carries-no-visit', segment);
    if (name === 'PD1') ignore(context, 'merge-is-not-demographics', segment);
    const ids = name === 'PID' ? 3 : name === 'MRG' ? 1 : undefined;
    if (ids === undefined) continue;
    if (name === 'PID') ignore(context, 'set-id', segment, { fields: [1] });
    const fields = Array.from({ length: fieldCount }, (_, i) => i + 1).filter((field) => field !== ids);
    ignore(context, 'merge-is-not-demographics', segment, { fields });
  }
}
