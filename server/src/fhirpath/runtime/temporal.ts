// Dates, times and instants of any precision: parsing, comparing and adding to (http://hl7.org/fhirpath/N1, sections 6.1.1, 6.2 and 6.7).
import { type Table, table } from '../table.ts';

/** Fields from the largest; `fields.length` is the precision. Seconds carry their fraction, as milliseconds and text alike compare. */
export type Temporal = {
  readonly kind: 'date' | 'dateTime' | 'time';
  /** year, month, day, hour, minute, second (with its fraction); a time begins with its hour. */
  readonly fields: readonly number[];
  /** Digits of the second's fraction. */
  readonly fraction: number;
  /** Minutes east of UTC; undefined when not given. */
  readonly zone: number | undefined;
};

const DATE_TIME = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?)?)?)?T?$/;
const TIME = /^T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/;
const LARGEST: readonly number[] = [9999, 12, 31, 23, 59, 60];

/** Undefined when the text is none, or names a day, hour or month that does not exist. */
export function parseTemporal(text: string, type: string): Temporal | undefined {
  const isTime = type === 'System.Time';
  const match = isTime ? TIME.exec(text) : DATE_TIME.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1, isTime ? 4 : 7).filter((part) => part !== undefined);
  const fields = parts.map(Number);
  const largest = isTime ? LARGEST.slice(3) : LARGEST;
  if (fields.some((field, place) => field > (largest[place] ?? 0))) return undefined;
  if (!isTime && !dayExists(fields)) return undefined;
  const zone = isTime ? undefined : zoneMinutes(match[7]);
  const kind = isTime ? 'time' : type === 'System.Date' && fields.length <= 3 ? 'date' : 'dateTime';
  return { kind, fields, fraction: parts.at(-1)?.split('.')[1]?.length ?? 0, zone };
}

function dayExists([year = 1, month = 1, day = 1]: readonly number[]): boolean {
  return month >= 1 && day >= 1 && day <= daysIn(year, month);
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneMinutes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4));
  return text.startsWith('-') ? -minutes : minutes;
}

/** Milliseconds of the fields as if they were UTC, missing ones at their least. Exact to the millisecond. */
export function epochMs({ kind, fields }: Temporal): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
    kind === 'time' ? [1970, 1, 1, ...fields] : fields;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() + (hour * 60 + minute) * 60_000 + Math.round(second * 1000);
}

