// References in our own notation, wherever a sender may have put them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reservedReference } from './reserved-references.ts';

const look = (text: string, format: 'fhir-json' | 'fhir-ndjson' = 'fhir-json') =>
  reservedReference(Buffer.from(text), format)?.position;

test('a reference that begins with "key:" is found at its place, at any depth and in escapes', () => {
  assert.equal(look('{"subject":{"reference":"key:Patient|x"}}'), 'subject.reference');
  assert.equal(look('{"subject":{"reference":"\\u006bey:Patient|x"}}'), 'subject.reference');
  const bundle = '{"entry":[{},{"resource":{"performer":[{"reference":"key:Practitioner|x"}]}}]}';
  assert.equal(look(bundle), 'entry[1].resource.performer[0].reference');
});

test('a line of many is found', () => {
  assert.equal(look('{"a":1}\n{"subject":{"reference":"key:Patient|x"}}\n', 'fhir-ndjson'), 'subject.reference');
});

test('the same letters elsewhere are nobody’s business, nor is what is not JSON', () => {
  assert.equal(look('{"subject":{"display":"key:Patient|x","reference":"Patient/key"}}'), undefined);
  assert.equal(look('{"subject":{"reference":"key:'), undefined);
});
