// Content is compared by what would be written: a number read back from the store is the one that a mapping made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimal } from '../base/json.ts';
import { canonicalText, sameContent } from './json-values.ts';

test('a number counts by its digits, however it is held', () => {
  for (const [one, other, same] of [
    [decimal('34'), 34, true],
    [34, decimal('34'), true],
    [decimal('34.0'), 34, false],
    [decimal('1.50'), decimal('1.5'), false],
    [decimal('1.50'), decimal('1.50'), true],
    [34, 35, false],
    [decimal('34'), '34', false],
    [{ value: decimal('34'), unit: 'mL' }, { unit: 'mL', value: 34 }, true],
  ] as const) {
    assert.equal(sameContent(one, other), same, `${JSON.stringify(one)} ${JSON.stringify(other)}`);
    assert.equal(canonicalText(one) === canonicalText(other), same);
  }
});
