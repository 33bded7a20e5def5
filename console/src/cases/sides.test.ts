// The sides of a conflict, and how long there is to decide.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from '../../test/fixtures/operations.ts';
import { explanationOf } from '../../test/fixtures/people.ts';
import type { CaseSummary } from '../api/types.ts';
import { deadlineOf, explained, sidesOf } from './sides.ts';

const found = CASES.find(({ id }) => id === 'case-allergy') as CaseSummary;
const { conflict: _, secondsLeft: _left, ...plain } = found;

test('each record that speaks is a column, by the name of its source', () => {
  const sides = sidesOf(found, (key) => key);
  assert.deepEqual(
    sides.map(({ name, statements }) => [name, statements.map(({ value }) => value)]),
    [
      ['Royal Example PAS', ['Penicillin']],
      ['Riverside Surgery', ['No known allergy']],
    ],
  );
  assert.equal(sides[1]?.statements[0]?.repeatedAt, '2026-03-02T07:01:00.000Z');
});

test('where the server does not part them, they are parted by source', () => {
  const more = { ...plain, competitors: [...found.competitors, ...found.competitors.slice(0, 1)] };
  const sides = sidesOf(more, (key) => key.toUpperCase());
  assert.deepEqual(
    sides.map(({ name, statements }) => [name, statements.length]),
    [
      ['RXX-PAS', 2],
      ['GP-RIVERSIDE', 1],
    ],
  );
});

test('what is behind a statement is found among those used and those set aside', () => {
  const explanation = explanationOf('birthDate');
  assert.equal(explained(explanation, 9_544)?.receipt, 4110);
  assert.equal(explained(explanation, 12_001)?.source, 'rxx-pas');
  assert.equal(explained(explanation, 1), undefined);
});

test('what is left until the deadline is what the server tells, by its own clock', () => {
  assert.deepEqual(deadlineOf({ ...plain, secondsLeft: 10_800 }), { overdue: false, words: '3 h left' });
  assert.deepEqual(deadlineOf({ ...plain, secondsLeft: -3_600 }), { overdue: true, words: 'overdue by 1 h' });
  const asked = { overdue: true, words: 'overdue: what it waited for did not come' };
  assert.deepEqual(deadlineOf({ ...plain, secondsLeft: 60, overdue: true }), asked);
  assert.equal(deadlineOf(plain), undefined);
});
