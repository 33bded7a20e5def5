// British clocks without the machine's: HL7 v2 in the UK sends local time without an offset.

const HOUR_MS = 3_600_000;

/** The last Sunday of a month at 01:00 UTC, when British clocks change. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 0, 1));
  return last.getTime() - last.getUTCDay() * 24 * HOUR_MS;
}

function offsetMs(utcMs: number): number {
  const year = new Date(utcMs).getUTCFullYear();
  return utcMs >= lastSunday(year, 3) && utcMs < lastSunday(year, 10) ? HOUR_MS : 0;
}

/** Milliseconds UTC of a London wall-clock hour that exists once. */
export function londonInstant(date: string, hour: number): number {
  const wall = Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00Z`);
  return wall - offsetMs(wall - offsetMs(wall));
}

/** `YYYYMMDDHHMMSS`, local, as HL7 v2 sends it. */
export function stamp(utcMs: number): string {
  return new Date(utcMs + offsetMs(utcMs)).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}

/** `YYYY-MM-DD`, local. */
export function localDate(utcMs: number): string {
  return new Date(utcMs + offsetMs(utcMs)).toISOString().slice(0, 10);
}

/** A FHIR instant with the London offset: `2026-03-02T08:15:00+00:00`. */
export function fhirInstant(utcMs: number): string {
  const offset = offsetMs(utcMs);
  return `${new Date(utcMs + offset).toISOString().slice(0, 19)}${offset === 0 ? '+00:00' : '+01:00'}`;
}

export const compactDate = (date: string): string => date.replaceAll('-', '');
