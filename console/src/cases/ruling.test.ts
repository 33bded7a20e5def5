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
    form({ choice: 'choose:12004', reason: ' asked her ', by: 'B. Adeyemi' }),
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
    },
  });
});

test('choosing none sends no statement', () => {
  const read = readRuling(caseOf('case-allergy'), form({ choice: 'choose-none', reason: 'r', by: 'b' }));
  assert.ok(read.ok && read.body.kind === 'choose-none' && read.body.statement === undefined);
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
