// Names and contents of tiles.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, utf8 } from './bytes.ts';
import { leafHash, rootOf } from './merkle.ts';
import {
  appendToEdge,
  edgeRoot,
  emptyEdge,
  parseTilePath,
  splitHashes,
  TILE_WIDTH,
  tilePath,
  tileSpanOf,
  tileWidthAt,
} from './tiles.ts';

type Vectors = {
  valid: { path: string; level: number | 'entries'; index: number; width: number }[];
  invalid: { path: string; because: string }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../vectors/ledger/tile-paths.json', import.meta.url), 'utf8'),
);

test('tile names are spelled as the format says, in one way only', () => {
  for (const { path, ...tile } of vectors.valid) {
    assert.equal(tilePath(tile), path);
    assert.deepEqual(parseTilePath(path), tile);
  }
  for (const { path, because } of vectors.invalid) assert.equal(parseTilePath(path), undefined, because);
});

test('every tile name reads back', () => {
  const tiles = fc.record(
    {
      level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(tiles, (tile) => assert.deepEqual(parseTilePath(tilePath(tile)), tile)));
});

test('a log of 70,000 leaves has the tiles that the format gives as its example', () => {
  const size = 70_000;
  assert.equal(tileWidthAt({ level: 0, index: 272 }, size), 256);
  assert.equal(tileWidthAt({ level: 0, index: 273 }, size), 112);
  assert.equal(tileWidthAt({ level: 'entries', index: 273 }, size), 112);
  assert.equal(tileWidthAt({ level: 0, index: 274 }, size), 0);
  assert.equal(tileWidthAt({ level: 1, index: 0 }, size), 256);
  assert.equal(tileWidthAt({ level: 1, index: 1 }, size), 17);
  assert.equal(tileWidthAt({ level: 2, index: 0 }, size), 1);
  assert.equal(tileWidthAt({ level: 3, index: 0 }, size), 0);
  assert.equal(tileWidthAt({ level: 1, index: 0 }, 256), 1);
});

test('a node lies within one tile', () => {
  assert.deepEqual(tileSpanOf({ level: 0, index: 700 }), { level: 0, first: 700, count: 1 });
  assert.deepEqual(tileSpanOf({ level: 7, index: 3 }), { level: 0, first: 384, count: 128 });
  assert.deepEqual(tileSpanOf({ level: 8, index: 3 }), { level: 1, first: 3, count: 1 });
  assert.deepEqual(tileSpanOf({ level: 17, index: 2 }), { level: 2, first: 4, count: 2 });
});

test('the edge gives the root at every size and each full tile once', () => {
  const leaves = Array.from({ length: 66_100 }, (_, i) => leafHash(utf8(String(i))));
  const edge = emptyEdge();
  const tiles = leaves.flatMap((leaf, i) => {
    const full = appendToEdge(edge, leaf);
    if (i % 6101 === 0 || i === 65_535 || i > 66_090) assert.deepEqual(edgeRoot(edge), rootOf(leaves.slice(0, i + 1)));
    return full;
  });
  const names = tiles.map(({ level, index }) => `${level}/${index}`);
  assert.deepEqual(new Set(names).size, names.length);
  assert.deepEqual(
    names.filter((name) => name.startsWith('1/')),
    ['1/0'],
  );
  assert.equal(names.filter((name) => name.startsWith('0/')).length, 258);
  assert.deepEqual(tiles[3]?.hashes, concatBytes(...leaves.slice(3 * TILE_WIDTH, 4 * TILE_WIDTH)));
  const upper = tiles.find((tile) => tile.level === 1);
  assert.deepEqual(splitHashes(upper?.hashes ?? new Uint8Array(0))[200], rootOf(leaves.slice(200 * 256, 201 * 256)));
});

test('bytes that are not a row of hashes are no tile', () => {
  assert.throws(() => splitHashes(new Uint8Array(33)), RangeError);
});
