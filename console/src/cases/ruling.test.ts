// What a person can rule on a case, and the request that says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from '../../test/fixtures/operations.ts';
import type { CaseSummary } from '../api/types.ts';
import { decisionFor } from './case-kinds.ts';
import { choicesFor, type Fields, readRuling } from './ruling.ts';

const nameOf = (key: string) => key.toUpperCase();
function caseOf(id: string): CaseSummary {
  const found = CASES.find((row) => row.id === id);
  assert.ok(found);
  return found;
}
const form = (fields: { readonly [name: string]: string }): Fields => ({ get: (name) => fields[name] ?? null });

test('a conflict offers each competing value with who says it, then all, then none', () => {
  const choices = choicesFor(caseOf('case-allergy'), { decision: 'choose-value', nameOf });
  assert.deepEqual(
    choices.map(({ value }) => value),
    ['choose:12004', 'choose:9121', 'both-valid', 'choose-none'],
  );
  assert.equal(choices[0]?.hint, 'as RXX-PAS says');
});

test('a choice names the statement and the exact competing set that was seen', () => {
  const read = readRuling(
    caseOf('case-allergy'),
    form({ choice: 'choose:12004', reason: ' asked her ', by: 'B. Adeyemi', approvedBy: 'C. Okafor' }),
  );
  assert.deepEqual(read, {
    ok: true,
    body: {
      kind: 'choose',
      person: 'psn-1',
      element: 'AllergyIntolerance',
      competingSet: 'cs-1f90',
      statement: 12_004,
      reason: 'asked her',
      by: 'B. Adeyemi',
      approvedBy: 'C. Okafor',
    },
  });
});

test('choosing none sends no statement', () => {
  const read = readRuling(
    caseOf('case-allergy'),
    form({ choice: 'choose-none', reason: 'r', by: 'b', approvedBy: 'c' }),
  );
  assert.ok(read.ok && read.body?.kind === 'choose-none' && read.body.statement === undefined);
});

test('where the policy asks for a second person, it is another one, and only for the choices that need one', () => {
  const errorsOf = (fields: { readonly [name: string]: string }) => {
    const read = readRuling(caseOf('case-allergy'), form({ reason: 'asked her', by: 'B. Adeyemi', ...fields }));
    return read.ok ? [] : read.errors.map(({ field }) => field);
  };
  assert.deepEqual(errorsOf({ choice: 'choose:12004' }), ['approvedBy']);
  assert.deepEqual(errorsOf({ choice: 'choose:12004', approvedBy: ' b. adeyemi ' }), ['approvedBy']);
  assert.deepEqual(errorsOf({ choice: 'choose:12004', approvedBy: 'C. Okafor' }), []);
  assert.deepEqual(errorsOf({ choice: 'both-valid' }), []);
});

test('what the case cannot be settled by is not offered', () => {
  const whole = caseOf('case-allergy');
  assert.ok(whole.conflict !== undefined);
  const actions = whole.conflict.actions.filter(({ decision }) => decision !== 'both-valid');
  const single = { ...whole, conflict: { ...whole.conflict, actions } };
  const offered = choicesFor(single, { decision: 'choose-value', nameOf }).map(({ value }) => value);
  assert.ok(!offered.includes('both-valid'), offered.join());
});

test('who cannot tell sends nothing and needs to say nothing', () => {
  const read = readRuling(caseOf('case-scored'), form({ choice: 'cannot-tell' }));
  assert.deepEqual(read, { ok: true, body: undefined });
});

test('same and not same name the two persons', () => {
  const read = readRuling(caseOf('case-link'), form({ choice: 'not-same', reason: 'twins', by: 'b' }));
  assert.deepEqual(read, { ok: true, body: { kind: 'not-same', a: 'psn-1', b: 'psn-2', reason: 'twins', by: 'b' } });
});

test('what is missing is said field by field, and nothing is sent', () => {
  const read = readRuling(caseOf('case-link'), form({ reason: '  ' }));
  assert.ok(!read.ok);
  assert.deepEqual(
    read.errors.map(({ field }) => field),
    ['choice', 'reason', 'by'],
  );
});

test('a quarantined receipt is not ruled on; it is repaired', () => {
  assert.equal(decisionFor(caseOf('case-repair')), 'repair');
  assert.equal(decisionFor(caseOf('case-link')), 'same-or-not');
  assert.equal(decisionFor(caseOf('case-allergy')), 'choose-value');
});