/** Negative, 0 or positive; undefined when precision or zone leave it open. `zone` is that of values without one. */
export function compareTemporal(left: Temporal, right: Temporal, zone: number | undefined): number | undefined {
  if ((left.kind === 'time') !== (right.kind === 'time')) return undefined;
  const pair = alike(left, right, zone);
  if (pair === undefined) return undefined;
  const [a, b] = pair;
  const common = Math.min(a.fields.length, b.fields.length);
  for (let place = 0; place < common; place += 1) {
    const difference = (a.fields[place] ?? 0) - (b.fields[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.fields.length === b.fields.length ? 0 : undefined;
}

/** Both in one zone; undefined when one has none that is known. A zone means nothing above the precision of an hour. */
function alike(left: Temporal, right: Temporal, zone: number | undefined): readonly [Temporal, Temporal] | undefined {
  if (left.kind === 'time' || left.fields.length < 4 || right.fields.length < 4) return [left, right];
  const [from, to] = [left.zone ?? zone, right.zone ?? zone];
  if (from === to) return [left, right];
  return from === undefined || to === undefined ? undefined : [shifted(left, from), shifted(right, to)];
}

function shifted(value: Temporal, offset: number): Temporal {
  const moved = fromEpoch(epochMs(value) - offset * 60_000, value.fields.length);
  const second = value.fields[5];
  return { ...value, fields: second === undefined ? moved : [...moved.slice(0, 5), second], zone: 0 };
}

function fromEpoch(ms: number, precision: number): readonly number[] {
  const date = new Date(ms);
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + date.getUTCMilliseconds() / 1000,
  ].slice(0, precision);
}

const UNIT_MS: Table<number> = table({
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
});
/** The place in the fields of a unit; smaller units than the value's precision are turned into it, whole parts only. */
const PLACE: { readonly [unit: string]: number } = {
  year: 0,
  month: 1,
  week: 2,
  day: 2,
  hour: 3,
  minute: 4,
  second: 5,
};

/** Undefined when the unit is no calendar unit, or the result leaves the years 1 to 9999. */
export function addTo(value: Temporal, amount: number, unit: string): Temporal | undefined {
  if (value.kind === 'time') return addToTime(value, amount, unit);
  if (unit === 'year' || unit === 'month') {
    return addMonths(value, Math.trunc(amount) * (unit === 'year' ? 12 : 1));
  }
  const ms = UNIT_MS[unit];
  if (ms === undefined) return undefined;
  const precision = value.fields.length;
  const place = PLACE[unit] ?? 5;
  if (precision === 1 && place > 0) return addMonths(value, Math.trunc((amount * ms) / (365 * 86_400_000)) * 12);
  if (precision === 2 && place > 1) return addMonths(value, Math.trunc((amount * ms) / (30 * 86_400_000)));
  const whole = unit === 'second' || unit === 'millisecond' ? amount : Math.trunc(amount);
  const step = [0, 0, 86_400_000, 3_600_000, 60_000, 1][precision - 1] ?? 1;
  const moved = epochMs(value) + Math.trunc((whole * ms) / step) * step;
  if (!Number.isFinite(moved)) return undefined;
  return checked({ ...value, fields: fromEpoch(moved, precision), fraction: fractionOf(value, moved) });
}

function fractionOf(value: Temporal, ms: number): number {
  return value.fraction > 0 || ms % 1000 !== 0 ? Math.max(value.fraction, 3) : 0;
}

function addMonths(value: Temporal, months: number): Temporal | undefined {
  const [year = 0, month = 1, day] = value.fields;
  const total = year * 12 + month - 1 + months;
  const toYear = Math.floor(total / 12);
  const toMonth = (total % 12) + 1;
  const fields = [toYear, toMonth, Math.min(day ?? 1, daysIn(toYear, toMonth)), ...value.fields.slice(3)];
  return checked({ ...value, fields: fields.slice(0, value.fields.length) });
}

function checked(value: Temporal): Temporal | undefined {
  const year = value.fields[0] ?? 0;
  return year >= 1 && year <= 9999 ? value : undefined;
}

function addToTime(value: Temporal, amount: number, unit: string): Temporal | undefined {
  const ms = UNIT_MS[unit];
  if (ms === undefined || ms > 3_600_000) return undefined;
  const step = [3_600_000, 60_000, 1][value.fields.length - 1] ?? 1;
  const day = 86_400_000;
  const moved = epochMs(value) + Math.trunc((amount * ms) / step) * step;
  const wrapped = ((moved % day) + day) % day;
  const fields = fromEpoch(wrapped, 6).slice(3, 3 + value.fields.length);
  return { ...value, fields, fraction: fractionOf(value, wrapped) };
}

/** As FHIR writes it, without `@` or `T` marks of literals. */
export function temporalText({ kind, fields, fraction, zone }: Temporal): string {
  const [first = 0, ...rest] = fields;
  if (kind === 'time') return clockText(fields, fraction);
  const day = [String(first).padStart(4, '0'), ...rest.slice(0, 2).map(two)].join('-');
  if (fields.length <= 3) return day;
  return `${day}T${clockText(fields.slice(3), fraction)}${zone === undefined ? '' : zoneText(zone)}`;
}

function clockText(fields: readonly number[], fraction: number): string {
  return fields
    .map((field, place) =>
      place === 2 && fraction > 0 ? field.toFixed(fraction).padStart(3 + fraction, '0') : two(field),
    )
    .join(':');
}

function zoneText(zone: number): string {
  if (zone === 0) return 'Z';
  const minutes = Math.abs(zone);
  return `${zone < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(field: number): string {
  return String(Math.floor(field)).padStart(2, '0');
}
