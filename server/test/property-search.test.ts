// Search against a scan: whatever is stored and whatever is asked, the index finds what reading everything would find.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, type House, listAt, withHouse } from './harness.ts';

const RUNS = 12;
const FAMILIES = ['Lark', 'lárk-Brown', 'Larkin', 'O’Brien', 'De La Cruz', 'Brook'];
const GIVEN = ['Ada', 'Zoë Ann', 'ann', 'Tom'];
const DATES = ['1960-06-07', '1960-06', '1960', '1961-01-31', '1951-11-01'];
const MOMENTS = [
  '2026-03-02',
  '2026-03-02T08:00:00Z',
  '2026-03-02T23:30:00-05:00',
  '2026-03',
  '2025-12-31T23:59:59.999Z',
];
const PERIODS: readonly When[] = [
  { start: '2026-03-01', end: '2026-03-02' },
  { start: '2026-03-02T07:00:00Z' },
  { start: '2020' },
  { end: '2026-03-02' },
];
const CODES = ['2823-3', '2951-2'];
/** Of the codes the first, and one that nobody uses. */
const SOME_CODES = {
  resourceType: 'ValueSet',
  id: 'some-codes',
  url: 'https://example.org/fhir/ValueSet/some-codes',
  status: 'active',
  compose: { include: [{ system: 'http://loinc.org', concept: [{ code: CODES[0] }, { code: '1-8' }] }] },
};
const STATUSES = ['final', 'preliminary', 'amended'];

type Patient = {
  readonly family: string;
  readonly given: string;
  readonly birthDate: string | undefined;
  readonly number: number;
};
type Observation = {
  readonly code: string;
  readonly status: string;
  readonly when: When;
  readonly of: number;
  /** By which number its subject is named beside the reference, if at all. */
  readonly named: number | undefined;
};
/** A moment, or a period that may lack its start or its end. */
type When = string | { readonly start?: string; readonly end?: string };

const patients = fc.array(
  fc.record({
    family: fc.constantFrom(...FAMILIES),
    given: fc.constantFrom(...GIVEN),
    birthDate: fc.option(fc.constantFrom(...DATES), { nil: undefined }),
    number: fc.nat(3),
  }),
  { minLength: 1, maxLength: 12 },
);
const observations = fc.array(
  fc.record({
    code: fc.constantFrom(...CODES),
    status: fc.constantFrom(...STATUSES),
    when: fc.constantFrom<When[]>(...MOMENTS, ...PERIODS, {}),
    of: fc.nat(11),
    named: fc.option(fc.nat(2), { nil: undefined }),
  }),
  { maxLength: 12 },
);

const plain = (text: string): string =>
  text
    .replace('’', "'")
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
/** From the start of any word. */
const begins = (text: string, prefix: string): boolean => ` ${plain(text)}`.includes(` ${plain(prefix)}`);

type Ask<T> = { readonly query: readonly [string, string]; readonly holds: (one: T, index: number) => boolean };

const patientAsk: fc.Arbitrary<Ask<Patient>> = fc.oneof(
  fc.constantFrom('l', 'LARK', 'lark', "o'b", 'la cruz', 'cruz', 'ann', 'zoe ann', 'x').map(
    (prefix): Ask<Patient> => ({
      query: ['name', prefix],
      holds: ({ family, given }) => begins(family, prefix) || begins(given, prefix),
    }),
  ),
  fc
    .constantFrom('larkin', 'brook', 'de la')
    .map((prefix): Ask<Patient> => ({ query: ['family', prefix], holds: ({ family }) => begins(family, prefix) })),
  fc.constantFrom('1960', '1960-06', '1960-06-07', '1951').map(
    (date): Ask<Patient> => ({
      query: ['birthdate', date],
      holds: ({ birthDate }) => birthDate?.startsWith(date) === true,
    }),
  ),
  fc.tuple(fc.nat(3), fc.nat(3)).map(
    ([place, number]): Ask<Patient> => ({
      query: ['identifier', `urn:n${place}|${number}`],
      holds: (one, index) => index === place && one.number === number,
    }),
  ),
  fc
    .nat(4)
    .map((number): Ask<Patient> => ({ query: ['identifier', `${number},9`], holds: (one) => one.number === number })),
);

/** First and last instant that a FHIR date covers; nothing for a period that says nothing. */
function covers(when: When): readonly [number, number] | undefined {
  if (typeof when !== 'string') {
    const [start, end] = [when.start, when.end].map((date) => (date === undefined ? undefined : covers(date)));
    if (start === undefined && end === undefined) return undefined;
    return [start?.[0] ?? Number.NEGATIVE_INFINITY, end?.[1] ?? Number.POSITIVE_INFINITY];
  }
  const [year = 0, month = 0] = when.split('-').map(Number);
  if (when.length === 4) return [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1) - 1];
  if (when.length === 7) return [Date.UTC(year, month - 1, 1), Date.UTC(year, month, 1) - 1];
  const start = Date.parse(when);
  return [start, when.length === 10 ? start + 86_400_000 - 1 : when.includes('.') ? start : start + 999];
}

function compares(prefix: string, value: When, asked: string): boolean {
  const [held, wanted] = [covers(value), covers(asked)];
  return held !== undefined && wanted !== undefined && COMPARE[prefix]?.(held, wanted) === true;
}

