// Builds the index of a custom parameter behind the writes, and takes away what is no longer searched by. Every step is a transaction
// that leaves its place, so that a restart goes on from there. New writes bring their own entries: the pipeline knows of the parameter
// from the commit on that defined it.
import type { Db, Sql } from '../base/db.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { MARKS, markTerm, numbersOf } from './custom.ts';
import { type ParameterRow, parameterIn } from './custom-reader.ts';
import { customEntries } from './evaluate.ts';
import { LIVE_SQL } from './live-reader.ts';
import type { IndexEntries } from './types.ts';
import { UNITS } from './units.ts';
import { TABLE_NAMES, writeRows } from './writer.ts';

const STEP_RESOURCES = 100;
/** A resource that is being written at the moment is left to the next try. */
const TRIES_MAX = 50;

type Row = { readonly key: number; readonly version: number; readonly text: string };

/**
 * Walks one step. `counted` once the walk was through and the counts were compared: equal ones complete the parameter, others begin the
 * walk again.
 */
export async function buildStep(db: Db, row: ParameterRow): Promise<'walked' | 'counted'> {
  let rows = await readStep(db, row);
  const last = rows.at(-1)?.key;
  if (last === undefined) {
    await count(db, row);
    return 'counted';
  }
  for (let attempt = 0; rows.length > 0 && attempt < TRIES_MAX; attempt += 1) {
    const done = await writeStep(db, row, rows);
    rows = await readAgain(
      db,
      rows.filter(({ key }) => !done.has(key)),
    );
  }
  if (rows.length > 0) return 'walked';
  await db.query('update search_parameter set walked = $2 where number = $1 and state = $3', [
    row.number,
    last,
    'building',
  ]);
  return 'walked';
}

async function readStep(sql: Sql, { type, walked }: ParameterRow): Promise<readonly Row[]> {
  const { rows } = await sql.query<Row>(
    `select r.key, r.version, v.text from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
     where r.type = $1 and r.key > $2 and ${LIVE_SQL} order by r.key limit ${STEP_RESOURCES}`,
    [type, walked],
  );
  return rows;
}

async function readAgain(sql: Sql, rows: readonly Row[]): Promise<readonly Row[]> {
  if (rows.length === 0) return [];
  const found = await sql.query<Row>(
    `select r.key, r.version, v.text from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
     where r.key = any($1::bigint[]) and ${LIVE_SQL}`,
    [rows.map(({ key }) => key)],
  );
  return found.rows;
}

/** The keys that are done: written here, or meanwhile by the pipeline with all that finds them. */
async function writeStep(db: Db, row: ParameterRow, rows: readonly Row[]): Promise<ReadonlySet<number>> {
  const parameter = parameterIn(row);
  const entries = new Map(
    rows.map(({ key, text }): [number, IndexEntries] => [
      key,
      customEntries(parameter, parseFaithful(text) as JsonObject, UNITS),
    ]),
  );
  return db.transaction(async (tx) => {
    // Locked, nobody else writes entries of them; and what another holds is not waited for, so that nobody waits in a ring.
    const { rows: held } = await tx.query<{ key: number; version: number; deleted: boolean }>(
      'select key, version, deleted from resource where key = any($1::bigint[]) order by key for share skip locked',
      [rows.map(({ key }) => key)],
    );
    // The definition may have changed or gone since it was read.
    const { rowCount } = await tx.query(
      "select 1 from search_parameter where number = $1 and state = 'building' for no key update",
      [row.number],
    );
    const versions = new Map(rows.map(({ key, version }) => [key, version]));
    const same = held
      .filter(({ key, version, deleted }) => !deleted && versions.get(key) === version)
      .map(({ key }) => key);
    if (rowCount > 0 && same.length > 0) {
      await tx.query(
        `with ${TABLE_NAMES.map((name) => `${name}_gone as (delete from ${name} where key = any($1::bigint[]) and param = any($2::smallint[]))`).join(', ')} select 1`,
        [same, numbersOf(row)],
      );
      await writeRows(
        tx,
        same.map((key) => ({ key, entries: entries.get(key) ?? missing() })),
        { old: [] },
      );
      await tx.query('update search_parameter set indexed = indexed + $2 where number = $1', [row.number, same.length]);
    }
    return new Set(held.map(({ key }) => key));
  });
}

function missing(): never {
  throw new TypeError('a key without entries');
}

/** All resources of the type, and all marks of the parameter, in one view of the store. */
async function count(db: Db, { number, type }: ParameterRow): Promise<void> {
  const terms = MARKS.map((mark) => String(markTerm(number, mark)));
  await db.query(
    `with counted as (
       select (select count(*) from resource r where r.type = $2 and ${LIVE_SQL}) as total,
         (select count(*) from search_part where term = any($3::bigint[]) and param = $1) as indexed,
         (select count(*) from search_part where term = $4::bigint and param = $1) as failed
     )
     update search_parameter s set total = c.total, failed = c.failed,
       state = case when c.total = c.indexed then 'complete' else 'building' end,
       completed_at = case when c.total = c.indexed then now() end,
       indexed = case when c.total = c.indexed then c.indexed else 0 end,
       walked = case when c.total = c.indexed then s.walked else 0 end,
       restarts = s.restarts + case when c.total = c.indexed then 0 else 1 end
     from counted c where s.number = $1 and s.state = 'building'`,
    [number, type, terms, String(markTerm(number, 'failed'))],
  );
}

/** How many resources are to be walked: what progress is measured against until the counts are taken. */
export async function measure(sql: Sql, { number, type }: ParameterRow): Promise<void> {
  await sql.query(
    `update search_parameter set total = (select count(*) from resource r where r.type = $2 and ${LIVE_SQL}) where number = $1 and state = 'building'`,
    [number, type],
  );
}

const DROP_RESOURCES = 1_000;

/** Takes away the rows of one step of resources, then the words, then the parameter itself. */
export async function dropStep(db: Db, row: ParameterRow): Promise<'walked' | 'dropped'> {
  const { number, type, walked } = row;
  const { rows } = await db.query<{ key: number }>(
    `select key from resource where type = $1 and key > $2 order by key limit ${DROP_RESOURCES}`,
    [type, walked],
  );
  const last = rows.at(-1)?.key;
  return db.transaction(async (tx) => {
    if (last === undefined) {
      await tx.query('delete from search_word where param = any($1::smallint[])', [numbersOf(row)]);
      await tx.query("delete from search_parameter where number = $1 and state = 'dropping'", [number]);
      return 'dropped';
    }
    await tx.query(
      `with ${TABLE_NAMES.map((name) => `${name}_gone as (delete from ${name} where key = any($1::bigint[]) and param = any($2::smallint[]))`).join(', ')} select 1`,
      [rows.map(({ key }) => key), numbersOf(row)],
    );
    await tx.query('update search_parameter set walked = $2 where number = $1', [number, last]);
    return 'walked';
  });
}
