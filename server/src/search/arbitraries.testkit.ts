// Random resources and random searches of them: what the index is compared with a scan by.
import fc from 'fast-check';
import type { JsonObject } from '../base/json.ts';
import type { SearchParameter } from '../fhir/structures.ts';
import { rangeOfDate } from './date-range.ts';
import { definitionsOf, type Term } from './scan.testkit.ts';

const UCUM = 'http://unitsofmeasure.org';
const SYSTEMS = ['http://loinc.org', 'http://example.org/Codes'];
const CODES = ['8480-6', 'abc', 'ABC', 'x1'];
export const TEXTS = ['Zoë', 'zoe ann', 'O’Brien', 'Obrien-Lark', 'lark', 'Larkin', 'De la Cruz', 'st. mary', '100%'];
const DATES = [
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
  { system: pick(SYSTEMS), value: pick(CODES), type: fc.record({ text: pick(TEXTS) }) },
  { requiredKeys: ['value'] },
);
const meta = fc.record(
  {
    tag: fc.array(coding, { minLength: 1, maxLength: 2 }),
    profile: fc.array(pick(['http://p/1', 'http://p/2']), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const many = <T>(one: fc.Arbitrary<T>) => opt(fc.array(one, { minLength: 1, maxLength: 2 }));

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
    fc.record({ city: pick(TEXTS), line: fc.array(pick(TEXTS), { minLength: 1, maxLength: 2 }) }, { requiredKeys: [] }),
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
    class: coding,
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

const prefix = pick(['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']);
const date = fc.tuple(prefix, pick(DATES)).map(([before, text]) => `${before}${text}`);
const token = fc.oneof(
  pick([...CODES, 'male', 'final', 'true', 'false', '555', 'a@b.example']),
  fc.tuple(pick([...SYSTEMS, '']), pick(CODES)).map(([system, code]) => `${system}|${code}`),
  pick(SYSTEMS).map((system) => `${system}|`),
);
const amount = fc
  .tuple(prefix, fc.nat(4), pick(['', `|${UCUM}|mg`, `|${UCUM}|g`, '||mg', '||lots']))
  .map(([before, number, unit]) => `${before}${number}${unit}`);
/** Values and modifiers that a kind of parameter may be asked with. */
const ASKED: {
  readonly [kind: string]: readonly [values: fc.Arbitrary<string>, modifiers: readonly (string | undefined)[]];
} = {
  token: [token, [undefined, undefined, 'not']],
  string: [pick([...TEXTS, 'l', 'de', 'la cruz', 'ann']), [undefined, undefined, 'exact', 'contains']],
  date: [date, [undefined]],
  quantity: [amount, [undefined]],
  reference: [
    pick(['Patient/1', 'Patient/2', '1', '2', '#c', 'Group/1', 'http://other.example/fhir/Patient/1']),
    [undefined],
  ],
  uri: [pick(['http://p/1', 'http://p/2']), [undefined]],
  number: [fc.tuple(prefix, fc.nat(3)).map(([before, number]) => `${before}${number}`), [undefined]],
};
/** A code element's implied system is the server's knowledge, not the path's: those are asked without one. */
const PRIMITIVE = /^(gender|status|active|deceased|telecom|phone|email|address-use|exclude)$/;

export type Asked = { readonly type: keyof typeof ARBITRARIES; readonly terms: readonly Term[] };

/** A parameter of the type with values; also custom ones, where they are defined. */
export function termOf(type: string, custom: readonly SearchParameter[] = []): fc.Arbitrary<Term> {
  const known = [
    ...custom.filter(({ base }) => base?.includes(type)),
    ...definitionsOf(type).filter((one) => ASKED[one.type] !== undefined),
    ...['_tag', '_profile'].map((code) => ({ code, type: code === '_tag' ? 'token' : 'uri' })),
  ];
  return pick(known).chain(({ code, type: kind }) => {
    const [values, modifiers] = ASKED[kind] ?? [];
    if (values === undefined || modifiers === undefined) throw new Error(kind);
    const plain = PRIMITIVE.test(code) ? values.map((text) => text.slice(text.indexOf('|') + 1) || 'male') : values;
    const isMissing = pick(['true', 'false']).map(
      (text): Term => ({ name: code, modifier: 'missing', values: [text] }),
    );
    const asked = fc
      .tuple(fc.array(plain, { minLength: 1, maxLength: 2 }), pick(modifiers))
      .map(([some, modifier]): Term => ({ name: code, modifier, values: some }));
    const byText: fc.Arbitrary<Term>[] =
      kind === 'token' && !PRIMITIVE.test(code)
        ? [pick(TEXTS).map((text) => ({ name: code, modifier: 'text', values: [text] }))]
        : [];
    return fc.oneof(
      { weight: 6, arbitrary: asked },
      { weight: 1, arbitrary: isMissing },
      ...byText.map((arbitrary) => ({ weight: 1, arbitrary })),
    );
  });
}

export const search = pick(TYPES).chain((type) => {
  const own = fc.array(termOf(type), { minLength: 1, maxLength: 3 });
  if (type === 'Patient') {
    const has = pick(['Observation', 'Encounter', 'Condition'] as const).chain((from) =>
      termOf(from).map((term): Term => ({ ...term, name: `_has:${from}:patient:${term.name}` })),
    );
    return fc
      .oneof(
        own,
        has.map((term) => [term]),
      )
      .map((terms): Asked => ({ type, terms }));
  }
  const chain = termOf('Patient').map((term): Term => ({ ...term, name: `patient.${term.name}` }));
  return fc
    .oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: chain.map((term) => [term]) })
    .map((terms): Asked => ({ type, terms }));
});

export function urlOf({ type, terms }: Asked): string {
  const escaped = (text: string) => text.replace(/[\\,$]/g, '\\$&');
  const pairs = terms.map(({ name: code, modifier, values }): [string, string] => [
    `${code}${modifier === undefined ? '' : `:${modifier}`}`,
    values.map(escaped).join(','),
  ]);
  return `${type}?${new URLSearchParams([...pairs, ['_count', '100']])}`;
}
