// The waterfall: bars that follow on each other, thresholds on the same scale, and what it says in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SCORE } from '../../test/fixtures/review.ts';
import type { Score } from '../api/types.ts';
import { bitsInWords, decisionInWords, oddsInWords, waterfallOf } from './score.ts';

const bits = fc.integer({ min: -60_000, max: 60_000 });
const scores: fc.Arbitrary<Score> = fc
  .record({ all: fc.array(bits, { maxLength: 14 }), review: bits, link: bits })
  .map(({ all, review, link }) => ({
    model: 'm@1',
    total: all.reduce((sum, one) => sum + one, 0),
    thresholds: { review, link },
    margin: undefined,
    fields: all.map((one, at) => ({ field: `f${at}`, level: 'same', bits: one })),
  }));

test('every bar begins where the one before ended, and the last ends at the total', () => {
  fc.assert(
    fc.property(scores, (score) => {
      const { bars, total, zero } = waterfallOf(score);
      let before = zero;
      for (const bar of bars) {
        const begins = bar.bits < 0 ? bar.left + bar.width : bar.left;
        assert.ok(Math.abs(begins - before) < 1e-6, `${begins} after ${before}`);
        before = bar.end;
      }
      assert.ok(Math.abs(before - total.end) < 1e-6);
    }),
  );
});

test('nothing is drawn outside of the picture, and the thresholds are in it', () => {
  fc.assert(
    fc.property(scores, (score) => {
      const { bars, total, review, link } = waterfallOf(score);
      for (const { left, width } of [...bars, total]) assert.ok(left >= 0 && width >= 0 && left + width <= 100);
      for (const place of [review, link]) assert.ok(place >= 0 && place <= 100);
    }),
  );
});

test('thousandths of a bit are told as bits, with their sign', () => {
  assert.deepEqual([12_500, -2_940, 0, 40].map(bitsInWords), ['+12.5', '−2.9', '0.0', '0.0']);
});

test('odds claim no more digits than they can', () => {
  assert.deepEqual([9_400, 0, -3_000, 40_000].map(oddsInWords), [
    ...['about 680 to 1', 'about even', 'about 1 to 8', 'more than a million to 1'],
  ]);
});

test('what the thresholds make of a total is a sentence', () => {
  assert.match(decisionInWords(SCORE), /^9\.4 bits are between 6\.0, from where a person looks, and 14\.0/);
  assert.match(decisionInWords({ ...SCORE, total: 14_000 }), /^14\.0 bits reach the 14\.0/);
  assert.match(decisionInWords({ ...SCORE, total: -1 }), /under the 6\.0/);
});
