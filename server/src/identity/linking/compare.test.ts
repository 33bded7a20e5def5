// Levels of agreement, by the published table of cases, and the measures they rest on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { milliBits } from './bits.ts';
import { compare, PLACE } from './compare.ts';
import { sortedLetters } from './fold.ts';
import { prepare } from './prepare.ts';
import { anyRecord, recordWith } from './record.testkit.ts';
import { edits, isOneSlip, kindsApart, letterBits, lettersApart } from './similarity.ts';
import { sound } from './sound.ts';
import { FIELDS, LEVELS, type LinkageRecord } from './types.ts';

type Case = {
  readonly why: string;
  readonly left: Partial<LinkageRecord>;
  readonly right: Partial<LinkageRecord>;
  readonly levels: { readonly [field: string]: string };
};
const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../../vectors/identity/linking-levels.json', import.meta.url), 'utf8'),
);

function levelsOf(left: LinkageRecord, right: LinkageRecord): Uint8Array {
  const levels = new Uint8Array(FIELDS.length);
  compare(prepare(left), prepare(right), levels);
  return levels;
}

suite('levels of agreement', () => {
  for (const { why, left, right, levels } of CASES) {
    test(why, () => {
      const found = levelsOf(recordWith(left), recordWith(right));
      for (const field of FIELDS) {
        const wanted = levels[field];
        if (wanted !== undefined) assert.equal(LEVELS[field].names[found[PLACE[field]] ?? 0], wanted, field);
      }
    });
  }

  test('have a case each', () => {
    const shown = new Set(
      CASES.flatMap(({ levels }) => Object.entries(levels).map(([field, level]) => `${field} ${level}`)),
    );
    const all = FIELDS.flatMap((field) => LEVELS[field].names.map((level) => `${field} ${level}`));
    assert.deepEqual(
      all.filter((level) => !shown.has(level)),
      [],
    );
  });

  test('do not depend on which record comes first', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (left, right) =>
        assert.deepEqual(levelsOf(left, right), levelsOf(right, left)),
      ),
      { numRuns: 3000 },
    );
  });

  test('are the best of each field, or missing, for a record and itself', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const found = levelsOf(record, record);
        for (const field of FIELDS) {
          const level = found[PLACE[field]] ?? 0;
          assert.ok(level === 0 || level === LEVELS[field].names.length - 1, `${field} ${level}`);
        }
      }),
    );
  });
});

suite('measures', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e'), maxLength: 9 });

  test('one slip is one edit', () => {
    fc.assert(
      fc.property(text, text, (left, right) => assert.equal(isOneSlip(left, right), edits(left, right, 1) <= 1)),
      { numRuns: 5000 },
    );
  });

  test('kinds of letters apart never exceed edits or letters apart', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const kinds = kindsApart(letterBits(left), letterBits(right));
        assert.ok(kinds <= edits(left, right, 99));
        assert.ok(kinds <= lettersApart(sortedLetters(left), sortedLetters(right)));
      }),
      { numRuns: 3000 },
    );
  });

  test('thousandths of a bit are those of the logarithm', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (ratio) =>
        assert.ok(Math.abs(milliBits(ratio) - 1000 * Math.log2(ratio)) <= 0.51),
      ),
      { numRuns: 3000 },
    );
    assert.equal(milliBits(8), 3000);
    assert.equal(milliBits(0.5), -1000);
  });

  test('names that sound alike share a key, others do not', () => {
    for (const [one, other] of [
      ['macdonald', 'mcdonald'],
      ['phillips', 'filips'],
      ['knight', 'night'],
      ['catherine', 'katherine'],
    ] as const)
      assert.equal(sound(one), sound(other), `${one} ${other}`);
    assert.notEqual(sound('smith'), sound('jones'));
    assert.equal(sound('李'), '');
  });
});
