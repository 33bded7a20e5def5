// Compares the tables made beside with those served, in one transaction, and leaves the keys of what differs in temporary tables.
import type { Sql } from '../base/db.ts';
import { BAGS, BESIDE, COVERING, KEYED, type Keyed, OWN_PARAMETER } from './tables.ts';
import type { Compared, Difference } from './types.ts';

/** Rows named one by one of each table; all of them are counted. */
const NAMED_MAX = 20;

/** The table that holds the keys of a table's differing rows until the transaction ends. */
export function differing(table: string): string {
  return `differing_${table}`;
}

export async function readColumns(tx: Sql, table: string): Promise<readonly string[]> {
  const { rows } = await tx.query<{ name: string }>(
    'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum',
    [`vouch.${table}`],
  );
  return rows.map((row) => row.name);
}

/** Stored views are compared apart: see `compare-views.ts`. */
export async function compareTables(tx: Sql, only?: ReadonlySet<string>): Promise<Compared> {
  const rows: { [table: string]: number } = {};
  const counts: { [table: string]: number } = {};
  const differences: Difference[] = [];
  const compared = async (table: string, work: () => Promise<readonly Difference[]>) => {
    if (only?.has(table) === false) return;
    rows[table] = await countOf(tx, `${BESIDE}.${table}`);
    const named = await work();
    const all = await countOf(tx, differing(table));
    if (all > 0) counts[table] = all;
    differences.push(...named);
  };
  for (const one of KEYED) await compared(one.table, () => compareKeyed(tx, one));
  for (const table of BAGS) await compared(table, () => compareBag(tx, table));
  for (const one of COVERING) await compared(one.table, () => compareCovering(tx, one));
  return { rows, differing: counts, differences };
}

async function countOf(tx: Sql, table: string): Promise<number> {
  return (await tx.query<{ n: number }>(`select count(*) as n from ${table}`)).rows[0]?.n ?? 0;
}

async function compareKeyed(
  tx: Sql,
  { table, key, told, view, where = 'true' }: Keyed,
): Promise<readonly Difference[]> {
  const columns = (await readColumns(tx, table)).filter((name) => !key.includes(name) && name !== view);
  const side = (schema: string) => `(select * from ${schema}.${table} t where ${where})`;
  const [first = ''] = key;
  const other = columns.map((name) => `case when s.${name} is distinct from b.${name} then '${name}' end`).join(', ');
  const same = columns.map((name) => `s.${name} is not distinct from b.${name}`).join(' and ');
  await tx.query(
    `create temp table ${differing(table)} on commit drop as
     select ${key.map((name) => `coalesce(s.${name}, b.${name}) as ${name}`).join(', ')},
       case when s.${first} is null then 'missing' when b.${first} is null then 'extra' else 'other' end as how,
       case when s.${first} is null or b.${first} is null then array[]::text[] else array_remove(array[${other === '' ? 'null' : other}]::text[], null) end as columns
     from ${side('vouch')} s full join ${side(BESIDE)} b on ${key.map((name) => `s.${name} = b.${name}`).join(' and ')}
     where s.${first} is null or b.${first} is null${same === '' ? '' : ` or not (${same})`}`,
  );
  return named(tx, table, told);
}

/** Of each resource all rows or none: they have no key of their own. */
async function compareBag(tx: Sql, table: string): Promise<readonly Difference[]> {
  const side = (schema: string) => `select * from ${schema}.${table} where ${OWN_PARAMETER}`;
  await tx.query(
    `create temp table ${differing(table)} on commit drop as
     select key, case when bool_and(computed) then 'missing' when not bool_or(computed) then 'extra' else 'other' end as how, array[]::text[] as columns
     from (select *, true as computed from (${side(BESIDE)} except all ${side('vouch')}) one
       union all select *, false from (${side('vouch')} except all ${side(BESIDE)}) two) found group by key`,
  );
  return named(tx, table, ['key']);
}

async function compareCovering(
  tx: Sql,
  { table, told, where }: (typeof COVERING)[number],
): Promise<readonly Difference[]> {
  await tx.query(
    `create temp table ${differing(table)} on commit drop as
     select *, 'missing' as how, array[]::text[] as columns from (select * from ${BESIDE}.${table} where ${where} except select * from vouch.${table}) found`,
  );
  return named(tx, table, told);
}

async function named(tx: Sql, table: string, told: readonly string[]): Promise<readonly Difference[]> {
  const { rows } = await tx.query<Omit<Difference, 'table'>>(
    `select concat_ws('/', ${told.join(', ')}) as key, how, columns from ${differing(table)} order by ${told.join(', ')} limit ${NAMED_MAX}`,
  );
  return rows.map((row) => ({ table, ...row }));
}
