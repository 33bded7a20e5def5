// What a person can rule on a case, and the request that says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from '../../test/fixtures/operations.ts';
import type { CaseSummary } from '../api/types.ts';
import { decisionFor } from './case-kinds.ts';
import { readAnswer } from './read-answer.ts';
import { choicesFor, type Fields, needsSecond, readRuling } from './ruling.ts';

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
    ['choose:12004', 'choose:9121', 'both-valid', 'choose-none', 'ask-source'],
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
  assert.ok(read.ok && read.body?.kind === 'choose-none' && read.body.statement === undefined);
});

test('where the policy asks for a second person, the choices that need one are told', () => {
  const found = caseOf('case-allergy');
  assert.equal(needsSecond(found, 'choose:12004'), true);
  assert.equal(needsSecond(found, 'both-valid'), false);
});

test('of two records it is told beforehand which ruling takes two people', () => {
  const found = caseOf('case-scored');
  assert.deepEqual([needsSecond(found, 'same'), needsSecond(found, 'not-same')], [true, false]);
  const vetoed = { ...found, link: { ...found.link, same: { approvers: 0, why: '' } } } as CaseSummary;
  const values = choicesFor(vetoed, { decision: 'same-or-not', nameOf }).map(({ value }) => value);
  assert.deepEqual(values, ['not-same', 'cannot-tell']);
});

test('what rests on something withdrawn is not chosen from: each of it goes with that, or all stand', () => {
  const found = caseOf('case-allergy');
  const actions = (['wrong-patient', 'both-valid', 'ask-source'] as const).map((decision) => ({
    ...{ decision, words: '', secondApprover: false },
  }));
  const conflict = found.conflict === undefined ? undefined : { ...found.conflict, actions };
  const resting: CaseSummary = { ...found, conflict };
  const values = choicesFor(resting, { decision: 'choose-value', nameOf }).map(({ value }) => value);
  assert.deepEqual(values, ['both-valid', 'wrong-patient:12004', 'wrong-patient:9121', 'ask-source']);
});

test('a second person is another one, who says why; who proposed it may decline it', () => {
  const proposal = caseOf('case-proposed').proposal ?? assert.fail();
  const errorsOf = (action: 'approve' | 'decline', by: string) => {
    const read = readAnswer(proposal, action, form({ reason: 'looked', by }));
    return read.ok ? read.body : read.errors.map(({ field }) => field);
  };
  assert.deepEqual(errorsOf('approve', ` ${proposal.by.toUpperCase()} `), ['by']);
  assert.deepEqual(errorsOf('decline', proposal.by), { proposal: proposal.receipt, reason: 'looked', by: proposal.by });
  assert.deepEqual(errorsOf('approve', 'C. Okafor'), { proposal: proposal.receipt, reason: 'looked', by: 'C. Okafor' });
});

test('who asks a source says whom, and when the answer is due', () => {
  const found = caseOf('case-allergy');
  const bare = readRuling(found, form({ choice: 'ask-source', reason: 'r', by: 'b' }));
  assert.deepEqual(bare.ok ? [] : bare.errors.map(({ field }) => field), ['whom']);
  const asked = { choice: 'ask-source', reason: 'r', by: 'b', whom: 'the practice', until: '2026-03-02T10:00Z' };
  const read = readRuling(found, form(asked));
  assert.ok(read.ok);
  assert.deepEqual(
    [read.body.kind, read.body.whom, read.body.until],
    ['ask-source', 'the practice', '2026-03-02T10:00:00.000Z'],
  );
});

test('what the case cannot be settled by is not offered', () => {
  const whole = caseOf('case-allergy');
  assert.ok(whole.conflict !== undefined);
  const actions = whole.conflict.actions.filter(({ decision }) => decision !== 'both-valid');
  const single = { ...whole, conflict: { ...whole.conflict, actions } };
  const offered = choicesFor(single, { decision: 'choose-value', nameOf }).map(({ value }) => value);
  assert.ok(!offered.includes('both-valid'), offered.join());
});

test('who cannot tell says why, and the case keeps the note', () => {
  const read = readRuling(caseOf('case-scored'), form({ choice: 'cannot-tell', reason: 'no photo', by: 'b' }));
  assert.ok(read.ok && read.body.kind === 'cannot-tell' && read.body.reason === 'no photo');
  assert.equal(readRuling(caseOf('case-scored'), form({ choice: 'cannot-tell' })).ok, false);
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
