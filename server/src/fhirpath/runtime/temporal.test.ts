// Dates and times, as properties: the calendar of JavaScript is the oracle where it can be.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addTo, compareTemporal, epochMs, parseTemporal, temporalText } from './temporal.ts';

const DATE_TIME = 'System.DateTime';
const instant = fc
  .date({ min: new Date('0100-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

function parsed(text: string, type = DATE_TIME) {
  return parseTemporal(text, type) ?? assert.fail(text);
}

test('what is written is read back, at every precision', () => {
  for (const text of [
    '2015',
    '2015-02',
    '2015-02-04',
    '2015-02-04T14',
    '2015-02-04T14:34',
    '2015-02-04T14:34:28.120+01:30',
  ]) {
    assert.equal(temporalText(parsed(text)), text);
  }
  fc.assert(fc.property(instant, (text) => assert.equal(temporalText(parsed(text)), text)));
});

test('days and hours that do not exist are refused', () => {
  for (const text of [
    '2015-02-29',
    '2015-13',
    '2015-00-01',
    '2015-04-31',
    '2015-01-01T24:00',
    '2015-01-01T10:60',
    '15-01-01',
    'x',
    '',
  ]) {
    assert.equal(parseTemporal(text, DATE_TIME), undefined, text);
  }
  assert.ok(parseTemporal('2016-02-29', DATE_TIME));
  assert.equal(parseTemporal('25:00', 'System.Time'), undefined);
});

test('instants compare as instants, whatever their zones', () => {
  const zone = fc.integer({ min: -12 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(instant, instant, zone, (a, b, minutes) => {
      const moved = inZone(b, minutes);
      const order = compareTemporal(parsed(a), parsed(moved), undefined) ?? assert.fail();
      assert.equal(Math.sign(order), Math.sign(Date.parse(a) - Date.parse(b)));
    }),
  );
});

function inZone(text: string, minutes: number): string {
  const local = new Date(Date.parse(text) + minutes * 60_000).toISOString().slice(0, -1);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

test('a coarser value is before or after a finer one only when all of it is', () => {
  fc.assert(
    fc.property(instant, fc.constantFrom(4, 7, 10), (text, length) => {
      assert.equal(compareTemporal(parsed(text.slice(0, length)), parsed(text), undefined), undefined);
    }),
  );
  assert.ok((compareTemporal(parsed('2015-01'), parsed('2015-02-01'), undefined) ?? 0) < 0);
});

test('days and shorter units move the instant by their length', () => {
  const UNITS = { week: 604_800_000, day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 };
  fc.assert(
    fc.property(
      instant,
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.constantFrom(...Object.keys(UNITS)),
      (text, amount, unit) => {
        const before = parsed(text);
        const after = addTo(before, amount, unit);
        if (after === undefined) return;
        assert.equal(epochMs(after), epochMs(before) + amount * UNITS[unit as keyof typeof UNITS]);
      },
    ),
  );
});

test('months keep the day, or take the last there is', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: -500, max: 500 }), (text, months) => {
      const before = parsed(text.slice(0, 10), 'System.Date');
      const after = addTo(before, months, 'month') ?? assert.fail();
      const [year = 0, month = 0, day = 0] = after.fields;
      const [from = 0, start = 0, was = 0] = before.fields;
      assert.equal(year * 12 + month, from * 12 + start + months);
      assert.ok(day === was || (day < was && addTo(after, 1, 'day')?.fields[2] === 1));
    }),
  );
});

test('a time goes round the clock', () => {
  fc.assert(
    fc.property(fc.nat(86_399), fc.integer({ min: -200_000, max: 200_000 }), (start, seconds) => {
      const before = parsed(clock(start), 'System.Time');
      const after = addTo(before, seconds, 'second') ?? assert.fail();
      assert.equal(temporalText(after), clock((((start + seconds) % 86_400) + 86_400) % 86_400));
    }),
  );
});

function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
