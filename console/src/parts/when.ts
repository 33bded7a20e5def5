// Times as people in the UK read them, from the UTC instants the server sends; dates without a time stay dates.

const ZONE = 'Europe/London';
const full = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const minutes = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** `Monday 2 March 2026 at 07:15:00.000 GMT`; text that is no instant comes back as it is. */
export function fullTime(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : full.format(date);
}

/** `2 Mar 2026, 07:15` */
export function shortTime(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : minutes.format(date);
}

/** `07:15:02` */
export function clockTime(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : clock.format(date);
}

/** A FHIR date or dateTime in the precision it has: `1961`, `March 1961`, `12 March 1961`, or a local time. Never shifts a date. */
export function fhirDate(text: string): string {
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text);
  if (match === null) return /^\d{4}-\d\d-\d\dT/.test(text) ? shortTime(text) : text;
  const [, year = '', month, day] = match;
  const monthName = month === undefined ? undefined : MONTHS[Number(month) - 1];
  if (monthName === undefined) return month === undefined ? year : text;
  return day === undefined ? `${monthName} ${year}` : `${Number(day)} ${monthName} ${year}`;
}

/** Whole years between a full birth date and a day; undefined when the birth date is partial. */
export function ageAt(birthDate: string, day: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(birthDate)) return undefined;
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return day.slice(5, 10) < birthDate.slice(5) ? years - 1 : years;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 days` */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const whole = Math.floor(seconds / 60);
  if (whole < 60) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  if (hours < 48) return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

const counts = new Intl.NumberFormat('en-GB');
export function count(value: number): string {
  return counts.format(value);
}
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${counts.format(value)} ${value === 1 ? one : many}`;
}

const UNITS = ['bytes', 'kB', 'MB'] as const;
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${UNITS[0]}`;
  return bytes < 1_000_000
    ? `${(bytes / 1000).toFixed(1)} ${UNITS[1]}`
    : `${(bytes / 1_000_000).toFixed(1)} ${UNITS[2]}`;
}
