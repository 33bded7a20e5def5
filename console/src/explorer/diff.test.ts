// Differences between two versions, as lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLines, partsOf } from './diff.ts';

const LINES = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

test('what is the same or removed is the first text, and what is the same or added the second', () => {
  fc.assert(
    fc.property(LINES, LINES, (before, after) => {
      const lines = diffLines(before, after);
      const without = (kind: string) => lines.filter((line) => line.kind !== kind).map(({ text }) => text);
      assert.deepEqual(without('added'), before);
      assert.deepEqual(without('removed'), after);
    }),
  );
});

test('a text differs from itself in nothing', () => {
  fc.assert(
    fc.property(LINES, (lines) => {
      assert.ok(diffLines(lines, lines).every(({ kind }) => kind === 'same'));
    }),
  );
});

test('one changed line is one removed and one added', () => {
  const changes = diffLines(['a', 'b', 'c'], ['a', 'x', 'c']).filter(({ kind }) => kind !== 'same');
  assert.deepEqual(changes, [
    { kind: 'removed', text: 'b' },
    { kind: 'added', text: 'x' },
  ]);
});

test('far from a change, lines are counted and not shown; no line is lost', () => {
  const before = Array.from({ length: 40 }, (_, n) => `line ${n}`);
  const parts = partsOf(diffLines(before, before.with(20, 'changed')));
  assert.deepEqual(
    parts.map((part) => (part.kind === 'gap' ? part.count : part.lines.map(({ text }) => text))),
    [17, ['line 17', 'line 18', 'line 19', 'line 20', 'changed', 'line 21', 'line 22', 'line 23'], 16],
  );
});
