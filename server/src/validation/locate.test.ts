// Locating an issue in the text that was sent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { locate } from './locate.ts';

const TEXT = `{
  "resourceType": "Patient",
  "name": [ { "family": "Müller", "given": ["Ann", "Zoë"] } ],
  "contact": [{"telecom": [{"system": "phone"}, {"system": "fax, \\"x\\"]}", "rank":0}]}],
  "deceasedBoolean":false,
  "_birthDate": {"extension": [{"url": "u"}]}
}`;
const bytes = new TextEncoder().encode(TEXT);

function shown(expression: string): string | undefined {
  const place = locate(TEXT, expression);
  return place && new TextDecoder().decode(bytes.subarray(place.span.start, place.span.end));
}

describe('locate', () => {
  test('follows names and indexes to the value, in bytes', () => {
    assert.equal(shown('Patient.name[0].given[1]'), '"Zoë"');
    assert.equal(shown('Patient.contact[0].telecom[1].rank'), '0');
    assert.equal(shown('Patient.contact[0].telecom[1].system'), '"fax, \\"x\\"]}"');
  });

  test('gives line and column from 1', () => {
    const place = locate(TEXT, 'Patient.name[0].family');
    assert.deepEqual([place?.line, place?.column], [3, 25]);
    assert.deepEqual(locate('{"a":1}', 'Basic.a')?.column, 6);
  });

  test('finds choices by type and by stem, and the companion of a primitive', () => {
    assert.equal(shown('Patient.deceased.ofType(boolean)'), 'false');
    assert.equal(shown('Patient.deceased'), 'false');
    assert.equal(shown('Patient.birthDate.extension[0].url'), '"u"');
  });

  test('points at the object that lacks a missing element', () => {
    assert.equal(shown('Patient.contact[0].telecom[0].value'), '{"system": "phone"}');
    assert.equal(shown('Patient'), TEXT);
  });

  test('gives up on text that is not JSON', () => {
    assert.equal(locate('', 'Patient.name'), undefined);
    assert.equal(locate('{"name": [', 'Patient.name'), undefined);
  });
});
