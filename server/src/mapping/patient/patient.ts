// PID and PD1 to a statement about the patient. Every message about a patient comes through here, whatever else it says.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore } from '../context.ts';
import { readConcept } from '../datatypes/concept.ts';
import { partOf } from '../datatypes/part.ts';
import { tableSystem } from '../datatypes/systems.ts';
import { readDate, readTime } from '../datatypes/time.ts';
import { leaf, type NodeObject } from '../sourced.ts';
import { clear, type Draft, draft, set } from '../statement.ts';
import { fieldUnit, firstOf, isNullField, repetitionsOf, valueAt } from '../unit.ts';
import { readGender, readMaritalStatus } from './codes.ts';
import { sayDeath } from './death.ts';
import { sayExtensions } from './extensions.ts';
import { sayGeneralPractitioner } from './general-practitioner.ts';
import { readPatientIdentifiers, setAsideStatus } from './identifiers.ts';
import { type Speaking, sayAddresses, sayNames, sayTelecom } from './lists.ts';

const TELECOM = [
  { field: 13, use: 'home' },
  { field: 14, use: 'work' },
  { field: 40, use: undefined },
] as const;
/** PID-9 must not be used (names carry a type), and the others are of other countries' administration. */
const NOT_USED_IN_UK = [9, 10, 19, 20, 27, 33, 34];

/** Says what PID and PD1 say of the patient of this key. */
export function emitPatient(
  context: Context,
  key: string,
  ...[pid, pd1]: readonly [pid: Segment, pd1?: Segment | undefined]
): void {
  const patient = draft('Patient', key);
  const speaking = { into: patient, segment: pid };
  const identifiers = readPatientIdentifiers(context, pid);
  if (identifiers.length > 0) set(patient, 'identifier', identifiers, { update: 'merge-by-type' });
  sayNames(context, speaking, 5);
  sayTelecom(context, speaking, TELECOM);
  sayOrClear(speaking, 8, { gender: readGender(context, pid, 8) });
  sayBirthDate(context, patient, pid);
  sayDeath(context, patient, pid);
  sayAddresses(context, speaking, { address: 11, county: 12 });
  sayOrClear(speaking, 16, { maritalStatus: readMaritalStatus(context, pid) });
  sayMultipleBirth(patient, pid);
  sayLanguages(context, patient, pid);
  sayExtensions(context, patient, pid);
  if (pd1 !== undefined) sayGeneralPractitioner(context, patient, pd1);
  emit(context, patient);
  setAside(context, pid);
}

function setAside(context: Context, pid: Segment): void {
  ignore(context, 'set-id', pid, { fields: [1] });
  for (const field of NOT_USED_IN_UK) ignore(context, `not-used-in-uk:PID-${field}`, pid, { fields: [field] });
  setAsideStatus(context, pid);
}

function sayOrClear({ into, segment }: Speaking, field: number, said: NodeObject): void {
  for (const element in said) {
    if (isNullField(segment, field)) clear(into, element, fieldUnit(segment, field));
    else set(into, element, said[element]);
  }
}

/** The day as written, whatever zone a time beside it has. The time, where one is given, goes into the extension for it. */
function sayBirthDate(context: Context, into: Draft, pid: Segment): void {
  if (isNullField(pid, 7)) clear(into, 'birthDate', fieldUnit(pid, 7));
  const part = partOf(firstOf(pid, 7));
  const date = readDate(context, part);
  if (date?.value === undefined) return;
  set(into, 'birthDate', date);
  // Senders that keep dates only fill the time with zeros, which is not a time of birth.
  if (part.text.length <= 8 || /^\d{8}0+(?:\.0+)?(?:[+-]\d{4})?$/.test(part.text)) return;
  const time = readTime(context, part);
  if (time === undefined) return;
  const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime';
  set(into, '_birthDate', { extension: [{ url, valueDateTime: time }] });
}

function sayMultipleBirth(into: Draft, pid: Segment): void {
  const order = valueAt(firstOf(pid, 25), 1);
  const indicator = fieldUnit(pid, 24);
  if (order !== undefined && /^\s*[1-9]\d?\s*$/.test(order.text)) {
    const confirmed = indicator?.text.trim().toUpperCase() === 'Y' ? indicator : undefined;
    set(into, 'multipleBirthInteger', leaf(Number(order.text), order, confirmed));
    return;
  }
  if (indicator?.isNull === true) clear(into, 'multipleBirth[x]', indicator);
  const code = indicator?.text.trim().toUpperCase();
  if (code === 'Y' || code === 'N') set(into, 'multipleBirthBoolean', leaf(code === 'Y', indicator));
}

function sayLanguages(context: Context, into: Draft, pid: Segment): void {
  if (isNullField(pid, 15)) clear(into, 'communication', fieldUnit(pid, 15));
  const languages = repetitionsOf(pid, 15).flatMap((at) => {
    const language = readConcept(context.source, partOf(at), languageSystem(partOf(at).at(1).text));
    return language === undefined ? [] : [{ language, preferred: true }];
  });
  if (languages.length > 0) set(into, 'communication', languages);
}

// Two and three letter codes without a system are ISO 639, of which FHIR speaks as BCP 47; others mean something at the sender only.
function languageSystem(code: string): string | undefined {
  return /^[a-z]{2,3}(?:-[A-Za-z]{2})?$/.test(code) ? 'urn:ietf:bcp:47' : tableSystem('0296');
}