type Range = readonly [number, number];
const COMPARE: {
  readonly [prefix: string]: (value: Range, asked: Range) => boolean;
} = {
  // https://hl7.org/fhir/R4/search.html#prefix
  eq: (value, asked) => value[0] >= asked[0] && value[1] <= asked[1],
  ge: (value, asked) => value[1] >= asked[0],
  gt: (value, asked) => value[1] > asked[1],
  le: (value, asked) => value[0] <= asked[1],
  lt: (value, asked) => value[0] < asked[0],
};

const observationAsk: fc.Arbitrary<Ask<Observation>> = fc.oneof(
  fc
    .constantFrom(...CODES)
    .map(
      (code): Ask<Observation> => ({ query: ['code', `http://loinc.org|${code}`], holds: (one) => one.code === code }),
    ),
  fc.constantFrom('final', 'final,amended', 'cancelled').map(
    (codes): Ask<Observation> => ({
      query: ['status', codes],
      holds: (one) => codes.split(',').includes(one.status),
    }),
  ),
  fc.constantFrom(true, false).map(
    (isIn): Ask<Observation> => ({
      query: [isIn ? 'code:in' : 'code:not-in', SOME_CODES.url],
      holds: (one) => (one.code === CODES[0]) === isIn,
    }),
  ),
  fc.nat(3).map(
    (number): Ask<Observation> => ({
      query: ['subject:identifier', `urn:named|${number}`],
      holds: (one) => one.named === number,
    }),
  ),
  fc.tuple(fc.constantFrom(...Object.keys(COMPARE)), fc.constantFrom(...MOMENTS)).map(
    ([prefix, date]): Ask<Observation> => ({
      query: ['date', `${prefix}${date}`],
      holds: (one) => compares(prefix, one.when, date),
    }),
  ),
);

type Query = readonly (readonly [string, string])[];

async function idsFound(house: House, type: string, query: Query): Promise<readonly string[]> {
  const ids: string[] = [];
  let url: unknown = `/fhir/R4/${type}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`;
  while (typeof url === 'string') {
    const { status, json, text } = await house.http('GET', url);
    assert.equal(status, 200, text);
    ids.push(...listAt(json, 'entry').map((entry) => String(at(entry, 'resource.id'))));
    const next = listAt(json, 'link').find((link) => at(link, 'relation') === 'next');
    url = at(next, 'url');
  }
  return ids.toSorted();
}

/** Every question to the index and to a scan of what was written; pages of one to four. */
async function agree<T>(house: House, type: string, of: { all: readonly T[]; asked: readonly (readonly Ask<T>[])[] }) {
  for (const [number, asks] of of.asked.entries()) {
    const query = [...asks.map((ask) => ask.query), ['_count', String(1 + (number % 4))] as const];
    const scanned = of.all.flatMap((one, index) =>
      asks.every(({ holds }) => holds(one, index)) ? [`${type.slice(0, 1)}${index}`] : [],
    );
    assert.deepEqual(await idsFound(house, type, query), scanned.toSorted(), JSON.stringify(query));
  }
}

function several<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[][]> {
  return fc.array(fc.array(of, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 12 });
}

test('search finds what a scan finds, page by page, each once', async (t) => {
  const seed = Number(process.env['VOUCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`VOUCH_SEED=${seed}`);
  const records = fc.record({
    people: patients,
    results: observations,
    patientAsks: several(patientAsk),
    observationAsks: several(observationAsk),
  });
  const property = fc.asyncProperty(records, ({ people, results, patientAsks, observationAsks }) =>
    withHouse(async (house) => {
      const entry = [
        ...people.map(patientEntry),
        ...results.map((one, index) => observationEntry(one, index, people.length)),
      ];
      const set = await house.fhir('PUT', `/ValueSet/${SOME_CODES.id}`, { source: 'gp', body: SOME_CODES });
      assert.equal(set.status, 201, set.text);
      const body = { resourceType: 'Bundle', type: 'transaction', entry };
      const stored = await house.fhir('POST', '', { source: 'gp', body });
      assert.equal(stored.status, 200, stored.text);
      await agree(house, 'Patient', { all: people, asked: patientAsks });
      await agree(house, 'Observation', { all: results, asked: observationAsks });
    }),
  );
  await fc.assert(property, { seed, numRuns: RUNS });
});

function patientEntry({ family, given, birthDate, number }: Patient, index: number): object {
  const id = `P${index}`;
  // Of a system each: two patients of one system and value would be one person.
  const identifier = [{ system: `urn:n${index}`, value: String(number) }];
  const resource = {
    resourceType: 'Patient',
    id,
    identifier,
    name: [{ family, given: [given] }],
    ...(birthDate === undefined ? {} : { birthDate }),
  };
  return { resource, request: { method: 'PUT', url: `Patient/${id}` } };
}

function observationEntry({ code, status, when, of, named }: Observation, index: number, people: number): object {
  const id = `O${index}`;
  const coding = [{ system: 'http://loinc.org', code }];
  const identifier = { system: 'urn:named', value: String(named) };
  const subject = { reference: `Patient/P${of % people}`, ...(named === undefined ? {} : { identifier }) };
  const said = typeof when === 'string' || Object.keys(when).length > 0;
  const dated = typeof when === 'string' ? { effectiveDateTime: when } : said ? { effectivePeriod: when } : {};
  return {
    resource: { resourceType: 'Observation', id, status, code: { coding }, ...dated, subject },
    request: { method: 'PUT', url: `Observation/${id}` },
  };
}
