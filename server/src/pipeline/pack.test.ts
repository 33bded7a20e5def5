// Packing of what goes with every statement.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packOrigins, packSaid, unpackOrigins, unpackSaid } from './pack.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed());

test('what was said and where it came from survive packing', () => {
  const said = fc.record(
    {
      element: name,
      action: fc.constantFrom('set' as const, 'clear' as const),
      update: fc.constantFrom('snapshot' as const, 'merge-by-type' as const),
    },
    { noNullPrototype: true },
  );
  const origin = fc.record(
    {
      path: name,
      position: name,
      span: fc.tuple(fc.nat(), fc.nat()).map(([start, length]) => ({ start, end: start + length })),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(fc.array(said), (list) => assert.deepEqual(unpackSaid(packSaid(list)), list)));
  fc.assert(fc.property(fc.array(origin), (list) => assert.deepEqual(unpackOrigins(packOrigins(list)), list)));
});
