// Results: what a later statement does to an earlier one, and what people are told about it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { fold, supersede } from './index.ts';
import type { Statement } from './types.ts';
import { statementOf } from './vectors.testkit.ts';

let day = 0;
function result(status: string | undefined, value?: number, more: JsonObject = {}): Statement {
  day += 1;
  const set: { [element: string]: Json | undefined } = { ...more };
  if (status !== undefined) set['status'] = status;
  if (value !== undefined) set['valueQuantity'] = { value };
  const at = new Date(Date.UTC(2026, 0, day)).toISOString();
  return statementOf(['s', 'lab'], { at, type: 'Observation', id: 'o', set }, day);
}

/** Status and value after a history, and what the last statement did. */
function after(...history: readonly Statement[]) {
  const last = history.at(-1);
  assert.ok(last);
  const before = fold(history.slice(0, -1));
  const done = supersede(before, last);
  assert.notEqual(done.view, 'refold');
  assert.deepEqual(done.view, fold(history), 'supersede and fold agree');
  const held = fold(history)?.elements;
  const issues = done.issues.map((issue) => issue.reason);
  return {
    status: held?.['status']?.value,
    value: held?.['valueQuantity']?.value,
    outcome: done.outcome,
    issues,
    replaced: done.replaced,
  };
}
const of = (value: number) => ({ value });

describe('a result', () => {
  it('said first is first', () => assert.equal(after(result('final', 5)).outcome, 'first'));

  it('becomes final', () => {
    const { outcome, status, value } = after(result('preliminary', 4), result('final', 5));
    assert.deepEqual([outcome, status, value], ['finalised', 'final', of(5)]);
  });

  it('becomes final by its status alone and keeps its value', () => {
    const { status, value } = after(result('preliminary', 4), result('final'));
    assert.deepEqual([status, value], ['final', of(4)]);
  });

  it('is corrected, and says which statement it replaces', () => {
    const wrong = result('final', 5);
    const { outcome, value, issues, replaced } = after(wrong, result('corrected', 6));
    assert.deepEqual([outcome, value, issues, replaced], ['corrected', of(6), [], wrong.id]);
  });

  it('is amended', () => assert.equal(after(result('final', 5), result('amended', 5)).outcome, 'amended'));

  it('changed without a correction is recorded and flagged', () => {
    const { outcome, value, issues } = after(result('final', 5), result('final', 6));
    assert.deepEqual(
      [outcome, value, issues],
      ['changed-without-correction', of(6), ['final-changed-without-correction']],
    );
  });

  it('changed from a number to a text without a correction is flagged too', () => {
    const { issues } = after(result('final', 5), result('final', undefined, { valueString: 'high' }));
    assert.deepEqual(issues, ['final-changed-without-correction']);
  });

  it('said again as it was is a repetition', () => {
    const { outcome, issues, replaced } = after(result('final', 5), result('final', 5));
    assert.deepEqual([outcome, issues, replaced], ['repeated', [], undefined]);
  });

  it('once final is not demoted by a preliminary one', () => {
    for (const weaker of ['preliminary', 'registered', 'partial', 'unknown']) {
      const { outcome, status, value, issues } = after(result('final', 5), result(weaker, 4));
      assert.deepEqual([outcome, status, value, issues], ['kept-final', 'final', of(5), ['preliminary-after-final']]);
    }
  });

  it('once corrected is not undone by the old final one', () => {
    const { status, value } = after(result('final', 5), result('corrected', 6), result('final', 6));
    assert.deepEqual([status, value], ['corrected', of(6)]);
  });

  it('is withdrawn', () => {
    const { outcome, status } = after(result('final', 5), result('entered-in-error', 5));
    assert.deepEqual([outcome, status], ['withdrawn', 'entered-in-error']);
  });

  it('sent for the wrong patient is withdrawn, and somebody is told', () => {
    const mark = { extension: [{ url: 'urn:vouch:extension:withdrawal', valueCode: 'wrong-patient' }] };
    const { outcome, status, issues } = after(result('final', 5), result('entered-in-error', 5, mark));
    assert.deepEqual([outcome, status, issues], ['wrong-patient', 'entered-in-error', ['result-for-wrong-patient']]);
  });

  it('once withdrawn does not come back by being sent again as it was', () => {
    const { outcome, status, issues } = after(result('final', 5), result('entered-in-error', 5), result('final', 5));
    assert.deepEqual(
      [outcome, status, issues],
      ['kept-withdrawn', 'entered-in-error', ['withdrawn-result-sent-again']],
    );
  });

  it('once withdrawn comes back by a correction, or flagged with other content', () => {
    const gone = () => [result('final', 5), result('entered-in-error', 5)];
    assert.equal(after(...gone(), result('corrected', 5)).status, 'corrected');
    const again = after(...gone(), result('final', 7));
    assert.deepEqual(
      [again.outcome, again.value, again.issues],
      ['reissued-after-withdrawal', of(7), ['result-reissued-after-withdrawal']],
    );
  });

  it('is cancelled', () => assert.equal(after(result('preliminary', 5), result('cancelled')).outcome, 'cancelled'));

  it('that comes late asks for the whole history', () => {
    const early = result('preliminary', 4);
    const view = fold([result('final', 5)]);
    assert.deepEqual(supersede(view, early), { view: 'refold', outcome: 'late', replaced: undefined, issues: [] });
    assert.equal(fold([early, result('final', 5)])?.elements['status']?.value, 'final');
  });
});

describe('another resource', () => {
  const encounter = (status: string) => ({ ...result(status), resourceType: 'Encounter' });

  it('is updated, repeated or withdrawn by its newest statement', () => {
    assert.equal(after(encounter('planned'), encounter('in-progress')).outcome, 'updated');
    assert.equal(after(encounter('planned'), encounter('planned')).outcome, 'repeated');
    assert.equal(after(encounter('planned'), encounter('entered-in-error')).outcome, 'withdrawn');
  });

  it('that has a verification status is withdrawn by it', () => {
    const allergy = (code: string) => ({
      ...result(undefined, undefined, { verificationStatus: { coding: [{ code }] } }),
      resourceType: 'AllergyIntolerance',
    });
    assert.equal(after(allergy('confirmed'), allergy('entered-in-error')).outcome, 'withdrawn');
  });
});
