// Wire times, from the vectors, and by property against the runtime's own clock arithmetic.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { wireInstant, wireTime } from './wire-time.ts';

type Case = {
  readonly text: string;
  readonly value: string;
  readonly precision: string;
  readonly zone: string;
  readonly dateOnly?: boolean;
  readonly flag?: string;
  readonly alternative?: string;
  readonly timeZone?: string;
};
const vectors = JSON.parse(readFileSync(new URL('../../../vectors/hl7v2/times.json', import.meta.url), 'utf8')) as {
  readonly times: readonly Case[];
  readonly refused: readonly { readonly text: string; readonly why: string }[];
};

describe('times', () => {
  for (const one of vectors.times) {
    test(`${one.text} is ${one.value}${one.flag === undefined ? '' : `, ${one.flag}`}`, () => {
      const found = wireTime(one.text, { zone: one.timeZone ?? 'Europe/London', dateOnly: one.dateOnly ?? false });
      const { value, precision, zone, flag, alternative } = one;
      assert.deepEqual(found, { ok: true, value, precision, zone, flag, alternative });
    });
  }
});

describe('what is no time', () => {
  for (const { text, why } of vectors.refused) {
    test(`"${text}" is refused: ${why}`, () => {
      for (const dateOnly of [true, false]) {
        const found = wireTime(text, { zone: 'Europe/London', dateOnly });
        assert.ok(!found.ok);
        assert.match(found.reason, /^(It|That|The) .*\.$/);
      }
    });
  }

  test('a zone nobody knows is refused', () => {
    assert.equal(wireTime('202603020715', { zone: 'Mars/Olympus' }).ok, false);
  });
});

test('an instant written in London time is read back as the same instant, or flagged with it as one of two readings', () => {
  const london = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2060, 0, 1) / 1000 }), (seconds) => {
      const parts = Object.fromEntries(london.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
      const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = parts;
      const found = wireTime(year + month + day + hour + minute + second, { zone: 'Europe/London' });
      assert.ok(found.ok);
      assert.notEqual(found.flag, 'impossible');
      const readings = [found.value, found.alternative]
        .filter((one) => one !== undefined)
        .map((one) => Date.parse(one) / 1000);
      assert.ok(readings.includes(seconds));
    }),
    { numRuns: 300 },
  );
});

test('reading a time costs no more than a few microseconds once its year is known', () => {
  const options = { zone: 'Europe/London' };
  wireTime('20260302071500', options);
  const started = process.hrtime.bigint();
  for (let n = 0; n < 20_000; n++) wireTime('20260302071500', options);
  const microseconds = Number(process.hrtime.bigint() - started) / 20_000 / 1000;
  assert.ok(microseconds < 30, `${microseconds} us`);
});

test('an instant is written with milliseconds and offset', () => {
  assert.equal(wireInstant('2026-03-02T07:15:00.000Z'), '20260302071500.000+0000');
});
