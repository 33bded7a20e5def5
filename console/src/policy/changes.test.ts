// What a policy would change, in order and in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIFF } from '../../test/fixtures/policies.ts';
import { byHarm, changeInWords, personsInWords, reasonInWords } from './changes.ts';

test('the gravest class comes first, however few it concerns', () => {
  assert.deepEqual(
    byHarm(DIFF.verdicts).map(({ harm }) => harm),
    ['H3', 'H2', 'H0'],
  );
});

test('a change says what it means for who reads the record', () => {
  assert.equal(changeInWords({ before: 'assumed', after: 'conflicting' }), 'a person would have to decide');
  assert.equal(changeInWords({ before: 'conflicting', after: 'known' }), 'no longer waits for a person');
  assert.equal(changeInWords({ before: 'known', after: 'none' }), 'the policy would say nothing of it');
  assert.equal(changeInWords({ before: 'known', after: 'known' }), 'another value or rule, in the same state');
  assert.equal(changeInWords({ before: 'known', after: 'stale' }), 'would be stale');
});

test('what stands behind the same value otherwise is told by what differs alone', () => {
  const before = { rule: 'most-trusted-source', harm: 'H0' as const };
  assert.equal(reasonInWords({ before, after: { rule: 'newest', harm: 'H0' } }), 'most trusted source → newest');
  assert.equal(reasonInWords({ before, after: { ...before, harm: 'H2' } }), 'class H0 → H2');
  assert.equal(
    reasonInWords({ before, after: { rule: 'newest', harm: 'H1' } }),
    'most trusted source → newest, class H0 → H1',
  );
});

test('whom it concerns is said in numbers and as a share', () => {
  assert.equal(
    personsInWords({ compared: 104_220, changed: 1_312 }),
    'Something changes for 1,312 of 104,220 people compared (1.3 %).',
  );
  assert.equal(
    personsInWords({ compared: 5_000, changed: 1 }),
    'Something changes for 1 of 5,000 people compared (under 0.1 %).',
  );
  assert.equal(personsInWords({ compared: 7, changed: 0 }), 'Nothing changes for 7 people compared.');
  assert.equal(personsInWords({ compared: 0, changed: 0 }), 'Nobody has been compared yet.');
});
