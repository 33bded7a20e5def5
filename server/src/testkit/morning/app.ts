// What people type into the app, or their watches measure: contact details, and observations with the digits they were read with.
import { decimal, type JsonObject } from '../../base/json.ts';
import type { SyntheticPerson } from '../people/index.ts';
import { homeAddress, nhsIdentifier, telecom } from './gp.ts';
import { fhirInstant } from './london.ts';
import { APP_SYSTEM } from './sources.ts';

export const appId = (person: SyntheticPerson): string => `app-${String(person.number * 7919 + 20011)}`;

/** The app knows what a login told it: NHS number, name, birth date; the rest is typed by the person. */
export function appPatient(person: SyntheticPerson, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Patient',
    id: appId(person),
    identifier: [...nhsIdentifier(person), { system: APP_SYSTEM, value: appId(person) }],
    name: [{ family: person.family, ...(person.given[0] === undefined ? {} : { given: [person.given[0]] }) }],
    ...(telecom(person).length > 0 ? { telecom: telecom(person) } : {}),
    birthDate: person.birthDate,
    address: [homeAddress(person)],
    ...more,
  };
}

export type Measured = {
  readonly code: string;
  readonly text: string;
  /** Digits as read, such as `36.50`. */
  readonly value: string;
  readonly unit: string;
  readonly ucum: string;
};

export function appObservation(person: SyntheticPerson, measured: Measured, atMs: number): JsonObject {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: measured.code }], text: measured.text },
    subject: { reference: `Patient/${appId(person)}` },
    effectiveDateTime: fhirInstant(atMs),
    valueQuantity: {
      value: decimal(measured.value),
      unit: measured.unit,
      system: 'http://unitsofmeasure.org',
      code: measured.ucum,
    },
  };
}
