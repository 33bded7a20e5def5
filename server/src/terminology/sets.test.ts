// Laws of value sets: an expansion has a code exactly if validation says so, over made-up sets and over those of R4.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { codeSetOf } from '../fhir/code-sets.ts';
import { baseLibrary } from '../fhir/library.ts';
import { codesOf } from './codes.testkit.ts';
import { expand } from './expand.ts';
import { listIn } from './input.ts';
import { terminologyOf } from './registry.ts';
import { ancestors, descendants, subsumes } from './subsumes.ts';
import type { Terminology } from './types.ts';
import { validateCodeInValueSet } from './validate-code.ts';

const SYSTEM = 'http://example.org/made-up';
const OTHER = 'http://example.org/other';
const CODES = Array.from({ length: 12 }, (_, at) => `c${at}`);
const NOW = '2026-03-02T07:15:00.000Z';

function parameters(values: { readonly [name: string]: Json }): JsonObject {
  const parameter = Object.entries(values).map(([name, value]): JsonObject => {
    if (isObject(value)) return { name, resource: value };
    return {
      name,
      [typeof value === 'number' ? 'valueInteger' : typeof value === 'boolean' ? 'valueBoolean' : 'valueString']: value,
    };
  });
  return { resourceType: 'Parameters', parameter };
}

function codesIn(terminology: Terminology, values: { readonly [name: string]: Json }): readonly string[] {
  const { expansion } = expand(terminology, parameters(values), { now: NOW });
  assert.ok(isObject(expansion));
  return listIn(expansion['contains']).map(({ system, code }) => `${system}|${code}`);
}

function isValid(terminology: Terminology, values: { readonly [name: string]: Json }): boolean {
  const answer = validateCodeInValueSet(terminology, parameters(values));
  return listIn(answer['parameter'])[0]?.['valueBoolean'] === true;
}

/** Parents always come earlier, so that there is no circle; some concepts have two. */
const systems = fc
  .array(
    fc.record({
      parents: fc.array(fc.nat(10), { maxLength: 2 }),
      colour: fc.constantFrom('red', 'blue', undefined),
      inactive: fc.boolean(),
    }),
    {
      minLength: CODES.length,
      maxLength: CODES.length,
    },
  )
  .map(
    (shapes): JsonObject => ({
      resourceType: 'CodeSystem',
      url: SYSTEM,
      content: 'complete',
      caseSensitive: true,
      property: [
        { code: 'colour', type: 'code' },
        { code: 'parent', type: 'code' },
      ],
      concept: shapes.map(({ parents, colour, inactive }, at) => ({
        code: `c${at}`,
        display: `Concept ${at}`,
        property: [
          ...(at === 0 ? [] : parents.map((parent) => ({ code: 'parent', valueCode: `c${parent % at}` }))),
          ...(colour === undefined ? [] : [{ code: 'colour', valueCode: colour }]),
          { code: 'inactive', valueBoolean: inactive },
        ],
      })),
    }),
  );
const other: JsonObject = {
  resourceType: 'CodeSystem',
  url: OTHER,
  content: 'complete',
  concept: [{ code: 'c1' }, { code: 'x' }],
};

const someCode = fc.constantFrom(...CODES);
const filters = fc.oneof(
  fc.record({
    property: fc.constant('concept'),
    op: fc.constantFrom('is-a', 'descendent-of', 'is-not-a', 'generalizes'),
    value: someCode,
  }),
  fc.record({
    property: fc.constant('colour'),
    op: fc.constantFrom('=', 'in', 'not-in'),
    value: fc.constantFrom('red', 'red,blue'),
  }),
  fc.record({ property: fc.constant('colour'), op: fc.constant('exists'), value: fc.constantFrom('true', 'false') }),
  fc.record({ property: fc.constant('code'), op: fc.constant('regex'), value: fc.constantFrom('c1.*', 'c[0-4]') }),
);
const includes: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant<JsonObject>({ system: SYSTEM }),
  fc.constant<JsonObject>({ system: OTHER }),
  fc.array(filters, { minLength: 1, maxLength: 2 }).map((filter): JsonObject => ({ system: SYSTEM, filter })),
  fc
    .uniqueArray(someCode, { minLength: 1, maxLength: 4 })
    .map((codes): JsonObject => ({ system: SYSTEM, concept: codes.map((code) => ({ code })) })),
  fc.constant<JsonObject>({ valueSet: ['http://example.org/imported'] }),
  filters.map((one): JsonObject => ({ system: SYSTEM, filter: [one], valueSet: ['http://example.org/imported'] })),
);
const composes = fc.record({
  include: fc.array(includes, { minLength: 1, maxLength: 3 }),
  exclude: fc.array(includes, { maxLength: 2 }),
  inactive: fc.boolean(),
});
const imported = filters.map(
  (one): JsonObject => ({
    resourceType: 'ValueSet',
    url: 'http://example.org/imported',
    compose: { include: [{ system: SYSTEM, filter: [one] }] },
  }),
);

