// ADT messages: which segments say what, for each kind of event.
import { type Context, type Finding, ignore, mappedResult, refusedResult } from '../context.ts';
import { emitPatient } from '../patient/patient.ts';
import { readPatientOf, type Subject } from '../patient/subject.ts';
import { emitProvenance, setAsideEnvelope } from '../provenance.ts';
import type { MappingResult } from '../types.ts';
import { segmentsOf } from '../unit.ts';
import { emitAllergy } from './allergy.ts';
import { emitCondition } from './condition.ts';
import { emitEncounter } from './encounter.ts';
import type { AdtEvent, EncounterSaid } from './events.ts';
import { emitMeasurements } from './measurements.ts';
import { emitMerges } from './merge.ts';
import { emitRelatedPerson } from './related-person.ts';
import { emitUnlink } from './unlink.ts';

export function mapAdt(context: Context, event: AdtEvent): MappingResult {
  const done = emitEvent(context, event);
  if ('reason' in done) return refusedResult(context, done);
  emitProvenance(context, done.patientKey);
  setAsideEnvelope(context);
  return mappedResult(context);
}

function emitEvent(context: Context, event: AdtEvent): Finding | { readonly patientKey: string } {
  if (event.kind === 'merge') return emitMerges(context);
  if (event.kind === 'unlink') return emitUnlink(context);
  return emitPerson(context, event);
}

type PersonEvent = Exclude<AdtEvent, { readonly kind: 'merge' | 'unlink' }>;

function emitPerson(context: Context, event: PersonEvent): Finding | { readonly patientKey: string } {
  const subject = readPatientOf(context);
  if ('reason' in subject) return subject;
  const { message } = context;
  const { patientKey, pid } = subject;
  emitPatient(context, patientKey, pid, message.first('PD1'));
  for (const nk1 of segmentsOf(message, 'NK1')) emitRelatedPerson(context, patientKey, nk1);
  const encounterKey = event.kind === 'visit' ? visitOf(context, subject, event.encounter) : noVisit(context);
  for (const al1 of segmentsOf(message, 'AL1')) emitAllergy(context, patientKey, al1);
  emitMeasurements(context, patientKey);
  for (const dg1 of segmentsOf(message, 'DG1')) emitCondition(context, { patientKey, encounterKey }, dg1);
  return { patientKey };
}

function visitOf(context: Context, { patientKey, pid }: Subject, said: EncounterSaid): string | undefined {
  const pv1 = context.message.first('PV1');
  const pv2 = context.message.first('PV2');
  return pv1 === undefined ? undefined : emitEncounter(context, { patientKey, pid, pv1, pv2 }, said);
}

/** A28 and A31 are about the person; the structure asks for a PV1 all the same, and what stands in it may be any visit. */
function noVisit(context: Context): undefined {
  for (const name of ['PV1', 'PV2']) ignore(context, 'person-event-carries-no-visit', context.message.first(name));
  return undefined;
}
