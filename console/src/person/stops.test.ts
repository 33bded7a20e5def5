// The stops of the slider.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGES } from '../../test/fixtures/past.ts';
import { placeOf, sayStop, stopsOf } from './stops.ts';

test('all that changed at one ledger size is one stop, in the order of the ledger', () => {
  const stops = stopsOf(CHANGES.toReversed());
  assert.deepEqual(
    stops.map(({ size, changes }) => [size, changes.length]),
    [
      [9_122, 2],
      [10_400, 1],
      [12_005, 1],
    ],
  );
});

test('a sentence begins with the element as people call it', () => {
  const [first] = stopsOf(CHANGES);
  assert.match(first?.changes[0]?.sentence ?? '', /^Birth date: not held before/);
  assert.equal(first?.changes[1]?.label, 'Allergies and intolerances');
});

test('a ledger size between two stops stands at the earlier one, and before the first at none', () => {
  const stops = stopsOf(CHANGES);
  assert.deepEqual(
    [9_121, 9_122, 10_399, 10_400, 99_999].map((size) => placeOf(stops, size)),
    [-1, 0, 0, 1, 2],
  );
});

test('the slider says the moment, its ledger entry and what changed, each once', () => {
  const changes = [...(stopsOf(CHANGES)[0]?.changes ?? []), ...(stopsOf(CHANGES)[0]?.changes ?? [])];
  assert.equal(
    sayStop({ at: '2 Mar 2026, 06:50', size: '9,122', changes }),
    '2 Mar 2026, 06:50, ledger entry 9,122: Birth date, Allergies and intolerances',
  );
});