test('a code is in the expansion exactly if it is valid', () => {
  fc.assert(
    fc.property(systems, imported, fc.tuple(composes, fc.boolean()), (system, importedSet, [compose, given]) => {
      const valueSet = { resourceType: 'ValueSet', url: 'http://example.org/set', compose };
      const terminology = terminologyOf(baseLibrary(), [system, other, importedSet, valueSet]);
      const named = given ? { valueSet } : { url: 'http://example.org/set' };
      const expanded = new Set(codesIn(terminology, named));
      for (const code of [...CODES, 'x', 'unicorn']) {
        for (const url of [SYSTEM, OTHER]) {
          assert.equal(
            isValid(terminology, { ...named, system: url, code }),
            expanded.has(`${url}|${code}`),
            `${url}|${code}`,
          );
        }
      }
      const all = codesOf(terminology, 'http://example.org/set', 100).map(({ system: url, code }) => `${url}|${code}`);
      assert.deepEqual(new Set(all), expanded);
    }),
    { numRuns: 200 },
  );
});

test('pages put together are the whole expansion', () => {
  fc.assert(
    fc.property(systems, composes, fc.integer({ min: 1, max: 5 }), (system, compose, count) => {
      const valueSet = {
        resourceType: 'ValueSet',
        compose: { include: compose.include.filter((one) => one['valueSet'] === undefined) },
      };
      fc.pre(valueSet.compose.include.length > 0);
      const terminology = terminologyOf(baseLibrary(), [system, other]);
      const whole = codesIn(terminology, { valueSet });
      const pages: string[] = [];
      for (let offset = 0; offset < whole.length; offset += count)
        pages.push(...codesIn(terminology, { valueSet, offset, count }));
      assert.deepEqual(pages, whole);
    }),
    { numRuns: 50 },
  );
});

test('above and below are two sides of one relation, and subsumes agrees', () => {
  fc.assert(
    fc.property(systems, someCode, someCode, (system, a, b) => {
      const terminology = terminologyOf(baseLibrary(), [system]);
      const below = descendants(terminology, SYSTEM, a)?.has(b) === true;
      assert.equal(ancestors(terminology, SYSTEM, b)?.has(a), below);
      const answer = subsumes(terminology, parameters({ system: SYSTEM, codeA: a, codeB: b }));
      const outcome = listIn(answer['parameter'])[0]?.['valueCode'];
      assert.equal(outcome === 'subsumes', below);
      assert.equal(outcome === 'equivalent', a === b);
    }),
    { numRuns: 100 },
  );
});

test('closures of what is not loaded are undefined, not empty', () => {
  const terminology = terminologyOf(baseLibrary());
  assert.equal(descendants(terminology, 'http://snomed.info/sct', '404684003'), undefined);
  assert.equal(ancestors(terminology, 'http://terminology.hl7.org/CodeSystem/v3-ActCode', 'unicorn'), undefined);
  const below = descendants(terminology, 'http://terminology.hl7.org/CodeSystem/v3-ActCode', '_ActEncounterCode');
  assert.ok(below?.has('AMB') && below.has('IMP') && !below.has('_ActEncounterCode'));
});

test('each value set of R4 is expanded, or refused for what is not loaded', () => {
  const library = baseLibrary();
  const terminology = terminologyOf(library);
  const outcomes = new Map<string, string[]>();
  for (const url of library.urls('ValueSet')) {
    if (library.valueSet(url) === undefined) continue;
    const outcome = outcomeOf(() => codesOf(terminology, url, 20_000));
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), url]);
  }
  const counts = Object.fromEntries([...outcomes].map(([outcome, urls]) => [outcome, urls.length]));
  assert.deepEqual(
    Object.keys(counts).sort(),
    EXPECTED_OUTCOMES,
    JSON.stringify([...outcomes].map(([k, v]) => [k, v.slice(0, 5)])),
  );
  assert.ok((counts['expanded'] ?? 0) > 1_100, JSON.stringify(counts));
});

/** Two value sets of R4 import sets that others publish. */
const EXPECTED_OUTCOMES = ['code-system-not-loaded', 'expanded', 'value-set-not-found'];

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'expanded';
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

test('what validation knows to be in a value set is in its expansion', () => {
  const library = baseLibrary();
  const terminology = terminologyOf(library);
  let compared = 0;
  for (const url of library.urls('ValueSet')) {
    const set = codeSetOf(library, url);
    if (set === undefined || outcomeOf(() => codesOf(terminology, url, 20_000)) !== 'expanded') continue;
    const expanded = new Set(codesOf(terminology, url, 20_000).map(({ system, code }) => `${system}|${code}`));
    const codes = [...set.codes].flatMap(([system, all]) => [...all].map((code) => `${system}|${code}`));
    assert.deepEqual(
      codes.filter((code) => !expanded.has(code)),
      [],
      url,
    );
    compared++;
  }
  assert.ok(compared > 1_100, String(compared));
});
