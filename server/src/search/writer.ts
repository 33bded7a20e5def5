// Writes what finds resources. One statement for all tables and a whole batch; what did not change is not written.
import type { Sql } from '../base/db.ts';
import { type Keyed, writeContained } from './contained-writer.ts';
import { defineParameters } from './definition-writer.ts';
import type { IndexEntries } from './types.ts';

export { presentText, termsText } from './columns.ts';

/** Entries of one resource as it is now. `key` is that of its row; `isNew` when the row was inserted in this transaction. */
export type IndexedResource = Keyed & { readonly type?: string; readonly isNew: boolean };
/** The same of a resource whose row stands in `resource`, by its name. */
export type NamedResource = Omit<IndexedResource, 'key'> & { readonly type: string; readonly id: string };

const LOWEST = 1;
const HIGHEST = 2;

/** Replaces the entries of these resources in the tables beside `resource` by those given. */
export async function writeIndex(tx: Sql, resources: readonly IndexedResource[]): Promise<void> {
  const old = resources.filter((one) => !one.isNew).map((one) => one.key);
  const contained = await writeContained(tx, resources);
  const inside = contained.map((one) => one.key);
  await Promise.all([
    writeRows(tx, [...resources, ...contained], { old: old.length === 0 ? [] : [...old, ...inside] }),
    takeAway(tx, { old, inside }),
  ]);
  const defining = resources.filter(({ type }) => type === DEFINING);
  for (const { key, entries } of defining) await defineParameters(tx, key, entries.definitions ?? []);
}

const DEFINING = 'SearchParameter';

/** Whether what finds them is written in statements of which none waits for the answer to another. */
export function isWrittenAtOnce(resources: readonly Pick<NamedResource, 'type' | 'entries'>[]): boolean {
  return resources.every(({ type, entries }) => type !== DEFINING && entries.contained.length === 0);
}

/** `writeIndex` for those of which `isWrittenAtOnce` is true: all is sent before anything is answered. */
export async function writeIndexNamed(tx: Sql, resources: readonly NamedResource[]): Promise<void> {
  const names = [resources.map(({ type }) => type), resources.map(({ id }) => id)] as const;
  const all = resources.map(({ isNew, entries }, place) => ({ isNew, entries, key: place + 1 }));
  const old = all.filter((one) => !one.isNew).map((one) => one.key);
  await Promise.all([writeRows(tx, all, { old, names }), takeAway(tx, { old, inside: [], names })]);
}

type Names = readonly [types: readonly string[], ids: readonly string[]];
/** How a statement comes to the keys of rows: they are given, or it finds them by names of which the places are given. */
type Keys = { readonly values: unknown[]; readonly found: string; readonly from: string; readonly key: string };

function keysBy(names: Names | undefined): Keys {
  if (names === undefined) return { values: [], found: '', from: '', key: 'g.key' };
  return {
    values: [...names],
    found: `keyed as materialized (select array_agg(r.key order by n.place) as keys
      from unnest($1::text[], $2::text[]) with ordinality as n (type, id, place) join resource r on r.type = n.type and r.id = n.id), `,
    from: 'keyed, ',
    key: 'keyed.keys[g.key::int]',
  };
}

/** The rows of these keys in all tables; those of old keys that are not given are taken away. */
export async function writeRows(
  tx: Sql,
  all: readonly Keyed[],
  { old, names }: { readonly old: readonly number[]; readonly names?: Names },
): Promise<void> {
  const tables = TABLES.map((table) => rowsOf(table, all));
  const words = wordRows(all);
  if (old.length === 0 && words.values.length === 0 && tables.every((table) => table.count === 0)) return;
  const keys = keysBy(names);
  const { values, found, from, key } = keys;
  const replaced = `replaced as (select ${key} as key from ${from}unnest($${values.push(literal(old))}::bigint[]) as g (key))`;
  const statements = TABLES.map((table, index) =>
    statementOf(table, tables[index]?.columns ?? [], { keys, replaces: old.length > 0 }),
  );
  if (words.values.length > 0) {
    values.push(literal(words.params), words.values, literal(words.terms));
    const at = values.length;
    statements.push(
      `words as (insert into search_word (param, value, term) select * from unnest($${at - 2}::smallint[], $${at - 1}::text[], $${at}::bigint[]) on conflict do nothing)`,
    );
  }
  await tx.query(`with ${found}${replaced}, ${statements.filter((one) => one !== '').join(',\n')} select 1`, values);
}

type Leaving = { readonly old: readonly number[]; readonly inside: readonly number[]; readonly names?: Names };

/** What old resources no longer contain, and the words of their versions before: the new ones are gathered behind the writes. */
async function takeAway(tx: Sql, { old, inside, names }: Leaving): Promise<void> {
  if (old.length === 0) return;
  const { values, found, from, key } = keysBy(names);
  const [olds, insides] = [values.push(literal(old)), values.push(literal(inside))];
  await tx.query(
    `with ${found}old as materialized (select ${key} as key from ${from}unnest($${olds}::bigint[]) as g (key)),
       words as (delete from search_text t using old where t.key = old.key),
       gone as (delete from search_contained t using old where t.container = old.key and t.key <> all($${insides}::bigint[]) returning t.key),
       ${TABLE_NAMES.map((name) => `${name}_gone as (delete from ${name} t using gone where t.key = gone.key)`).join(', ')} select 1`,
    values,
  );
}

type Cell = string | number | bigint;
type Table = {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: (entries: IndexEntries) => readonly (readonly Cell[])[];
};

