// Whatever is asked: an answer, or a refusal that names a parameter; never an error of the database.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Refused } from '../base/errors.ts';
import { withDatabase } from '../testkit/database.ts';
import { knownParameters } from './parse/named.ts';
import { readSearch } from './parse/request.ts';
import { search } from './reader.ts';
import { runsOf, store, WORLD } from './store.testkit.ts';

const RUNS = 600;
const TYPES = ['Patient', 'Observation', 'Encounter', 'Group', 'List', 'ValueSet', 'Bundle', 'MolecularSequence'];
const RESULTS = [
  '_sort',
  '_count',
  '_total',
  '_include',
  '_revinclude',
  '_after',
  '_type',
  '_summary',
  '_filter',
  '_list',
  '_content',
  '_text',
  '_lastUpdated',
  '_id',
];
const MODIFIERS = [
  '',
  '',
  ':missing',
  ':not',
  ':exact',
  ':contains',
  ':text',
  ':in',
  ':below',
  ':above',
  ':of-type',
  ':identifier',
  ':Patient',
  ':iterate',
  ':x',
  ':',
  ':missing:not',
];
const PIECES = [
  'a',
  '1',
  '-5',
  '2026',
  '2026-02-30',
  'ge',
  'ap',
  '|',
  '||',
  '$',
  ',',
  '\\',
  '%',
  '_',
  "'",
  '"',
  '(',
  ')',
  '\0',
  '\ud800',
  '\u0301',
  'Patient/1',
  'http://a/b',
  '1e999',
  '-1e-400',
  ' eq ',
  ' and ',
  'true',
  'Observation:subject',
  '*',
  'WzEsMV0',
  'W251bGwsMV0',
  'WzEsImEiXQ',
  '#x',
  '.',
  '/_history/1',
];

const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join(''));
const pair = fc.constantFrom(...TYPES).chain((type) =>
  fc.tuple(
    fc
      .tuple(
        fc.oneof(fc.constantFrom(...knownParameters(type)), fc.constantFrom(...RESULTS), text),
        fc.constantFrom(...MODIFIERS),
        fc.constantFrom('', '', '', '.name', '._id', '.subject.name', '._has:Observation:subject:code'),
      )
      .map((parts) => parts.join('')),
    text,
  ),
);
const asked = fc.record({
  type: fc.option(fc.constantFrom(...TYPES), { nil: undefined, freq: 8 }),
  query: fc.array(pair, { minLength: 1, maxLength: 3 }),
  lenient: fc.boolean(),
});

test('any search is answered or refused', async () => {
  await withDatabase(async ({ db }) => {
    await store(db, [
      { resource: { resourceType: 'Patient', id: '1', name: [{ family: 'A' }], gender: 'male', birthDate: '2026' } },
      {
        resource: {
          resourceType: 'Observation',
          id: '1',
          status: 'final',
          code: { text: 'a' },
          subject: { reference: 'Patient/1' },
          valueQuantity: { value: 1 },
        },
      },
    ]);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        try {
          await search(db, readSearch(one, WORLD));
          answered += 1;
        } catch (error) {
          assert.ok(error instanceof Refused, `${JSON.stringify(one)} ${error}`);
        }
      }),
      runsOf(RUNS),
    );
    assert.ok(answered > RUNS / 10, `${answered} answered`);
  });
});
