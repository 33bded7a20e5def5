// What a FHIR date stands for: the instants it covers, by its precision.                                                     (pure)

const DATE_TIME = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** The instants a FHIR date or dateTime covers, [from, to], by its precision. Dates without zone are taken as UTC days. */
export function rangeOf(value: string): { from: string; to: string } | undefined {
  const match = DATE_TIME.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const base = `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${fraction ?? ''}${zone ?? 'Z'}`;
  const from = Date.parse(base);
  if (Number.isNaN(from)) return undefined;
  return { from: new Date(from).toISOString(), to: new Date(endOf(from, match) - 1).toISOString() };
}

const MINUTE_MS = 60_000;

function endOf(from: number, [, , month, day, hour, , second, fraction]: RegExpExecArray): number {
  const start = new Date(from);
  if (month === undefined) return Date.UTC(start.getUTCFullYear() + 1, 0, 1);
  if (day === undefined) return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  if (hour === undefined) return from + 24 * 60 * MINUTE_MS;
  if (second === undefined) return from + MINUTE_MS;
  return fraction === undefined ? from + 1_000 : from + 1;
}
