// What is shown on a terminal: text from outside is harmless, tables line up, ages read as people say them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { age, cut, milliseconds, print, rawLines, table, time, visible, wrapped } from './display.ts';

/** Mostly the characters that matter. */
const hostile = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0, max: 0x9f }), fc.integer({ min: 0x2000, max: 0x206f }))
    .map((code) => String.fromCharCode(code)),
});

test('nothing that is printed holds a character that a terminal obeys', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      let out = '';
      const sink = { write: (more: string) => (out += more) };
      print({ stdout: sink, stderr: sink, env: {} }, [text]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      assert.doesNotMatch(out.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      assert.ok(out.endsWith('\n'));
    }),
  );
});

test('control characters have pictures, hidden ones numbers, and text stays as it is', () => {
  assert.equal(visible('a\u001b[2Jb\u0000\u007f'), 'a␛[2Jb␀␡');
  assert.equal(visible('ab\u202edc'), 'ab<U+202E>dc');
  assert.equal(visible('Zoë Ashworth 王'), 'Zoë Ashworth 王');
});

test('a message breaks into lines at CR, LF and CRLF, and shows which it was', () => {
  assert.deepEqual(rawLines('MSH|\rPID|\r\nPV1|\nOBX|'), ['MSH|␍', 'PID|␍␊', 'PV1|␊', 'OBX|']);
});

test('columns line up under their names, numbers to the right', () => {
  assert.deepEqual(
    table(
      ['name', 'n'],
      [
        ['a', '10'],
        ['long', '9'],
      ],
      ['n'],
    ),
    ['name   n', 'a     10', 'long   9'],
  );
});

test('ages take two units at most', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [3_600, '1 h'],
    [11_520, '3 h 12 min'],
    [86_400, '1 d'],
    [187_200, '2 d 4 h'],
  ];
  for (const [seconds, expected] of cases) assert.equal(age(seconds), expected);
  assert.deepEqual([milliseconds(999), milliseconds(1_500), milliseconds(90_000)], ['999 ms', '1.5 s', '1 min']);
});

test('times are shown to the second in UTC, and what is no instant as it is', () => {
  assert.equal(time('2026-03-02T07:15:00.123Z'), '2026-03-02 07:15:00Z');
  assert.equal(time('yesterday'), 'yesterday');
});

test('long text is cut with a mark, or wrapped without losing a word', () => {
  assert.deepEqual([cut('abcdef', 4), cut('abc', 4)], ['abc…', 'abc']);
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^\S{1,12}$/), { minLength: 1 }), (words) => {
      const lines = wrapped(words.join(' '), '  ', 20);
      assert.equal(lines.map((line) => line.slice(2)).join(' '), words.join(' '));
      assert.ok(lines.every((line) => line.length <= 20));
    }),
  );
});
