// Every case of vectors/truth: what the sources said, and the verdicts that must follow.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { SubjectId } from '../base/ids.ts';
import { composePatient, loadPolicy, type PolicyProblem } from './index.ts';
import type { Verdict } from './types.ts';
import {
  decideCase,
  type Expected,
  policyOf,
  RULING_ID_FROM,
  rulingsOf,
  statementsOf,
  type TruthCase,
} from './vectors.testkit.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const loaded = loadPolicy(read('policies/uk-default.v1.yaml'), 'uk-default');
assert.ok(loaded.ok);
const uk = loaded.policy;

const names = (subjects: readonly { readonly subject: string }[]) => subjects.map((one) => one.subject);

function check(verdict: Verdict, expected: Expected): void {
  const { because } = verdict;
  assert.equal(verdict.state, expected.state);
  if (expected.harm !== undefined) assert.equal(verdict.harm, expected.harm);
  if (expected.rule !== undefined) assert.equal(because.rule, expected.rule);
  if (expected.values !== undefined) assert.equal(JSON.stringify(verdict.values), JSON.stringify(expected.values));
  if (expected.count !== undefined) assert.equal(verdict.values.length, expected.count);
  if (expected.used !== undefined) assert.deepEqual([...new Set(names(because.used))], expected.used);
  if (expected.competing !== undefined) assert.deepEqual([...new Set(names(because.competing))], expected.competing);
  if (expected.absentReason !== undefined) assert.equal(because.absentReason, expected.absentReason);
  if (expected.ruling !== undefined) {
    assert.equal(because.ruling, expected.ruling === null ? undefined : RULING_ID_FROM + expected.ruling);
  }
  if (expected.staleRulings !== undefined) {
    assert.deepEqual(
      because.staleRulings,
      expected.staleRulings.map((place) => RULING_ID_FROM + place),
    );
  }
  for (const [subject, reason] of Object.entries(expected.setAside ?? {})) {
    const found = because.setAside.filter((one) => one.candidate.subject === subject).map((one) => one.reason);
    assert.ok(
      found.includes(reason as never),
      `${subject} is set aside as ${found.join(', ') || 'nothing'}, not ${reason}`,
    );
  }
}

describe('the verdict', () => {
  for (const file of readdirSync(new URL('vectors/truth/valid/', root)).sort()) {
    it(file.replace('.json', '').replaceAll('-', ' '), () => {
      const one: TruthCase = JSON.parse(read(`vectors/truth/valid/${file}`));
      const policy = policyOf(uk, one.policy);
      const statements = statementsOf(one.subjects);
      const rulings = rulingsOf(one, policy, statements);
      const { verdicts, subjects } = decideCase(one, { policy, statements, rulings });
      for (const [element, expected] of Object.entries(one.expect)) {
        const verdict = verdicts.find((found) => found.element === element);
        assert.ok(verdict, `a verdict on ${element}`);
        check(verdict, expected);
      }
      const person = subjects.find((subject) => !subject.retired)?.id ?? ('' as SubjectId);
      const served = composePatient(
        verdicts.filter((verdict) => verdict.element !== 'AllergyIntolerance'),
        subjects,
        person,
      );
      const resource = JSON.parse(served);
      for (const [property, value] of Object.entries(one.served ?? {}))
        assert.deepEqual(resource[property] ?? null, value);
      for (const secret of one.neverContains ?? []) {
        assert.ok(!served.includes(secret), `the served patient leaks ${secret}`);
        assert.ok(!JSON.stringify(verdicts).includes(secret), `a verdict leaks ${secret}`);
      }
    });
  }
});

describe('a policy is refused', () => {
  const folder = new URL('vectors/truth/invalid/', root);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()) {
    it(`for ${file.replace('.yaml', '').replaceAll('-', ' ')}`, () => {
      const result = loadPolicy(read(`vectors/truth/invalid/${file}`), 'case');
      assert.ok(!result.ok);
      const expected: { line: number; column: number; says: string }[] = JSON.parse(
        read(`vectors/truth/invalid/${file.replace('.yaml', '.problems.json')}`),
      );
      for (const [place, { line, column, says }] of expected.entries()) {
        const problem: PolicyProblem | undefined = result.problems[place];
        assert.ok(problem);
        assert.ok(problem.message.includes(says), `"${problem.message}" says "${says}"`);
        assert.deepEqual([problem.line, problem.column], [line, column]);
      }
    });
  }
});
