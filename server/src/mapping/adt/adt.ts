// ADT messages: which segments say what, for each kind of event.
import { type Context, type Finding, mappedResult, refusedResult } from '../context.ts';
import { emitPatient } from '../patient/patient.ts';
import { readPatientOf } from '../patient/subject.ts';
import { emitProvenance, setAsideEnvelope } from '../provenance.ts';
import type { MappingResult } from '../types.ts';
import { segmentsOf } from '../unit.ts';
import { emitAllergy } from './allergy.ts';
import { emitCondition } from './condition.ts';
import { emitEncounter } from './encounter.ts';
import type { AdtEvent } from './events.ts';
import { emitMeasurements } from './measurements.ts';
import { emitMerges } from './merge.ts';
import { emitRelatedPerson } from './related-person.ts';

export function mapAdt(context: Context, event: AdtEvent): MappingResult {
  const done = event.kind === 'merge' ? emitMerges(context) : emitPerson(context, event);
  if ('reason' in done) return refusedResult(context, done);
  emitProvenance(context, done.patientKey);
  setAsideEnvelope(context);
  return mappedResult(context);
}

type PersonEvent = Exclude<AdtEvent, { readonly kind: 'merge' }>;

function emitPerson(context: Context, event: PersonEvent): Finding | { readonly patientKey: string } {
  const subject = readPatientOf(context);
  if ('reason' in subject) return subject;
  const { message } = context;
  const { patientKey, pid } = subject;
  emitPatient(context, patientKey, pid, message.first('PD1'));
  for (const nk1 of segmentsOf(message, 'NK1')) emitRelatedPerson(context, patientKey, nk1);
  const pv1 = message.first('PV1');
  const said = event.kind === 'visit' ? event.encounter : { status: undefined };
  const visit = pv1 && { patientKey, pid, pv1, pv2: message.first('PV2') };
  const encounterKey = visit && emitEncounter(context, visit, said);
  for (const al1 of segmentsOf(message, 'AL1')) emitAllergy(context, patientKey, al1);
  emitMeasurements(context, patientKey);
  for (const dg1 of segmentsOf(message, 'DG1')) emitCondition(context, { patientKey, encounterKey }, dg1);
  return { patientKey };
}
