// What people type into the search, and what is asked of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDate, searchPath } from './search.ts';

test('dates are read as people in the UK type them', () => {
  assert.deepEqual(['12/3/1961', '12-03-1961', '12 03 1961', '3/1961', '1961', '1961-03-12', ' 1961 '].map(readDate), [
    ...['1961-03-12', '1961-03-12', '1961-03-12', '1961-03', '1961', '1961-03-12', '1961'],
  ]);
});

test('what is no date is not sent', () => {
  assert.deepEqual(['32/1/1961', '1/13/1961', '12/3/61', 'March', '0/1/1961'].map(readDate), Array(5).fill(undefined));
});

test('ten digits are searched as an NHS number, whatever the spaces; other numbers as they are', () => {
  const asked = (identifier: string) => new URLSearchParams(searchPath({ identifier }).split('?')[1]).get('identifier');
  assert.equal(asked('999 000 0018'), 'https://fhir.nhs.uk/Id/nhs-number|9990000018');
  assert.equal(asked(' RXX 12 '), 'RXX 12');
});

test('only what was typed is asked for', () => {
  assert.equal(searchPath({ name: 'Müller' }), '/fhir/R4/Patient?name=M%C3%BCller&_count=20');
  assert.equal(searchPath({}), '/fhir/R4/Patient?_count=20');
});
