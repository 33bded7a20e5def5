// HL7 v2 times (DT, DTM, TS) as FHIR dates and dateTimes, with what was assumed and what cannot be true said aloud.

import type { WireTime } from './types.ts';
import { isZone, offsetAt, offsetsOfLocal } from './zone.ts';

export type WireTimeOptions = {
  /** IANA zone that a time without offset is local to: `Europe/London` in the UK. */
  readonly zone: string;
  /** For birth dates and the like: a date is a day on a calendar, never an instant, so a time of day is dropped. */
  readonly dateOnly?: boolean;
};

// YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]; up to nine decimals are met in practice.
const FORM = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?$/;
const YEAR_MIN = 1800;
const OFFSET_MINUTES_MAX = 14 * 60;
const DAY_MS = 86_400_000;

type Parts = {
  readonly date: string;
  readonly precision: (WireTime & { ok: true })['precision'];
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly fraction: string;
  readonly offset: string | undefined;
};

/** Reads a wire time. `value` keeps the digits sent; the offset is the sender's, or that of `zone` at that local time. */
export function wireTime(text: string, options: WireTimeOptions): WireTime {
  const trimmed = text.trim();
  if (trimmed === '') return refused('It is empty.');
  const match = FORM.exec(trimmed);
  if (match === null) return refused('It is not of the form YYYY[MM[DD[HH[MM[SS[.SSSS]]]]]][+ZZZZ].');
  const parts = partsOf(match);
  if (typeof parts === 'string') return refused(parts);
  if (options.dateOnly === true || parts.hour === '') return dateOf(parts);
  return parts.offset === undefined ? localTime(parts, options.zone) : explicitTime(parts, parts.offset);
}

/** An instant as HL7 v2 writes it: `20260302071500.000+0000`. */
export function wireInstant(instant: string): string {
  const digits = new Date(instant).toISOString().replace(/[-T:Z]/g, '');
  return `${digits}+0000`;
}

function refused(reason: string): WireTime {
  return { ok: false, reason };
}

/** The parts, or why they cannot be a time. */
function partsOf(match: RegExpExecArray): Parts | string {
  const [, year = '', month, day, hour, minute, second, fraction, offset] = match;
  const trouble = dateTrouble(Number(year), month, day) ?? timeTrouble(hour, minute, second) ?? offsetTrouble(offset);
  if (trouble !== undefined) return trouble;
  return {
    date: [year, month, day].filter((part) => part !== undefined).join('-'),
    precision: precisionOf(match),
    hour: hour ?? '',
    minute: minute ?? '00',
    second: second ?? '00',
    fraction: fraction === undefined ? '' : `.${fraction}`,
    offset,
  };
}

const PRECISIONS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'] as const;
function precisionOf(match: RegExpExecArray): Parts['precision'] {
  for (let n = PRECISIONS.length; n > 1; n--) if (match[n] !== undefined) return PRECISIONS[n - 1] ?? 'year';
  return 'year';
}

function dateTrouble(year: number, month: string | undefined, day: string | undefined): string | undefined {
  if (year < YEAR_MIN) return `The year is before ${YEAR_MIN}.`;
  if (month === undefined) return undefined;
  const monthNumber = Number(month);
  if (monthNumber < 1 || monthNumber > 12) return 'The month is not between 01 and 12.';
  if (day === undefined) return undefined;
  const last = new Date(Date.UTC(year, monthNumber, 0)).getUTCDate();
  return Number(day) < 1 || Number(day) > last ? 'That month of that year has no such day.' : undefined;
}

function timeTrouble(hour = '00', minute = '00', second = '00'): string | undefined {
  if (Number(hour) > 23) return 'The hour is not between 00 and 23.';
  if (Number(minute) > 59) return 'The minute is not between 00 and 59.';
  return Number(second) > 59 ? 'The second is not between 00 and 59.' : undefined;
}

function offsetTrouble(offset: string | undefined): string | undefined {
  if (offset === undefined) return undefined;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3));
  return Number(offset.slice(3)) > 59 || minutes > OFFSET_MINUTES_MAX
    ? 'The offset from UTC is not one in use.'
    : undefined;
}

function dateOf(parts: Parts): WireTime {
  const { precision } = parts;
  const kept = precision === 'year' || precision === 'month' ? precision : 'day';
  return { ok: true, value: parts.date, precision: kept, zone: 'none', flag: undefined, alternative: undefined };
}

function explicitTime(parts: Parts, offset: string): WireTime {
  const signed = offset === '-0000' ? '+0000' : offset;
  const value = `${clockOf(parts)}${signed.slice(0, 3)}:${signed.slice(3)}`;
  return { ok: true, value, precision: parts.precision, zone: 'explicit', flag: undefined, alternative: undefined };
}

function clockOf(parts: Parts): string {
  return `${parts.date}T${parts.hour}:${parts.minute}:${parts.second}${parts.fraction}`;
}

/**
 * A local time. When clocks go back it occurred twice: the earlier instant is taken, the later given as `alternative`. When clocks
 * go forward it never occurred: it is read with the offset from before the change, the other reading given as `alternative`.
 */
function localTime(parts: Parts, zone: string): WireTime {
  if (!isZone(zone)) return refused(`The time zone of its source, ${zone}, is not known.`);
  const local = Date.parse(`${parts.date}T${parts.hour}:${parts.minute}:${parts.second}Z`);
  const clock = clockOf(parts);
  const at = { ok: true, precision: parts.precision, zone: 'assumed' } as const;
  const [first, second] = offsetsOfLocal(zone, local);
  if (first === undefined) {
    const value = clock + offsetText(offsetAt(zone, local - DAY_MS));
    return { ...at, value, flag: 'impossible', alternative: clock + offsetText(offsetAt(zone, local + DAY_MS)) };
  }
  const value = clock + offsetText(first);
  if (second === undefined) return { ...at, value, flag: undefined, alternative: undefined };
  return { ...at, value, flag: 'ambiguous', alternative: clock + offsetText(second) };
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
