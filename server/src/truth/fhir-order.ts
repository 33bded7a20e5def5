// The order of Patient's elements in FHIR R4, in which a composed patient is written.
import { elementName } from './choice.ts';

export const PATIENT_ELEMENTS: readonly string[] = [
  'implicitRules',
  'language',
  'text',
  'contained',
  'extension',
  'modifierExtension',
  'identifier',
  'active',
  'name',
  'telecom',
  'gender',
  'birthDate',
  'deceased[x]',
  'address',
  'maritalStatus',
  'multipleBirth[x]',
  'photo',
  'contact',
  'communication',
  'generalPractitioner',
  'managingOrganization',
  'link',
];
const PATIENT_LISTS: ReadonlySet<string> = new Set([
  'contained',
  'extension',
  'modifierExtension',
  'identifier',
  'name',
  'telecom',
  'address',
  'photo',
  'contact',
  'communication',
  'generalPractitioner',
  'link',
]);
const places = new Map(PATIENT_ELEMENTS.map((element, place) => [element, place]));

export function isPatientList(element: string): boolean {
  return PATIENT_LISTS.has(element);
}

/** Place of a property (`_birthDate` stands with `birthDate`); unknown ones come last. */
export function patientPlace(property: string): number {
  const bare = property.startsWith('_') ? property.slice(1) : property;
  return places.get(elementName(bare)) ?? PATIENT_ELEMENTS.length;
}
