// Times and dates as people in the UK read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageAt, clockTime, duration, fhirDate, fullTime, plural, shortTime, size } from './when.ts';

test('times are told as UK clocks show them, in winter and in summer', () => {
  assert.equal(shortTime('2026-03-02T07:15:00.000Z'), '2 Mar 2026, 07:15');
  assert.equal(shortTime('2026-07-02T07:15:00.000Z'), '2 Jul 2026, 08:15');
  assert.equal(clockTime('2026-07-02T23:30:05.000Z'), '00:30:05');
  assert.match(fullTime('2026-07-02T07:15:00.412Z'), /Thursday.*2 July 2026.*08:15:00\.412.*BST/);
});

test('the hour that happens twice is told apart by its zone', () => {
  assert.match(fullTime('2026-10-25T00:30:00.000Z'), /01:30.*BST/);
  assert.match(fullTime('2026-10-25T01:30:00.000Z'), /01:30.*GMT/);
});

test('a birth date never moves with a time zone and keeps the precision it has', () => {
  assert.equal(fhirDate('1961-07-01'), '1 July 1961');
  assert.equal(fhirDate('1961-07'), 'July 1961');
  assert.equal(fhirDate('1961'), '1961');
  assert.equal(fhirDate('1961-13'), '1961-13');
  assert.equal(fhirDate('unknown'), 'unknown');
});

test('age counts birthdays, and is not guessed from a partial date', () => {
  assert.equal(ageAt('1961-03-12', '2026-03-11T10:00:00Z'), 64);
  assert.equal(ageAt('1961-03-12', '2026-03-12T10:00:00Z'), 65);
  assert.equal(ageAt('1961', '2026-03-12T10:00:00Z'), undefined);
});

test('ages, counts and sizes are short', () => {
  assert.deepEqual([0, 59, 60, 3_599, 3_600, 12_000, 200_000].map(duration), [
    ...['0 s', '59 s', '1 min', '59 min', '1 h', '3 h 20 min', '2 days'],
  ]);
  assert.equal(plural(1, 'byte'), '1 byte');
  assert.equal(plural(4_200, 'receipt'), '4,200 receipts');
  assert.deepEqual([537, 1_500, 2_000_000].map(size), ['537 bytes', '1.5 kB', '2.0 MB']);
});

test('text that is no time is shown as it is', () => {
  assert.equal(shortTime('soon'), 'soon');
  assert.equal(fullTime(''), '');
});
