// The policy language: what ships is read and fits its schema, parts are included, sources are overridden, and no policy opens the gate.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { Instant } from '../../base/ids.ts';
import { bundlePolicy, decide, loadPolicy } from '../index.ts';
import type { Policy } from '../types.ts';
import { statementsOf, subjectsOf, type TruthCase } from '../vectors.testkit.ts';
import { policySchema } from './schema.ts';
import { CRITERIA, HARM_CLASSES } from './words.ts';

const folder = new URL('../../../../policies/', import.meta.url);
const readPart = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const files = readdirSync(folder).filter((file) => /^uk-[^.]*\.v\d+\.yaml$/.test(file));
const schema = policySchema();
const fits = new Ajv2020({ strict: false }).compile(schema);
const contentOf = (text: string): unknown => parseAllDocuments(text)[0]?.toJS();

function loaded(text: string, read?: (file: string) => string | undefined): Policy {
  const result = loadPolicy(text, 'local', read);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problems));
  return result.policy;
}

const LOCAL = `policy: local
version: 1
include: [uk-default.part.yaml]
sources:
  lab:
    why: The laboratory repeats what is on the order form.
    trust: 90
    elements:
      Patient.telecom:
        trust: 5
        stale-after-days: 30
`;
const PART = `elements:
  Patient:
    telecom: {harm: H1, cardinality: list, equivalence: telecom, choose: [trust], why: a}
    birthDate: {harm: H1, cardinality: single, equivalence: date-precision, choose: [trust], why: b}
    'deceased[x]': {harm: H2, cardinality: single, equivalence: deceased, why: c}
`;
const parts = (file: string) => (file === 'uk-default.part.yaml' ? PART : undefined);

const twoSources: TruthCase = {
  why: '',
  at: '2026-03-01T00:00:00.000Z' as Instant,
  expect: {},
  subjects: {
    a: {
      source: 'lab',
      trust: 10,
      statements: [
        { at: '2026-01-01T00:00:00.000Z', set: { birthDate: '1980', telecom: [{ system: 'phone', value: '01' }] } },
      ],
    },
    b: {
      source: 'pas',
      trust: 50,
      statements: [
        { at: '2026-01-01T00:00:00.000Z', set: { birthDate: '1981', telecom: [{ system: 'phone', value: '02' }] } },
      ],
    },
  },
};

function verdictOn(element: string, policy: Policy, one = twoSources) {
  const subjects = subjectsOf(one.subjects, statementsOf(one.subjects));
  return decide({ policy, subjects, rulings: [], at: one.at }).verdicts.find((verdict) => verdict.element === element);
}

describe('the policy language', () => {
  it('publishes the schema that its words make', () => {
    assert.deepEqual(JSON.parse(readFileSync(new URL('policy.schema.json', folder), 'utf8')), schema);
  });

  for (const file of files) {
    it(`reads ${file} and finds it fit by the schema`, () => {
      const text = readPart(file);
      assert.ok(fits(contentOf(text)), JSON.stringify(fits.errors));
      if (/^policy:/m.test(text)) loaded(text, readPart);
    });
  }

  it('says the same of a policy bundled with its parts as of one that reads them', () => {
    const text = readPart('uk-default.v2.yaml');
    assert.deepEqual(loaded(bundlePolicy(text, readPart)), loaded(text, readPart));
    assert.equal(bundlePolicy(readPart('uk-default.v1.yaml'), readPart), readPart('uk-default.v1.yaml'));
  });

  it('reads the example of a policy of one’s own in the README', () => {
    const readme = readPart('README.md');
    const example = /```yaml\n(policy: our-trust[\s\S]*?)```/.exec(readme)?.[1] ?? '';
    assert.ok(fits(contentOf(example)), JSON.stringify(fits.errors));
    const { id, sources, elements } = loaded(example, readPart);
    assert.deepEqual([id, sources], ['our-trust@1', { lab: { trust: 40 } }]);
    assert.deepEqual(elements['Patient']?.['telecom']?.sources, { lab: { trust: 5, staleAfterDays: 365 } });
    assert.equal(elements['ResuscitationStatus']?.['*']?.harm, 'H3');
  });

  it('reads every type that the UK default promises', () => {
    const { elements } = loaded(readPart('uk-default.v2.yaml'), readPart);
    for (const type of [
      ...['Patient', 'AllergyIntolerance', 'Condition', 'MedicationRequest', 'MedicationStatement', 'Observation'],
      ...['DiagnosticReport', 'Immunization', 'Encounter', 'Consent', 'ResuscitationStatus'],
    ])
      assert.ok(elements[type], type);
  });

  it('names the file of a mistake in a part, and all mistakes at once', () => {
    const broken = PART.replace('harm: H1', 'harm: H7').replace('why: b', 'why: ""');
    const result = loadPolicy(LOCAL.replace('trust: 90', 'trust: 900'), 'local.yaml', () => broken);
    assert.ok(!result.ok);
    assert.deepEqual(
      result.problems.map(({ file, line }) => [file, line]),
      [
        ['uk-default.part.yaml', 3],
        ['uk-default.part.yaml', 4],
        ['local.yaml', 7],
      ],
    );
  });

  it('refuses an include that cannot be read, where it stands', () => {
    const result = loadPolicy(LOCAL, 'local.yaml');
    assert.ok(!result.ok);
    const [first] = result.problems;
    assert.deepEqual([first?.line, first?.column], [3, 11]);
    assert.match(first?.message ?? '', /cannot be read/);
  });

  it('lets the including file take the place of a rule of its part', () => {
    const own = `${LOCAL}elements:\n  Patient:\n    birthDate: {harm: H0, cardinality: single, equivalence: exact, why: ours}\n`;
    assert.equal(loaded(own, parts).elements['Patient']?.['birthDate']?.harm, 'H0');
    assert.equal(loaded(own, parts).elements['Patient']?.['telecom']?.harm, 'H1');
  });

  it('trusts a source as the policy says, for one element otherwise than for all', () => {
    const policy = loaded(LOCAL, parts);
    assert.deepEqual(verdictOn('birthDate', policy)?.values, ['1980']);
    assert.deepEqual(verdictOn('telecom', policy)?.values, [{ system: 'phone', value: '02' }]);
    const { sources, ...plain } = policy;
    assert.deepEqual(verdictOn('birthDate', plain)?.values, ['1981']);
  });

  it('lets the values of one source age sooner than others', () => {
    const policy = loaded(LOCAL.replace('        trust: 5\n', ''), parts);
    assert.equal(verdictOn('telecom', policy)?.state, 'stale');
    assert.equal(verdictOn('birthDate', policy)?.state, 'assumed');
  });

  it('is never read when it would let a rule choose at H2 or H3', () => {
    const anyRule = fc.record({
      harm: fc.constantFrom(...HARM_CLASSES),
      choose: fc.uniqueArray(fc.constantFrom(...CRITERIA)),
      equivalence: fc.constantFrom('exact', 'name', 'address', 'deceased', 'case-folded'),
    });
    fc.assert(
      fc.property(anyRule, ({ harm, choose, equivalence }) => {
        const text = `policy: p\nversion: 1\nelements:\n  Patient:\n    x: {harm: ${harm}, cardinality: single, equivalence: ${equivalence}, choose: [${choose.join(', ')}], why: w}\n`;
        const { ok } = loadPolicy(text, 'p');
        const gated = harm === 'H2' || harm === 'H3';
        if (gated) assert.equal(ok, choose.length === 0 && ['exact', 'deceased'].includes(equivalence));
        assert.equal(fits(contentOf(text)), ok);
      }),
      { numRuns: 200 },
    );
  });
});
