// Orders of a search as SQL: what is sorted by, and where the page before ended.
import type { Bind } from './conditions-reader.ts';
import type { Cursor, RowSortKey, SortKey } from './query.ts';

/** An expression on row `r`, and how it is read from a cursor. */
export type Order = { readonly sql: string; readonly cast: string; readonly descending: boolean };

const LOWEST = 1;
const HIGHEST = 2;

export function orderOf(key: SortKey, bind: Bind): Order {
  const { descending } = key;
  switch (key.kind) {
    case 'updated':
      return { sql: 'r.updated_at', cast: 'timestamptz', descending };
    case 'id':
      return { sql: 'r.id collate "C"', cast: 'text', descending };
    case 'strings':
    case 'dates':
    case 'numbers':
    case 'quantities':
      return rowOrder(key, bind);
    case 'tokens':
    case 'references':
    case 'uris':
      return contentOrder(key, bind);
  }
}

type Table = { readonly table: string; readonly column: string; readonly cast: string; readonly more: string };
const TABLES: { readonly [kind in RowSortKey['kind']]: Table } = {
  strings: { table: 'search_string', column: 'value', cast: 'text', more: '' },
  dates: { table: 'search_date', column: 'low', cast: 'bigint', more: '' },
  numbers: { table: 'search_number', column: 'low', cast: 'double precision', more: '' },
  quantities: { table: 'search_quantity', column: 'low', cast: 'double precision', more: ' and s.unit <> 0' },
};

/** Where the values of a sort key stand in order, and the bit of those that a resource is sorted by. */
export function rowTable({ kind, descending }: RowSortKey): Table & { readonly edge: number } {
  return { ...TABLES[kind], edge: descending ? HIGHEST : LOWEST };
}

function rowOrder(key: RowSortKey, bind: Bind): Order {
  const { table, column, cast, more, edge } = rowTable(key);
  const best = key.descending ? 'max' : 'min';
  const sql = `(select ${best}(s.${column}) from ${table} s where s.key = r.key and s.param = any(${bind(key.params)}::smallint[]) and s.edge & ${edge} <> 0${more})`;
  return { sql, cast, descending: key.descending };
}

/** Tokens, references and URIs are sorted by their text, which only the content has. */
type ContentSortKey = Extract<SortKey, { readonly paths: readonly string[] }>;

function contentOrder({ paths, descending }: ContentSortKey, bind: Bind): Order {
  const best = descending ? 'max' : 'min';
  const values = paths.map(
    (path) =>
      `select lower(x #>> '{}') collate "C" as value from jsonb_path_query(sv.text::jsonb, ${bind(path)}::jsonpath) x`,
  );
  const sql = `(select ${best}(x.value) from version sv, lateral (${values.join(' union all ')}) x where sv.type = r.type and sv.id = r.id and sv.version = r.version)`;
  return { sql, cast: 'text', descending };
}

/** Where a row stands behind the cursor, by the columns `k0`, `k1`, … and the row's number; missing values come last either way. */
export function behindSql(orders: readonly Order[], { values, key }: Cursor, bind: Bind): string {
  const [only] = orders;
  if (orders.length === 1 && only?.sql === 'r.updated_at')
    return `(r.updated_at, r.key) ${only.descending ? '<' : '>'} (${bind(values[0])}::timestamptz, ${bind(key)}::bigint)`;
  return step(orders, 0);

  function step(left: readonly Order[], index: number): string {
    const [order, ...rest] = left;
    if (order === undefined) return `r.key ${keyDescending(orders) ? '<' : '>'} ${bind(key)}::bigint`;
    const value = values[index] ?? null;
    const equal = value === null ? `${order.sql} is null` : `${order.sql} = ${bind(value)}::${order.cast}`;
    const further = `(${equal} and ${step(rest, index + 1)})`;
    if (value === null) return further;
    return `(${order.sql} ${order.descending ? '<' : '>'} ${bind(value)}::${order.cast} or ${order.sql} is null or ${further})`;
  }
}

/** Equal rows come in the direction of the last key, so that one index gives both. */
export function keyDescending(orders: readonly Order[]): boolean {
  return orders.at(-1)?.descending ?? true;
}
