// PV1 and PV2 to a statement about the visit.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore, report } from '../context.ts';
import { readConcept } from '../datatypes/concept.ts';
import { readIdentifier } from '../datatypes/identifier.ts';
import { list, object, partOf, some } from '../datatypes/part.ts';
import { localSystem, tableSystem } from '../datatypes/systems.ts';
import { readTime } from '../datatypes/time.ts';
import { siteConcept } from '../patient/codes.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { clear, type Draft, draft, set } from '../statement.ts';
import { fieldUnit, firstOf, isNullField, repetitionsOf, valueAt } from '../unit.ts';
import { encounterKey } from './encounter-key.ts';
import type { EncounterSaid } from './events.ts';
import { sayLocations } from './locations.ts';
import { sayParticipants } from './participants.ts';
import type { Visit } from './visit.ts';

/** Says what the message says of the visit, and returns its key; undefined when there is none, or none that can be told apart. */
export function emitEncounter(context: Context, visit: Visit, said: EncounterSaid): string | undefined {
  const { patientKey, pid, pv1, pv2 } = visit;
  ignore(context, 'set-id', pv1, { fields: [1] });
  if (fieldUnit(pv1, 2)?.text.trim().toUpperCase() === 'N') {
    ignore(context, 'not-a-visit', pv1);
    ignore(context, 'not-a-visit', pv2);
    return undefined;
  }
  const key = encounterKey(context, patientKey, pv1);
  if (key === undefined) return undefined;
  const encounter = draft('Encounter', key, patientKey);
  set(encounter, 'identifier', some(visitIdentifiers(context, pv1)));
  sayStatus(encounter, said, pv1);
  sayClass(context, encounter, pv1);
  set(
    encounter,
    'type',
    some(
      list(
        siteConcept(context, partOf(firstOf(pv1, 4)), '0007'),
        siteConcept(context, partOf(firstOf(pv1, 18)), '0018'),
      ),
    ),
  );
  set(encounter, 'serviceType', siteConcept(context, partOf(firstOf(pv1, 10)), 'specialty'));
  set(encounter, 'priority', siteConcept(context, partOf(firstOf(pv2, 25)), '0217'));
  set(encounter, 'subject', { reference: `key:Patient|${patientKey}` });
  sayParticipants(context, encounter, visit);
  sayPeriod(context, encounter, { pv1, said });
  set(encounter, 'reasonCode', some(list(siteConcept(context, partOf(firstOf(pv2, 3)), 'admit-reason'))));
  set(encounter, 'account', some(accounts(context, pid)));
  set(encounter, 'hospitalization', hospitalization(context, pv1), { partial: true });
  sayLocations(context, encounter, pv1);
  set(encounter, 'serviceProvider', serviceProvider(pv1));
  set(encounter, 'extension', some(plans(context, pv2)), { partial: true });
  emit(context, encounter);
  return key;
}

function visitIdentifiers(context: Context, pv1: Segment): readonly Node[] {
  return [19, 50]
    .flatMap((field) => repetitionsOf(pv1, field))
    .flatMap((at) => {
      const identifier = readIdentifier(context, partOf(at));
      if (identifier === undefined) return [];
      const type = { coding: [{ system: tableSystem('0203'), code: 'VN' }] };
      return [
        {
          ...identifier,
          type: identifier['type'] ?? type,
          system: identifier['system'] ?? localSystem(context.source, 'id', 'visit'),
        },
      ];
    });
}

/** A discharge time in an update says that the visit is over; nothing else in an update says anything about its state. */
function sayStatus(encounter: Draft, { status }: EncounterSaid, pv1: Segment): void {
  const discharged = valueAt(firstOf(pv1, 45), 1);
  if (status !== undefined) set(encounter, 'status', status);
  else if (discharged !== undefined && discharged.text.trim() !== '')
    set(encounter, 'status', leaf('finished', discharged));
}

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const CLASS: { readonly [code: string]: readonly [code: string, display: string] } = {
  E: ['EMER', 'emergency'],
  I: ['IMP', 'inpatient encounter'],
  O: ['AMB', 'ambulatory'],
  P: ['PRENC', 'pre-admission'],
};

