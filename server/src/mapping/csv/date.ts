// Dates as spreadsheets and old databases write them, by the form that the column map declares.

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const PIECES: { readonly [token: string]: string } = {
  YYYY: '(?<year>\\d{4})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
};

/**
 * A FHIR date, or undefined when the text is not a day of that form. Two-digit years have no form: which century is meant is a
 * guess, and a guessed birth date is worse than none. Times behind the date are dropped: a birth date is never an instant.
 */
export function readCsvDate(text: string, format: string): string | undefined {
  const match = patternOf(format).exec(text.trim());
  const groups = match?.groups;
  if (groups === undefined) return undefined;
  const month =
    groups['name'] === undefined ? Number(groups['month']) : MONTHS.indexOf(groups['name'].toUpperCase()) + 1;
  const [year, day] = [Number(groups['year']), Number(groups['day'])];
  const time = new Date(Date.UTC(year, month - 1, day));
  const real = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  return real ? time.toISOString().slice(0, 'YYYY-MM-DD'.length) : undefined;
}

const patterns = new Map<string, RegExp>();

function patternOf(format: string): RegExp {
  const known = patterns.get(format);
  if (known !== undefined) return known;
  const escaped = format.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const made = new RegExp(`^${escaped.replaceAll(/YYYY|MMM|MM|DD/g, (token) => PIECES[token] ?? token)}(?:[T ].*)?$`);
  patterns.set(format, made);
  return made;
}
