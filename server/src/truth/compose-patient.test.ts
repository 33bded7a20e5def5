// The patient as served: one source's bytes untouched, several sources' values put together and marked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { SubjectId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { competingSetFingerprint, composePatient, decide, fold, loadPolicy } from './index.ts';
import { AT } from './people.testkit.ts';
import type { Candidate, SubjectInput } from './types.ts';
import { type CaseStatement, statementOf } from './vectors.testkit.ts';

const loaded = loadPolicy(readFileSync(new URL('../../../policies/uk-default.v1.yaml', import.meta.url), 'utf8'), 'uk');
assert.ok(loaded.ok);
const policy = loaded.policy;

function subject(id: string, trust: number, said: Omit<CaseStatement, 'at'>): SubjectInput {
  const statement = statementOf([id, id], { at: AT, ...said }, trust);
  const view = fold([statement]);
  assert.ok(view);
  return { id: id as SubjectId, source: statement.source, trust, view, retired: false, erased: false };
}

function served(...subjects: readonly SubjectInput[]): string {
  const { verdicts } = decide({ policy, subjects, rulings: [], at: AT });
  return composePatient(verdicts, subjects, subjects[0]?.id ?? ('' as SubjectId));
}

describe('the patient as served', () => {
  it('is the text of a single source byte for byte, its own id and meta included', () => {
    const text =
      '{\n "id" : "x", "resourceType":"Patient", "meta":{"profile":["p"]}, "birthDate":"1980-05-01",\n' +
      ' "_birthDate":{"extension":[{"url":"u","valueDecimal":1.000}]}, "text":{"status":"generated","div":"<div/>"} }';
    const resource = parseFaithful(text) as JsonObject;
    const one = statementOf(['a', 'a'], { at: AT, replaces: true }, 1);
    const said = [{ element: 'birthDate', action: 'set' as const, update: 'snapshot' as const }];
    const view = fold([{ ...one, text, resource, said }]);
    assert.ok(view);
    assert.equal(
      served({ id: 'a' as SubjectId, source: one.source, trust: 50, view, retired: false, erased: false }),
      text,
    );
  });

  it('carries the companion of the value that was adopted, not of another', () => {
    const companion = { extension: [{ url: 'time', valueTime: '01:00:00' }] };
    const pas = subject('pas', 80, { set: { birthDate: '1980-05-01' } });
    const gp = subject('gp', 20, { set: { birthDate: '1980-05-02', _birthDate: companion } });
    assert.equal(JSON.parse(served(pas, gp))._birthDate, undefined);
    const trusted = { ...gp, trust: 90 };
    assert.deepEqual(JSON.parse(served(pas, trusted))._birthDate, companion);
  });

  it('links the other records of the person, once, in a fixed order', () => {
    const link = [{ other: { reference: 'Patient/b' }, type: 'refer' }];
    const a = subject('a', 80, { set: { gender: 'male', link } });
    const others = [subject('c', 20, { set: { gender: 'male' } }), subject('b', 20, { set: { gender: 'male' } })];
    assert.deepEqual(JSON.parse(served(a, ...others)).link, [
      ...link,
      { other: { reference: 'Patient/c' }, type: 'seealso' },
    ]);
  });

  it('leaves out the narrative of one source when several speak', () => {
    const narrated = subject('a', 80, {
      set: { gender: 'male', text: { status: 'generated', div: '<div>Old name</div>' } },
      replaces: true,
    });
    assert.equal(JSON.parse(served(narrated, subject('b', 20, { set: { birthDate: '1980' } }))).text, undefined);
  });

  it('stands in the order of the standard', () => {
    const a = subject('a', 80, {
      set: { zeta: 1, maritalStatus: { text: 'x' }, birthDate: '1980', gender: 'male', name: [{ family: 'A' }] },
    });
    assert.deepEqual(Object.keys(JSON.parse(served(a))), [
      'resourceType',
      'name',
      'gender',
      'birthDate',
      'maritalStatus',
      'zeta',
    ]);
  });
});

describe('a competing set', () => {
  const candidate = (source: string, value: string, statement: number) =>
    ({ subject: source, source, statement, saidAt: AT, value }) as unknown as Candidate;
  const [a, b] = [candidate('a', '1980', 1), candidate('b', '1981', 2)];

  it('has one fingerprint whatever its order, its repetition and its statements', () => {
    const one = competingSetFingerprint('birthDate', [a, b]);
    assert.equal(competingSetFingerprint('birthDate', [b, a, a]), one);
    assert.equal(competingSetFingerprint('birthDate', [candidate('a', '1980', 9), b]), one);
  });

  it('has another for any other value, source or element', () => {
    const one = competingSetFingerprint('birthDate', [a, b]);
    assert.notEqual(competingSetFingerprint('birthDate', [candidate('a', '1982', 1), b]), one);
    assert.notEqual(competingSetFingerprint('birthDate', [candidate('c', '1980', 1), b]), one);
    assert.notEqual(competingSetFingerprint('birthDate', [a]), one);
    assert.notEqual(competingSetFingerprint('gender', [a, b]), one);
  });
});
