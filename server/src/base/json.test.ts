// Digits survive parsing wherever a number may stand, and what only looks like a number takes the quick way to the same value.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRawJson, type JsonObject, parseFaithful } from './json.ts';

const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n');
const rewritten = fc.constantFrom('-0', '1.50', '1e3', '-0.0', '12345678901234567890', '-1E+2', '0.10', '1.0');
const kept = fc.constantFrom('0', '-1', '42', '9007199254740991');

test('a number keeps its digits alone, in a list, and in an object under any name', () => {
  fc.assert(
    fc.property(fc.oneof(rewritten, kept), fc.tuple(space, space), fc.string(), (number, [before, after], name) => {
      const key = JSON.stringify(`k${name}`);
      const places = [
        `${before}${number}${after}`,
        `[${before}${number}${after}]`,
        `["x"${before},${after}${number}]`,
        `{${before}${key}${before}:${after}${number}${before}}`,
        `{"a":{"b":[[${after}${number}]]},${key}:${before}[{"c"${after}:${number}}]}`,
      ];
      for (const text of places) {
        const back = JSON.stringify(parseFaithful(text));
        assert.equal(back.split(number).length, text.split(number).length, `${number} is gone from ${back}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a number that JavaScript writes as it came is a plain number, also beside dates, versions and ids that look like decimals', () => {
  const text =
    '{"date":"2026-01-02","at":"2026-01-02T10:00:00.000Z","oid":"urn:oid:2.16.1","id":"3e5-0","value":7,"list":["1.5",-1]}';
  const parsed = parseFaithful(text) as JsonObject;
  assert.equal(parsed['value'], 7);
  assert.equal(JSON.stringify(parsed), text);
});

test('a decimal beside such strings keeps its digits', () => {
  const parsed = parseFaithful('{"date":"2026-01-02","value":7.10}') as JsonObject;
  assert.ok(isRawJson(parsed['value']));
  assert.equal(JSON.stringify(parsed), '{"date":"2026-01-02","value":7.10}');
});
