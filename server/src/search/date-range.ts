// What a FHIR date covers: from its first millisecond to the one after its last.                                              (pure)
// https://hl7.org/fhir/R4/search.html#date

export type Range = { readonly from: number; readonly to: number };
/** Before and after all that can be written: an open end of a period. Whole numbers that a double and a bigint hold alike. */
export const BEGINNING = -(2 ** 53) + 1;
export const END = 2 ** 53 - 1;

const DATE_TIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Undefined for what is not a date. Without a zone a date is one of UTC. Leap seconds count as the next minute's first. */
export function rangeOfDate(value: string): Range | undefined {
  const match = DATE_TIME.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const from =
    utc(Number(year), Number(month ?? 1), Number(day ?? 1)) +
    Number(hour ?? 0) * HOUR +
    Number(minute ?? 0) * MINUTE +
    Number(second ?? 0) * 1_000 +
    (fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))) -
    offsetOf(zone);
  if (!isDate(match)) return undefined;
  if (month === undefined) return { from, to: utc(Number(year) + 1, 1, 1) };
  if (day === undefined) return { from, to: utc(Number(year), Number(month) + 1, 1) };
  if (hour === undefined) return { from, to: from + DAY };
  if (minute === undefined) return { from, to: from + HOUR };
  if (second === undefined) return { from, to: from + MINUTE };
  return { from, to: from + (fraction === undefined ? 1_000 : (STEPS[fraction.length] ?? 1)) };
}

/** What a fraction of one, two, three digits leaves open, in milliseconds. */
const STEPS = [1_000, 100, 10, 1];

function isDate([, year, month, day, hour, minute, second]: RegExpExecArray): boolean {
  if (Number(month ?? 1) < 1 || Number(month ?? 1) > 12 || Number(hour ?? 0) > 24) return false;
  if (Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return false;
  const days = (utc(Number(year), Number(month ?? 1) + 1, 1) - utc(Number(year), Number(month ?? 1), 1)) / DAY;
  return Number(day ?? 1) >= 1 && Number(day ?? 1) <= days;
}

// Date.UTC takes the years 0 to 99 for those of the last century.
function utc(year: number, month: number, day: number): number {
  return year >= 100 ? Date.UTC(year, month - 1, day) : new Date(Date.UTC(2000, month - 1, day)).setUTCFullYear(year);
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE;
}
