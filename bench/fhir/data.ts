// Resources as a record is made of, from a seed: every run of a seed sends the same. Nobody real is described.
import { uint32Stream } from '../../server/src/testkit/people/index.ts';

export type Resource = { readonly resourceType: string; readonly [element: string]: unknown };
export type Draw = (below: number) => number;

const FAMILY = [
  'Ash',
  'Birch',
  'Cedar',
  'Dell',
  'Elm',
  'Firth',
  'Glen',
  'Heath',
  'Ivers',
  'Juniper',
  'Kell',
  'Lark',
  'Marsh',
  'Nettle',
  'Oakes',
];
const GIVEN = [
  'Ada',
  'Ben',
  'Cara',
  'Dev',
  'Edie',
  'Femi',
  'Grace',
  'Hugh',
  'Isla',
  'Jai',
  'Kit',
  'Lena',
  'Musa',
  'Nia',
  'Owen',
];
const OBSERVATIONS = [
  ['8867-4', 'Heart rate', '/min'],
  ['9279-1', 'Respiratory rate', '/min'],
  ['8310-5', 'Body temperature', 'Cel'],
  ['29463-7', 'Body weight', 'kg'],
  ['2951-2', 'Sodium', 'mmol/L'],
  ['2823-3', 'Potassium', 'mmol/L'],
  ['718-7', 'Haemoglobin', 'g/dL'],
] as const;
const SYSTEM = 'https://hospital.example.org/id';
const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';

export function drawFrom(seed: number, name: string): Draw {
  const next = uint32Stream(`fhir bench:${seed}:${name}`);
  return (below) => next() % below;
}

const pick = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)] as T;
const two = (n: number) => String(n).padStart(2, '0');
const day = (draw: Draw) => `${1930 + draw(90)}-${two(1 + draw(12))}-${two(1 + draw(28))}`;
const moment = (draw: Draw) => `2025-${two(1 + draw(12))}-${two(1 + draw(28))}T${two(draw(24))}:${two(draw(60))}:00Z`;
const coded = (system: string, code: string, display: string) => ({
  coding: [{ system, code, display }],
  text: display,
});

export function patient(draw: Draw): Resource {
  const number = draw(2 ** 31);
  return {
    resourceType: 'Patient',
    identifier: [{ system: `${SYSTEM}/mrn`, value: `M${number}` }],
    name: [
      { use: 'official', family: `${pick(draw, FAMILY)}${draw(400)}`, given: [pick(draw, GIVEN), pick(draw, GIVEN)] },
    ],
    telecom: [{ system: 'phone', value: `01632 960${String(draw(1_000)).padStart(3, '0')}`, use: 'home' }],
    gender: pick(draw, ['male', 'female']),
    birthDate: day(draw),
    address: [
      { line: [`${1 + draw(200)} Mill Lane`], city: 'Borchester', postalCode: `ZZ99 ${draw(10)}ZZ`, country: 'GBR' },
    ],
  };
}

export function observation(draw: Draw, subject: string): Resource {
  const [code, display, unit] = pick(draw, OBSERVATIONS);
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [coded('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs', 'Vital Signs')],
    code: coded(LOINC, code, display),
    subject: { reference: subject },
    effectiveDateTime: moment(draw),
    valueQuantity: { value: draw(2_000) / 10, unit, system: 'http://unitsofmeasure.org', code: unit },
  };
}

/** The nine types of the mixed scenario, in the order in which they can point at each other. */
export const MIXED: readonly ((draw: Draw, of: { readonly [type: string]: string }) => Resource)[] = [
  (draw) => patient(draw),
  (draw) => ({ resourceType: 'Location', status: 'active', name: `Ward ${draw(500)}` }),
  (draw) => ({ resourceType: 'Organization', active: true, name: `Surgery ${draw(500)}` }),
  (draw) => ({
    resourceType: 'Practitioner',
    active: true,
    name: [{ family: pick(draw, FAMILY), given: [pick(draw, GIVEN)] }],
  }),
  (draw, of) => ({
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: of['Patient'] },
    period: { start: moment(draw) },
  }),
  (draw, of) => observation(draw, of['Patient'] ?? ''),
  (draw, of) => ({
    resourceType: 'Condition',
    clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active', 'Active'),
    code: coded(SNOMED, '38341003', 'Hypertension'),
    subject: { reference: of['Patient'] },
    recordedDate: moment(draw),
  }),
  (draw, of) => ({
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(SNOMED, '387517004', 'Paracetamol'),
    subject: { reference: of['Patient'] },
    authoredOn: moment(draw),
  }),
  (draw, of) => ({
    resourceType: 'Procedure',
    status: 'completed',
    code: coded(SNOMED, '5880005', 'Physical examination'),
    subject: { reference: of['Patient'] },
    performedDateTime: moment(draw),
  }),
];

/** One patient and what is known of them, as a transaction that points by fullUrl. */
export function bundle(draw: Draw, entries: number): Resource {
  const entry = Array.from({ length: entries }, (_, place) => {
    const resource = place === 0 ? patient(draw) : observation(draw, 'urn:uuid:00000000-0000-4000-8000-000000000000');
    const fullUrl = `urn:uuid:00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
    return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType } };
  });
  return { resourceType: 'Bundle', type: 'transaction', entry };
}
