// Random resources: what the index is compared with a scan by.
import fc from 'fast-check';
import type { JsonObject } from '../base/json.ts';
import { GEOLOCATION } from './custom.testkit.ts';
import { rangeOfDate } from './date-range.ts';

export const UCUM = 'http://unitsofmeasure.org';
export const SYSTEMS = ['http://loinc.org', 'http://example.org/Codes'];
export const CODES = ['8480-6', 'abc', 'ABC', 'x1'];
export const TEXTS = ['Zoë', 'zoe ann', 'O’Brien', 'Obrien-Lark', 'lark', 'Larkin', 'De la Cruz', 'st. mary', '100%'];
export const DATES = [
  '2025',
  '2025-12',
  '2025-12-31',
  '2026-01-01',
  '2026-01',
  '2025-12-31T23:30:00-01:00',
  '2026-01-01T00:30:00Z',
  '2026-01-01T00:30Z',
  '2025-12-31T10:00:00.500Z',
];
export const PROFILES = ['http://p/1', 'http://p/2', 'http://p/1/a', 'http://p/12', 'http://p'];
export const ACTS = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const ACT_CODES = ['IMP', 'ACUTE', 'NONAC', 'AMB', '_ActEncounterCode'];
const PLACES = [
  [53.8, -1.55],
  [53.96, -1.08],
  [51.51, -0.13],
] as const;
export const IDS = ['1', '2', '3', '4'];

const opt = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined, freq: 2 });
export const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const coding = fc.record(
  { system: pick(SYSTEMS), code: pick(CODES), display: pick(TEXTS) },
  { requiredKeys: ['code'] },
);
const concept = fc.record(
  { coding: fc.array(coding, { minLength: 1, maxLength: 2 }), text: pick(TEXTS) },
  { requiredKeys: [] },
);
/** Validation refuses a period that ends before it starts. */
const period = fc
  .record({ start: pick(DATES), end: pick(DATES) }, { requiredKeys: [] })
  .filter(
    ({ start, end }) =>
      (rangeOfDate(start ?? '')?.from ?? 0) < (rangeOfDate(end ?? '')?.to ?? Number.POSITIVE_INFINITY),
  );
const patientReference = pick(IDS).map((id) => ({ reference: `Patient/${id}` }));
const reference = pick([...IDS.map((id) => `Patient/${id}`), 'Group/1', 'http://other.example/fhir/Patient/1']).map(
  (text) => ({ reference: text }),
);
const quantity = fc.record({
  value: fc.nat(4),
  unit: pick(['mg', 'lots']),
  system: fc.constant(UCUM),
  code: pick(['mg', 'g', 'kg', 'mL']),
});
const name = fc.record(
  { family: pick(TEXTS), given: fc.array(pick(TEXTS), { minLength: 1, maxLength: 2 }), text: pick(TEXTS) },
  { requiredKeys: [] },
);
const identifier = fc.record(
  {
    system: pick(SYSTEMS),
    value: pick(CODES),
    type: fc.record(
      { text: pick(TEXTS), coding: fc.array(coding, { minLength: 1, maxLength: 2 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['value'] },
);
const meta = fc.record(
  {
    tag: fc.array(coding, { minLength: 1, maxLength: 2 }),
    profile: fc.array(pick(PROFILES), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const many = <T>(one: fc.Arbitrary<T>) => opt(fc.array(one, { minLength: 1, maxLength: 2 }));

const position = pick(PLACES).map(([latitude, longitude]) => [
  {
    url: GEOLOCATION,
    extension: [
      { url: 'latitude', valueDecimal: latitude },
      { url: 'longitude', valueDecimal: longitude },
    ],
  },
]);

const patient = fc.record({
  ...{
    meta: opt(meta),
    identifier: many(identifier),
    active: opt(fc.boolean()),
    name: many(name),
    gender: opt(pick(['male', 'female'])),
  },
  telecom: many(fc.record({ system: pick(['phone', 'email']), value: pick(['555', 'a@b.example']) })),
  birthDate: opt(pick(DATES.filter((date) => !date.includes('T')))),
  deceasedBoolean: opt(fc.boolean()),
  address: many(
    fc.record(
      { extension: position, city: pick(TEXTS), line: fc.array(pick(TEXTS), { minLength: 1, maxLength: 2 }) },
      { requiredKeys: [] },
    ),
  ),
  communication: many(fc.record({ language: concept })),
});
const value = fc.oneof(
  quantity.map((valueQuantity) => ({ valueQuantity })),
  concept.map((valueCodeableConcept) => ({ valueCodeableConcept })),
  pick(TEXTS).map((valueString) => ({ valueString })),
  pick(DATES).map((valueDateTime) => ({ valueDateTime })),
  fc.constant({}),
);
const effective = fc.oneof(
  pick(DATES).map((effectiveDateTime) => ({ effectiveDateTime })),
  period.map((effectivePeriod) => ({ effectivePeriod })),
  fc.constant({}),
);
const observation = fc
  .tuple(
    fc.record({
      ...{
        meta: opt(meta),
        identifier: many(identifier),
        status: pick(['final', 'amended']),
        category: many(concept),
        code: concept,
        subject: opt(reference),
        encounter: opt(pick(IDS).map((id) => ({ reference: `Encounter/${id}` }))),
      },
      component: many(fc.record({ code: concept, valueQuantity: quantity }, { requiredKeys: ['code'] })),
    }),
    value,
    effective,
  )
  .map(([base, held, when]) => ({ ...base, ...held, ...when }));
const encounter = fc.record({
  ...{
    status: pick(['planned', 'finished']),
    class: fc.oneof(
      coding,
      pick(ACT_CODES).map((code) => ({ system: ACTS, code })),
    ),
    subject: opt(patientReference),
    period: opt(period),
    type: many(concept),
    length: opt(quantity),
  },
});
const condition = fc.record({
  ...{
    code: opt(concept),
    subject: patientReference,
    recordedDate: opt(pick(DATES)),
    onsetDateTime: opt(pick(DATES)),
    abatementString: opt(pick(TEXTS)),
  },
});

export const ARBITRARIES = { Patient: patient, Observation: observation, Encounter: encounter, Condition: condition };
export const TYPES = Object.keys(ARBITRARIES) as readonly (keyof typeof ARBITRARIES)[];
/** What refers to a patient may contain one instead. */
const contained = opt(patient.map((one) => ({ resourceType: 'Patient', id: 'c', ...one })));

function arbitraryOf(type: keyof typeof ARBITRARIES): fc.Arbitrary<object> {
  const own: fc.Arbitrary<object> = ARBITRARIES[type];
  if (type === 'Patient') return own;
  return fc
    .tuple(own, contained)
    .map(([one, inner]) =>
      inner === undefined ? one : { ...one, contained: [inner], subject: { reference: `#${inner.id}` } },
    );
}

export const resources = fc
  .tuple(...TYPES.map((type) => fc.array(arbitraryOf(type), { minLength: 2, maxLength: 4 })))
  .map((all) =>
    all.flatMap((some, index) =>
      some.map((one, number) => clean({ resourceType: TYPES[index], id: IDS[number], ...one })),
    ),
  );

export function clean(resource: object): JsonObject {
  return JSON.parse(JSON.stringify(resource)) as JsonObject;
}
