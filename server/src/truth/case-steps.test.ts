// What waits in a case follows from its steps, and how urgent it is from the clock.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Instant } from '../base/ids.ts';
import { type CaseStep, isSamePerson, latestWait, waitingProposal } from './case-steps.ts';
import { escalationOf } from './escalation.ts';

const at = (time: string) => `2026-03-01T${time}:00.000Z` as Instant;
const proposed = (receipt: number): CaseStep => ({
  ...{ step: 'proposed', receipt, at: at('09:00'), by: 'Dr May', reason: 'seen' },
  decision: 'choose-none',
});
const answered = (step: 'approved' | 'declined', receipt: number, proposal: number): CaseStep => ({
  ...{ step, receipt, proposal, at: at('10:00'), by: 'Dr June', reason: 'seen' },
});
const waits = (receipt: number, until: Instant): CaseStep => ({
  ...{ step: 'cannot-tell', receipt, until, at: at('09:30'), by: 'Dr May', reason: 'no photo' },
});

describe('a proposal', () => {
  it('waits until it is answered, and no longer', () => {
    assert.equal(waitingProposal([]), undefined);
    assert.equal(waitingProposal([proposed(1), waits(2, at('12:00'))])?.receipt, 1);
    assert.equal(waitingProposal([proposed(1), answered('declined', 2, 1)]), undefined);
    assert.equal(waitingProposal([proposed(1), answered('declined', 2, 1), proposed(3)])?.receipt, 3);
    assert.equal(waitingProposal([proposed(1), answered('approved', 2, 1)]), undefined);
  });

  it('is not approved by the same person under another spelling', () => {
    assert.ok(isSamePerson('Dr  May', ' dr may'));
    assert.ok(!isSamePerson('Dr May', 'Dr June'));
  });
});

describe('an open case', () => {
  const one = { openedAt: at('08:00'), decideBy: at('12:00'), priority: 'soon' as const, waitsUntil: undefined };
  const told = (more: Partial<Parameters<typeof escalationOf>[0]>, time: string) => {
    const { age, overdue, priority } = escalationOf({ ...one, ...more }, at(time));
    return [age, overdue, priority];
  };

  it('is one step more urgent over its time, and two over twice of it, but never beyond immediate', () => {
    assert.deepEqual(told({}, '12:00'), ['due-soon', false, 'soon']);
    assert.deepEqual(told({}, '12:01'), ['overdue', true, 'urgent']);
    assert.deepEqual(told({}, '16:01'), ['long-overdue', true, 'immediate']);
    assert.deepEqual(told({ priority: 'immediate' }, '16:01'), ['long-overdue', true, 'immediate']);
  });

  it('is overdue as soon as what it waits for did not come, and no later for having been asked about', () => {
    const until = latestWait([waits(1, at('20:00')), waits(2, at('09:30'))])?.until;
    assert.equal(until, at('09:30'));
    assert.deepEqual(told({ waitsUntil: at('09:30') }, '09:31'), ['overdue', true, 'urgent']);
    assert.deepEqual(told({ waitsUntil: at('20:00') }, '12:01'), ['overdue', true, 'urgent']);
  });
});
