// Rows of CSV files as linkage records, with what the truth column says of each.
import { readFileSync } from 'node:fs';
import { Refused } from '../../base/errors.ts';
import type { LinkageRecord } from '../../identity/index.ts';
import { type Row, readRows } from '../../mapping/csv/cells.ts';
import { readCsvDate } from '../../mapping/csv/date.ts';
import type { Column, ColumnMap, Target } from './column-map.ts';

export type CsvRecord = {
  readonly record: LinkageRecord;
  /** Number of the file, from 0. */
  readonly file: number;
  /** Undefined when the column is empty: a person of its own. */
  readonly truth: string | undefined;
};

const FORMAT = 'YYYY-MM-DD';

/** Throws `Refused('csv')` with file, line and column; never with what a cell holds. */
export function readCsvFiles(
  files: readonly string[],
  map: ColumnMap,
  truthColumn: string | undefined,
): readonly CsvRecord[] {
  return files.flatMap((name, file) => readFile(name, { map, truthColumn }).map((one) => ({ ...one, file })));
}

type Wanted = { readonly map: ColumnMap; readonly truthColumn: string | undefined };

function readFile(name: string, wanted: Wanted): readonly Omit<CsvRecord, 'file'>[] {
  const [header, ...rows] = [...readRows(textOf(name), wanted.map.delimiter)];
  const names = header?.cells.map((cell) => cell.text.trim()) ?? [];
  for (const column of [
    ...wanted.map.columns.keys(),
    ...(wanted.truthColumn === undefined ? [] : [wanted.truthColumn]),
  ]) {
    if (names.includes(column)) continue;
    throw new Refused(
      'csv',
      `${name}:1:1: There is no column "${column}". The columns are ${names.join(', ')}.`,
      '1:1',
    );
  }
  const columns = names.map((one) => wanted.map.columns.get(one));
  const truthAt = wanted.truthColumn === undefined ? -1 : names.indexOf(wanted.truthColumn);
  return rows.map((row) => {
    if (row.defect !== undefined)
      throw new Refused('csv', `${name}:${row.line}:1: A quote is opened and never closed.`, `${row.line}:1`);
    return { record: recordOf(row, columns), truth: truthOf(row, truthAt, { name, pattern: wanted.map.truth }) };
  });
}

function textOf(name: string): string {
  try {
    const text = readFileSync(name, 'utf8');
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Refused('csv', `${name} cannot be read (${code}).`, name);
  }
}

function truthOf(
  row: Row,
  at: number,
  { name, pattern }: { readonly name: string; readonly pattern: RegExp | undefined },
): string | undefined {
  const cell = at < 0 ? undefined : row.cells[at];
  const value = cell?.text.trim() ?? '';
  if (value === '') return undefined;
  if (pattern === undefined) return value;
  const match = pattern.exec(value);
  if (match !== null) return match[1] ?? match[0];
  throw new Refused(
    'csv',
    `${name}:${row.line}:${at + 1}: The truth column does not match ${pattern.source}.`,
    `${row.line}:${at + 1}`,
  );
}

function recordOf(row: Row, columns: readonly (Column | undefined)[]): LinkageRecord {
  const said = new Map<Target, string[]>();
  for (const [at, column] of columns.entries()) {
    const text = row.cells[at]?.text.trim() ?? '';
    if (column === undefined || text === '') continue;
    const value = column.to === 'birthDate' || column.to === 'deathDate' ? dateOf(text, column) : text;
    said.set(column.to, [...(said.get(column.to) ?? []), value]);
  }
  const all = (target: Target) => said.get(target) ?? [];
  const one = (target: Target) => all(target)[0];
  return {
    given: all('given'),
    family: one('family'),
    birthDate: one('birthDate'),
    deathDate: one('deathDate'),
    sex: one('sex'),
    postcode: one('postcode'),
    house: one('house'),
    street: all('street'),
    town: one('town'),
    region: one('region'),
    phones: all('phone'),
    emails: all('email'),
    nhsNumbers: [
      ...all('verifiedNhsNumber').map((value) => ({ value, verified: true })),
      ...all('nhsNumber').map((value) => ({ value, verified: false })),
    ],
    identifiers: all('identifier'),
  };
}

/** What is no date of the form stays as it is written: its digits can still be compared. */
function dateOf(text: string, { format }: Column): string {
  return readCsvDate(text, format ?? FORMAT) ?? text;
}
