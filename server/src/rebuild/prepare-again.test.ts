// What a recorded plan is made of again: nothing for what left nothing, its reasons for what needed repair, the ruling for a ruling.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ReceiptId } from '../base/ids.ts';
import { prepareAgain } from './prepare-again.ts';
import type { PlanRow } from './types.ts';

const ROW: PlanRow = {
  epoch: 1,
  place: 0,
  receipt: 7 as ReceiptId,
  at: '2026-03-02T08:00:00.000Z',
  sizeBefore: 8,
  sizeAfter: 8,
  state: 'applied',
  seeded: false,
  reasons: null,
  founded: null,
  merges: null,
  source: 'pas',
  format: 'hl7v2',
  receivedAt: '2026-03-02T08:00:00.000Z',
  bytes: null,
};
const NOTHING = { drafts: [], links: [] };
const again = (row: Partial<PlanRow>) => prepareAgain({ ...ROW, ...row }, NOTHING, new Map());
const ruling = (given: object) => ({ format: 'ruling', bytes: new TextEncoder().encode(JSON.stringify(given)) });

suite('a recorded plan', () => {
  test('that was refused or waited left nothing to compute', () => {
    for (const state of ['rejected', 'waiting', 'superseded']) assert.equal(again({ state }), undefined, state);
  });

  test('that needed repair opens its case again with the reasons of then, and says nothing', () => {
    const reasons = [{ code: 'delivery-conflict', message: 'Came before with other bytes.' }];
    const prepared = again({ state: 'quarantined', reasons });
    assert.deepEqual(prepared?.end, { state: 'quarantined', reasons });
    assert.deepEqual(prepared?.drafts, []);
    assert.equal(prepared?.receipt.retriedBy, 7);
  });

  test('of a ruling is the ruling, and cannot be computed without it', () => {
    const reject = { kind: 'reject', receipt: 3, reason: 'sent by mistake', by: 'ops' };
    assert.deepEqual(again(ruling(reject))?.ruling, reject);
    assert.throws(() => again({ format: 'ruling', bytes: null }), { code: 'ruling-erased', message: /receipt 7/ });
    assert.throws(() => again(ruling({ kind: 'unheard-of' })), { code: 'ruling-unreadable' });
  });

  test('names by id whom the sender merged, and is of an unknown source where nobody declared one', () => {
    const merges = [{ kind: 'merge', surviving: 'a', retired: 'b' }] as unknown as NonNullable<PlanRow['merges']>;
    const prepared = again({ merges });
    assert.deepEqual([prepared?.links[0]?.survivingKey, prepared?.links[0]?.retiredKey], ['Patient/a', 'Patient/b']);
    assert.deepEqual(prepared?.recorded?.merges, merges);
    assert.equal(prepared?.source.trust, 0);
  });
});
