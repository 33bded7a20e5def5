// What the practice's system writes: UK Core shaped Patient, AllergyIntolerance and Condition under ids of its own.
import type { JsonObject } from '../../base/json.ts';
import type { Allergy, Condition, SyntheticPerson } from '../people/index.ts';
import { GP_SYSTEM, NHS_SYSTEM, ODS_SYSTEM } from './sources.ts';

const SNOMED = 'http://snomed.info/sct';
const TRACE = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';
const TRACE_EXTENSION = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';

export const gpId = (person: SyntheticPerson): string => `mlg-${String(person.number).padStart(5, '0')}`;

/** The NHS number with how far it was traced; nothing for people who have none. */
export function nhsIdentifier(person: SyntheticPerson): readonly JsonObject[] {
  if (person.nhsNumber === undefined) return [];
  return [
    {
      extension: [
        {
          url: TRACE_EXTENSION,
          valueCodeableConcept: { coding: [{ system: TRACE, code: person.traceStatus }] },
        },
      ],
      system: NHS_SYSTEM,
      value: person.nhsNumber,
    },
  ];
}

export function humanName(person: SyntheticPerson): JsonObject {
  return {
    use: 'official',
    family: person.family,
    ...(person.given.length > 0 ? { given: person.given } : {}),
    prefix: [person.title],
  };
}

export function homeAddress(person: SyntheticPerson): JsonObject {
  const { lines, city, county, postcode } = person.address;
  return { use: 'home', line: lines, city, district: county, postalCode: postcode };
}

export function telecom(person: SyntheticPerson): readonly JsonObject[] {
  const phone = (value: string | undefined, use: string) =>
    value === undefined ? [] : [{ system: 'phone', value, use }];
  const email = person.email === undefined ? [] : [{ system: 'email', value: person.email, use: 'home' }];
  return [...phone(person.landline, 'home'), ...phone(person.mobile, 'mobile'), ...email];
}

export function gpPatient(person: SyntheticPerson, more: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Patient',
    id: gpId(person),
    identifier: [...nhsIdentifier(person), { system: GP_SYSTEM, value: gpId(person) }],
    active: true,
    name: [humanName(person)],
    ...(telecom(person).length > 0 ? { telecom: telecom(person) } : {}),
    gender: person.sex,
    birthDate: person.birthDate,
    address: [homeAddress(person)],
    generalPractitioner: [
      {
        identifier: { system: ODS_SYSTEM, value: person.practice.code },
        display: person.practice.name,
      },
    ],
    ...more,
  };
}

export function gpAllergy(person: SyntheticPerson, allergy: Allergy): JsonObject {
  return {
    resourceType: 'AllergyIntolerance',
    id: `${gpId(person)}-a${allergy.code}`,
    clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
    verificationStatus: coded('http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', 'confirmed'),
    criticality: allergy.criticality,
    code: { coding: [{ system: SNOMED, code: allergy.code, display: allergy.text }], text: allergy.text },
    patient: { reference: `Patient/${gpId(person)}` },
    recordedDate: allergy.recorded,
    reaction: [{ manifestation: [{ text: allergy.reaction }] }],
  };
}

export function gpCondition(person: SyntheticPerson, condition: Condition): JsonObject {
  return {
    resourceType: 'Condition',
    id: `${gpId(person)}-c${condition.code}`,
    clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
    verificationStatus: coded('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed'),
    category: [coded('http://terminology.hl7.org/CodeSystem/condition-category', 'problem-list-item')],
    code: { coding: [{ system: SNOMED, code: condition.code, display: condition.text }], text: condition.text },
    subject: { reference: `Patient/${gpId(person)}` },
    onsetDateTime: condition.onset,
  };
}

/** One transaction that puts each resource under the practice's own id. */
export function transaction(resources: readonly JsonObject[]): JsonObject {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({
      fullUrl: `https://mill-lane.example/fhir/${resource['resourceType']}/${resource['id']}`,
      resource,
      request: { method: 'PUT', url: `${resource['resourceType']}/${resource['id']}` },
    })),
  };
}

/** Everything the practice has about somebody. */
export function gpRecord(person: SyntheticPerson, more: JsonObject = {}): readonly JsonObject[] {
  return [
    gpPatient(person, more),
    ...person.allergies.map((allergy) => gpAllergy(person, allergy)),
    ...person.conditions.map((condition) => gpCondition(person, condition)),
  ];
}

function coded(system: string, code: string): JsonObject {
  return { coding: [{ system, code }] };
}
