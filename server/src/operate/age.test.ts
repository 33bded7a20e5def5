// Ages: by the clock, and never more than the store has existed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant } from '../base/ids.ts';
import { ageSeconds } from './age.ts';

const at = (text: string) => `${text}.000Z` as Instant;
const madeAt = at('2026-11-20T09:00:00');

test('what came after the store was made is as old as the clock says', () => {
  assert.equal(ageSeconds(at('2026-11-20T10:00:00'), { now: at('2026-11-20T10:00:30'), madeAt }), 30);
});

test('what is dated before the store was made is as old as the store', () => {
  assert.equal(ageSeconds(at('2026-03-02T08:00:00'), { now: at('2026-11-20T10:00:00'), madeAt }), 3_600);
});

test('while the clock itself stands before the store was made, it alone counts', () => {
  assert.equal(ageSeconds(at('2026-03-02T08:00:00'), { now: at('2026-03-02T08:10:00'), madeAt }), 600);
});

test('what is dated later than now is not younger than nothing', () => {
  assert.equal(ageSeconds(at('2026-11-20T10:00:01'), { now: at('2026-11-20T10:00:00'), madeAt }), 0);
});