const PLACE = [
  ['param', 'smallint'],
  ['part', 'smallint'],
  ['edge', 'smallint'],
] as const;
const TABLES: readonly Table[] = [
  {
    name: 'search_string',
    columns: [['value', 'text'], ...PLACE],
    rows: ({ strings }) =>
      withEdges(
        strings,
        (one) => one.value,
        (one) => [one.value],
      ),
  },
  {
    name: 'search_date',
    columns: [['low', 'bigint'], ['high', 'bigint'], ...PLACE],
    rows: ({ dates }) =>
      withEdges(
        dates,
        (one) => one.from,
        (one) => [one.from, one.to],
      ),
  },
  {
    name: 'search_number',
    columns: [['low', 'double precision'], ['high', 'double precision'], ...PLACE],
    rows: ({ numbers }) =>
      withEdges(
        numbers,
        (one) => one.low,
        (one) => [one.low, one.high],
      ),
  },
  {
    name: 'search_quantity',
    columns: [
      ['unit', 'bigint'],
      ['low', 'double precision'],
      ['high', 'double precision'],
      ['code', 'bigint'],
      ['unit_text', 'bigint'],
      ...PLACE,
    ],
    rows: ({ quantities }) => {
      const written = quantities.filter((one) => one.unit === 0n);
      const canonical = quantities.filter((one) => one.unit !== 0n);
      const cells = (one: (typeof quantities)[number]) => [one.unit, one.low, one.high, one.code, one.text];
      return [...withEdges(written, (one) => one.low, cells), ...withEdges(canonical, (one) => one.low, cells)];
    },
  },
  {
    name: 'search_reference',
    columns: [
      ['param', 'smallint'],
      ['target', 'text'],
    ],
    rows: ({ references }) => references.map((one) => [one.param, one.target]),
  },
  {
    name: 'search_part',
    columns: [
      ['term', 'bigint'],
      ['param', 'smallint'],
      ['part', 'smallint'],
    ],
    rows: ({ parts }) => parts.map((one) => [one.term, one.param, one.part]),
  },
];

/** Each has the columns `key` and `param`. */
export const TABLE_NAMES = TABLES.map(({ name }) => name);

type Placed = { readonly param: number; readonly part: number };

/** Marks the lowest and the highest value of each parameter. */
function withEdges<T extends Placed>(
  entries: readonly T[],
  by: (one: T) => string | number,
  cells: (one: T) => readonly Cell[],
): readonly (readonly Cell[])[] {
  return entries.map((one) => {
    const same = entries.length === 1 ? entries : entries.filter((other) => other.param === one.param);
    const isFirst = (beats: (a: string | number, b: string | number) => boolean) =>
      same.every(
        (other) =>
          other === one ||
          beats(by(one), by(other)) ||
          (by(one) === by(other) && same.indexOf(one) < same.indexOf(other)),
      );
    const edge = (isFirst((a, b) => a < b) ? LOWEST : 0) + (isFirst((a, b) => a > b) ? HIGHEST : 0);
    return [...cells(one), one.param, one.part, edge];
  });
}

type Columns = { readonly count: number; readonly columns: readonly (readonly Cell[])[] };

function rowsOf(table: Table, resources: readonly Keyed[]): Columns {
  const width = table.columns.length;
  const columns: Cell[][] = Array.from({ length: width + 1 }, () => []);
  let count = 0;
  for (const { key, entries } of resources) {
    for (const row of table.rows(entries)) {
      count += 1;
      columns[width]?.push(key);
      for (let index = 0; index < width; index += 1) columns[index]?.push(row[index] ?? 0);
    }
  }
  return { count, columns };
}

function statementOf(
  { name, columns }: Table,
  given: readonly (readonly Cell[])[],
  { keys: { values, from, key }, replaces }: { keys: Keys; replaces: boolean },
): string {
  const some = (given[0]?.length ?? 0) > 0;
  if (!some && !replaces) return '';
  const all = [...columns, ['key', 'bigint'] as const];
  const names = all.map(([column]) => column).join(', ');
  const unnested = all
    .map(
      ([, type], index) => `$${values.push(type === 'text' ? given[index] : literal(given[index] ?? []))}::${type}[]`,
    )
    .join(', ');
  const same = (alias: string) => all.map(([column]) => `${alias}.${column} = g.${column}`).join(' and ');
  const source = `select ${[...columns.map(([column]) => `g.${column}`), `${key} as key`].join(', ')} from ${from}unnest(${unnested}) as g (${names})`;
  if (!replaces) return `${name}_in as (insert into ${name} (${names}) ${source})`;
  return `${name}_given as materialized (${source}),
    ${name}_out as (delete from ${name} t using replaced where t.key = replaced.key and not exists (select 1 from ${name}_given g where ${same('t')})),
    ${name}_in as (insert into ${name} (${names}) select * from ${name}_given g where not exists (select 1 from ${name} t where ${same('t')}))`;
}

/** Numbers need no quotes inside an array. */
function literal(values: readonly Cell[]): string {
  return `{${values.join(',')}}`;
}

type Words = { readonly params: number[]; readonly values: string[]; readonly terms: bigint[] };

/** Each word once, in one order for all writers: two batches that bring the same new words must not wait for each other in a ring. */
function wordRows(resources: readonly Keyed[]): Words {
  const unique = new Map<bigint, { param: number; value: string }>();
  for (const { entries } of resources)
    for (const { param, value, term } of entries.words) unique.set(term, { param, value });
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    params: sorted.map(([, word]) => word.param),
    values: sorted.map(([, word]) => word.value),
    terms: sorted.map(([term]) => term),
  };
}