function sayClass(context: Context, encounter: Draft, pv1: Segment): void {
  const unit = valueAt(firstOf(pv1, 2), 1);
  const sent = unit?.text.trim().toUpperCase() ?? '';
  if (sent === '') return;
  const known = CLASS[sent];
  const coding =
    known === undefined
      ? { system: tableSystem('0004'), code: leaf(sent, unit) }
      : { system: ACT_CODE, code: leaf(known[0], unit), display: known[1] };
  set(encounter, 'class', coding);
  if (known !== undefined || 'RBCU'.includes(sent)) return;
  report(context, {
    severity: 'information',
    code: 'code-invalid',
    reason: 'patient-class-unknown',
    message: 'The patient class is not in HL7 table 0004; it was kept as it came.',
    at: unit,
  });
}

/** Start and end are said apart; a cancelled discharge takes the end back, and with it a period whose start is not said again. */
function sayPeriod(
  context: Context,
  encounter: Draft,
  { pv1, said }: { readonly pv1: Segment; readonly said: EncounterSaid },
): void {
  const start = readTime(context, partOf(firstOf(pv1, 44)));
  const end = readTime(context, partOf(firstOf(pv1, 45)));
  if (said.takesBackDischarge === true) {
    if (start?.value === undefined) clear(encounter, 'period', fieldUnit(pv1, 45));
    else set(encounter, 'period', { start });
    ignore(context, 'discharge-taken-back', pv1, { fields: [45] });
    return;
  }
  const takesBack = isNullField(pv1, 45) && start?.value !== undefined;
  set(encounter, 'period', object({ start, end }), {
    partial: !takesBack && (start?.value === undefined || end?.value === undefined),
  });
}

function hospitalization(context: Context, pv1: Segment): NodeObject | undefined {
  const concept = (field: number, table: string) => siteConcept(context, partOf(firstOf(pv1, field)), table);
  const concepts = (field: number, table: string) =>
    some(repetitionsOf(pv1, field).flatMap((at) => list(siteConcept(context, partOf(at), table))));
  const destination = partOf(firstOf(pv1, 37)).at(1);
  return object({
    preAdmissionIdentifier: readIdentifier(context, partOf(firstOf(pv1, 5))),
    admitSource: concept(14, '0023'),
    reAdmission: concept(13, '0092'),
    dietPreference: some(list(concept(38, '0114'))),
    specialCourtesy: concepts(16, '0099'),
    specialArrangement: concepts(15, '0009'),
    destination: destination.text === '' ? undefined : { display: leaf(destination.text, destination.unit) },
    dischargeDisposition: concept(36, '0112'),
  });
}

function accounts(context: Context, pid: Segment): readonly Node[] {
  const identifier = readIdentifier(context, partOf(firstOf(pid, 18)));
  return identifier === undefined ? [] : [{ identifier }];
}

function serviceProvider(pv1: Segment): Node | undefined {
  const facility = valueAt(firstOf(pv1, 39), 1);
  return facility === undefined ? undefined : { display: leaf(facility.text.trim(), facility) };
}

const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter';

function plans(context: Context, pv2: Segment | undefined): readonly Node[] {
  const [starts, ends] = [8, 9].map((field) => readTime(context, partOf(firstOf(pv2, field))));
  const arrival = partOf(firstOf(pv2, 38));
  const mode =
    arrival.at(1).text === ''
      ? undefined
      : readConcept(context.source, arrival, localSystem(context.source, 'code', '0430'));
  const coding = Array.isArray(mode?.['coding']) ? (mode['coding'][0] as Node | undefined) : undefined;
  return list(
    starts?.value === undefined ? undefined : { url: `${R5}.plannedStartDate`, valueDateTime: starts },
    ends?.value === undefined ? undefined : { url: `${R5}.plannedEndDate`, valueDateTime: ends },
    coding === undefined
      ? undefined
      : { url: 'http://hl7.org/fhir/StructureDefinition/encounter-modeOfArrival', valueCoding: coding },
  );
}
