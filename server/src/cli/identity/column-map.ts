// The column map of `vouch identity`: which column of a CSV file says what. JSON or YAML; what is wrong is told by line and column.
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { Refused } from '../../base/errors.ts';

export const TARGETS = [
  'given',
  'family',
  'birthDate',
  'deathDate',
  'sex',
  'postcode',
  'house',
  'street',
  'town',
  'region',
  'phone',
  'email',
  'nhsNumber',
  'verifiedNhsNumber',
  'identifier',
  'ignore',
] as const;
export type Target = (typeof TARGETS)[number];
export type Column = { readonly to: Target; readonly format: string | undefined };
export type ColumnMap = {
  readonly delimiter: string;
  readonly columns: ReadonlyMap<string, Column>;
  /** What of the truth column names the person: the first group, or all that matches. */
  readonly truth: RegExp | undefined;
  readonly pairs: 'all' | 'between-files';
};

export const MAP_HELP = `A map is JSON (or YAML):
  {
    "columns": {
      "given_name": "given",
      "surname": "family",
      "date_of_birth": { "to": "birthDate", "format": "YYYYMMDD" },
      "soc_sec_id": "identifier"
    },
    "truth": { "pattern": "^rec-([0-9]+)-" },
    "pairs": "all",
    "delimiter": ","
  }
  columns    each column's name and what it says: ${TARGETS.slice(0, 8).join(', ')},
             ${TARGETS.slice(8).join(', ')}. Several columns may say the same.
             Columns that are not named are not used. format: of dates, from YYYY, MM, DD, MMM (YYYY-MM-DD)
  truth      which part of the truth column names the person: a regular expression, whose first group counts.
             Without it the whole value does
  pairs      all, or between-files: only pairs of records from different files are scored and counted
  delimiter  of the columns (,)`;

const KEYS = ['columns', 'truth', 'pairs', 'delimiter'];

/** Throws `Refused('column-map')`. `file` is named in what is told. */
export function readColumnMap(text: string, file: string): ColumnMap {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const refuse = (what: string, at: number): Refused => {
    const { line, col } = lines.linePos(at);
    return new Refused('column-map', `${file}:${line}:${col}: ${what}`, `${line}:${col}`);
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw refuse(broken.message, broken.pos[0]);
  const root = document.contents;
  if (!isMap(root)) throw refuse('A map is an object with "columns".', 0);
  const reader = { refuse };
  for (const pair of root.items) {
    if (!KEYS.includes(keyOf(pair)))
      throw refuse(`There is no "${keyOf(pair)}" in a map; known are ${KEYS.join(', ')}.`, placeOf(pair.key));
  }
  const columns = root.get('columns', true);
  if (!isMap(columns) || columns.items.length === 0)
    throw refuse('"columns" must name at least one column.', placeOf(root));
  return {
    delimiter: textOf(root, 'delimiter', reader) ?? ',',
    columns: new Map(columns.items.map((pair) => [keyOf(pair).trim(), columnOf(pair, reader)])),
    truth: truthOf(root, reader),
    pairs: pairsOf(root, reader),
  };
}

type Reader = { readonly refuse: (what: string, at: number) => Refused };

function columnOf(pair: Pair, { refuse }: Reader): Column {
  const { value } = pair;
  const to = isMap(value) ? value.get('to') : isScalar(value) ? value.value : undefined;
  const target = TARGETS.find((one) => one === to);
  if (target === undefined)
    throw refuse(
      `Column "${keyOf(pair)}" says ${JSON.stringify(to)}; known are ${TARGETS.join(', ')}.`,
      placeOf(value),
    );
  const format = isMap(value) ? textOf(value, 'format', { refuse }) : undefined;
  if (format !== undefined && !/^(?:YYYY|MMM|MM|DD|[^A-Za-z0-9])+$/.test(format))
    throw refuse(`The format "${format}" is not made of YYYY, MM, MMM and DD.`, placeOf(value));
  return { to: target, format };
}

function truthOf(root: YAMLMap, reader: Reader): RegExp | undefined {
  const truth = root.get('truth', true);
  if (truth === undefined) return undefined;
  const pattern = isMap(truth) ? textOf(truth, 'pattern', reader) : undefined;
  if (pattern === undefined) throw reader.refuse('"truth" is an object with "pattern".', placeOf(truth));
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw reader.refuse(error instanceof Error ? `${error.message}.` : 'The pattern cannot be read.', placeOf(truth));
  }
}

function pairsOf(root: YAMLMap, reader: Reader): ColumnMap['pairs'] {
  const pairs = textOf(root, 'pairs', reader) ?? 'all';
  if (pairs === 'all' || pairs === 'between-files') return pairs;
  throw reader.refuse(`"pairs" is all or between-files, not "${pairs}".`, placeOf(root.get('pairs', true)));
}

function textOf(map: YAMLMap, key: string, { refuse }: Reader): string | undefined {
  const value = map.get(key);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw refuse(`"${key}" must be a text.`, placeOf(map.get(key, true)));
  return value;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function placeOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : 0;
}
