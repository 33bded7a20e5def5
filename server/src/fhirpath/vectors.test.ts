// The case table of vectors/fhirpath: expression, fixture, and what comes of it, each group under the clause that says so.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { isObject, isRawJson, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { type Context, compile, FhirPathError, type Node } from './index.ts';

type Case = { readonly expression: string; readonly expected?: readonly Json[]; readonly error?: string };
type Group = {
  readonly section: string;
  readonly clause: string;
  readonly fixture: string;
  readonly cases: readonly Case[];
};
const FOLDER = new URL('../../../vectors/fhirpath/', import.meta.url);

function fixture(name: string): JsonObject {
  const parsed = parseFaithful(readFileSync(new URL(`fixtures/${name}.json`, FOLDER), 'utf8'));
  assert.ok(isObject(parsed));
  return parsed;
}

/** Grams and milligrams, metres and centimetres are enough of UCUM here. */
const UNITS: { readonly [code: string]: readonly [string, number] | undefined } = {
  kg: ['g', 1000],
  g: ['g', 1],
  mg: ['g', 0.001],
  m: ['m', 1],
  cm: ['m', 0.01],
};

function contextFor(resource: JsonObject): Context {
  return {
    resource,
    now: '2026-11-22T20:15:30.250+01:00',
    variables: { given: 'Ada', many: [1, 2], flag: true, other: { resourceType: 'Patient', id: 'p9' } } as NonNullable<
      Context['variables']
    >,
    resolve: (reference) => (reference === 'Practitioner/p1' ? { resourceType: 'Practitioner', id: 'p1' } : undefined),
    memberOf: (node, valueSet) => valueSet.endsWith('/administrative-gender') && node.value === 'female',
    canonical: (value, code) => {
      const [unit, factor] = UNITS[code] ?? [];
      return unit === undefined || factor === undefined ? undefined : { value: plain(value) * factor, unit };
    },
  };
}

function plain(value: Json): number {
  return Number(isRawJson(value) ? value.rawJSON : value);
}

function shown(value: Json | undefined): Json {
  if (value === undefined) return null;
  if (isRawJson(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map((item: Json) => shown(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

function outcome(expression: string, resource: JsonObject, mode: 'values' | 'located'): Case {
  const type = String(resource['resourceType']);
  try {
    const nodes: readonly Node[] = compile(expression, { type, mode })(resource, contextFor(resource));
    return { expression, expected: nodes.map((node) => shown(node.value)) };
  } catch (error) {
    if (!(error instanceof FhirPathError)) throw error;
    return { expression, error: error.code };
  }
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  const { groups = [] } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { groups?: readonly Group[] };
  for (const group of groups) {
    test(`${group.section} (${group.clause})`, () => {
      const resource = fixture(group.fixture);
      for (const one of group.cases) {
        assert.deepEqual(outcome(one.expression, resource, 'values'), one, one.expression);
        assert.deepEqual(outcome(one.expression, resource, 'located'), one, `${one.expression} (located)`);
      }
    });
  }
}
