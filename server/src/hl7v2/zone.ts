// Offsets of a civil time zone, from the runtime's own tz data (ICU), remembered per year: asking ICU costs a thousand times more.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Offset in minutes east of UTC from `from` (UTC, ms) on. */
type Period = { readonly from: number; readonly minutes: number };
type ZoneTable = { readonly format: Intl.DateTimeFormat; readonly years: Map<number, readonly Period[]> };

const tables = new Map<string, ZoneTable>();

/** True when the runtime knows the IANA zone name. */
export function isZone(zone: string): boolean {
  return tableOf(zone) !== undefined;
}

/** Offsets, in minutes, at which a local time (written as if it were UTC, ms) occurred: none, one, or two with the earlier instant first. */
export function offsetsOfLocal(zone: string, localMs: number): readonly number[] {
  const before = offsetAt(zone, localMs - DAY_MS);
  const after = offsetAt(zone, localMs + DAY_MS);
  const candidates = before === after ? [before] : [before, after];
  return candidates.filter((minutes) => offsetAt(zone, localMs - minutes * MINUTE_MS) === minutes);
}

/** Offset in minutes at an instant (ms). Zone must be known. */
export function offsetAt(zone: string, utcMs: number): number {
  const table = tableOf(zone);
  if (table === undefined) return 0;
  const year = new Date(utcMs).getUTCFullYear();
  let periods = table.years.get(year);
  if (periods === undefined) {
    periods = periodsOf(table.format, year);
    table.years.set(year, periods);
  }
  let found = periods[0]?.minutes ?? 0;
  for (const period of periods) if (period.from <= utcMs) found = period.minutes;
  return found;
}

function tableOf(zone: string): ZoneTable | undefined {
  const known = tables.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const table = { format, years: new Map() };
  tables.set(zone, table);
  return table;
}

function periodsOf(format: Intl.DateTimeFormat, year: number): readonly Period[] {
  const start = Date.UTC(year, 0, 1);
  const periods: Period[] = [{ from: start, minutes: ask(format, start) }];
  let minutes = periods[0]?.minutes ?? 0;
  for (let day = start; day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    const next = ask(format, day + DAY_MS);
    if (next === minutes) continue;
    periods.push({ from: changeBetween(format, day, day + DAY_MS), minutes: next });
    minutes = next;
  }
  return periods;
}

/** The first second in (from, to] with the offset that holds at `to`. */
function changeBetween(format: Intl.DateTimeFormat, from: number, to: number): number {
  const target = ask(format, to);
  let low = from;
  let high = to;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (ask(format, middle) === target) high = middle;
    else low = middle;
  }
  return high;
}

function ask(format: Intl.DateTimeFormat, utcMs: number): number {
  const name = format.formatToParts(utcMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
