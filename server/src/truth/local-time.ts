// Times as people on the ward read them: 2 March 2026 at 07:15, in the given zone. Month names are ours, so that the bytes do not
// change with the machine's locale or its version of Unicode data.
import type { Instant } from '../base/ids.ts';

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DEFAULT_ZONE = 'Europe/London';

const formats = new Map<string, Intl.DateTimeFormat>();
const ZONES_MAX = 64;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  // Building a format costs more than a whole explanation; zones are few.
  if (formats.size < ZONES_MAX) formats.set(zone, made);
  return made;
}

/** An answer tells of many statements of few moments, and finding the parts of a time takes longer than all else in a sentence. */
const written = new Map<string, string>();
const WRITTEN_MAX = 4_096;

/** `2 March 2026 at 07:15`. The text itself when it is not a time. */
export function localTime(instant: Instant, zone: string): string {
  const minute = `${zone} ${instant.slice(0, 16)}${instant.slice(-1)}`;
  const known = written.get(minute);
  if (known !== undefined) return known;
  const made = inParts(instant, zone);
  if (written.size >= WRITTEN_MAX) written.clear();
  written.set(minute, made);
  return made;
}

function inParts(instant: Instant, zone: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  const parts = new Map(
    formatOf(zone)
      .formatToParts(time)
      .map((part) => [part.type, part.value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type) ?? '0');
  const clock = `${twoDigits(number('hour'))}:${twoDigits(number('minute'))}`;
  return `${number('day')} ${MONTHS[number('month') - 1] ?? ''} ${number('year')} at ${clock}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `1980` → 1980, `1980-05` → May 1980, `1980-05-01` → 1 May 1980; a time of day stays as the source wrote it. */
export function dateInWords(date: string): string {
  const [, year, month, day, time] = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d).*)?)?)?$/.exec(date) ?? [];
  if (year === undefined) return date;
  const named = month === undefined ? undefined : MONTHS[Number(month) - 1];
  if (named === undefined) return year;
  if (day === undefined) return `${named} ${year}`;
  const plain = `${Number(day)} ${named} ${year}`;
  return time === undefined ? plain : `${plain} at ${time}`;
}
