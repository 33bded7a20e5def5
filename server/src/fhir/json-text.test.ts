// Positions in JSON text, against the engine's own reading of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteOffsets, itemsAt, lineAndColumn, splice, topLevelMembers } from './json-text.ts';
import { syntaxErrorAt } from './syntax-error.ts';

const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

test('members are found where the engine reads them', () => {
  fc.assert(
    fc.property(object, fc.constantFrom(0, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const members = topLevelMembers(text);
      assert.deepEqual(
        members.map((member) => member.name),
        Object.keys(value),
      );
      for (const { name, nameStart, valueStart, valueEnd } of members) {
        assert.equal(JSON.stringify(JSON.parse(text.slice(valueStart, valueEnd))), JSON.stringify(value[name]));
        assert.equal(text[nameStart], '"');
      }
    }),
  );
});

test('items are found where the engine reads them', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const items = itemsAt(text, 0).map(({ start, end }) => JSON.parse(text.slice(start, end)));
      assert.equal(JSON.stringify(items), JSON.stringify(value));
    }),
  );
});

test('a scalar has no members', () => {
  assert.deepEqual(topLevelMembers('"{}"'), []);
  assert.deepEqual(topLevelMembers('[{"a":1}]'), []);
});

test('splice changes only what is edited', () => {
  assert.equal(
    splice('abcdef', [
      { start: 4, end: 5, text: 'X' },
      { start: 1, end: 1, text: '-' },
    ]),
    'a-bcdXf',
  );
  assert.throws(
    () =>
      splice('abc', [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ]),
    /overlap/,
  );
});

test('a text is wrong exactly where the engine calls it wrong', () => {
  const text = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc
      .tuple(object, fc.nat(), fc.constantFrom('"', ',', '{', '}', '[', ']', ':', 'x', '0', '\\', ''))
      .map(([value, at, character]) => {
        const json = JSON.stringify(value, null, 1);
        const place = at % (json.length + 1);
        return json.slice(0, place) + character + json.slice(place + 1);
      }),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (one) => {
      let valid = true;
      try {
        JSON.parse(one);
      } catch {
        valid = false;
      }
      assert.equal(syntaxErrorAt(one) === undefined, valid);
    }),
    { numRuns: 1000 },
  );
});

test('byte offsets count characters of several bytes, asked in any order', () => {
  const text = 'aé€😀z';
  const offset = byteOffsets(text, 3);
  assert.deepEqual([0, 1, 2, 3, 5, 6].map(offset), [3, 4, 6, 9, 13, 14]);
  assert.equal(offset(1), 4);
});

test('line and column count from 1', () => {
  assert.deepEqual(lineAndColumn('ab\ncd', 4), { line: 2, column: 2 });
  assert.deepEqual(lineAndColumn('ab', 0), { line: 1, column: 1 });
});
