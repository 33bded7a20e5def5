// A message cut where marks begin and end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closest, cutPieces, type Mark } from './pieces.ts';

const SIZE_MAX = 60;
const mark = (id: string, start: number, end: number): Mark => ({
  id,
  kind: 'mapped',
  start,
  end,
  position: '',
  target: '',
  value: undefined,
});
const manyMarks = fc
  .array(fc.tuple(fc.nat({ max: SIZE_MAX + 5 }), fc.nat({ max: SIZE_MAX + 5 })), { maxLength: 30 })
  .map((pairs) => pairs.map(([start, end], nth) => mark(`m${nth}`, start, end)));

test('pieces follow each other without gap or overlap and cover the whole message', () => {
  fc.assert(
    fc.property(manyMarks, fc.integer({ min: 1, max: SIZE_MAX }), (marks, size) => {
      const pieces = cutPieces(marks, size);
      assert.equal(pieces[0]?.start, 0);
      assert.equal(pieces.at(-1)?.end, size);
      for (const [nth, piece] of pieces.entries()) {
        assert.ok(piece.start < piece.end);
        if (nth > 0) assert.equal(piece.start, pieces[nth - 1]?.end);
      }
    }),
  );
});

test('each byte lies under exactly the marks whose range holds it, narrowest first', () => {
  fc.assert(
    fc.property(manyMarks, fc.integer({ min: 1, max: SIZE_MAX }), (marks, size) => {
      for (const piece of cutPieces(marks, size)) {
        for (let byte = piece.start; byte < piece.end; byte += 1) {
          const expected = marks.filter(({ start, end }) => start <= byte && byte < end).map(({ id }) => id);
          assert.deepEqual(piece.marks.map(({ id }) => id).toSorted(), expected.toSorted());
        }
        const widths = piece.marks.map(({ start, end }) => end - start);
        assert.deepEqual(
          widths,
          widths.toSorted((a, b) => a - b),
        );
      }
    }),
  );
});

test('a component inside its field is closest; two elements of the same bytes are equally close', () => {
  const pieces = cutPieces([mark('field', 0, 10), mark('component', 2, 4), mark('also', 2, 4)], 12);
  const inner = pieces.find(({ start }) => start === 2);
  assert.ok(inner);
  assert.deepEqual(
    closest(inner).map(({ id }) => id),
    ['also', 'component'],
  );
});
