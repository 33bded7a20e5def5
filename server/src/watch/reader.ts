// Reads of the watch: where it stands, whom new entries are about, and what it has open.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';

export async function readWatchHead(db: Db): Promise<number> {
  return (await db.query<{ index: number }>('select index from watch_head')).rows[0]?.index ?? 0;
}

/** Persons, as they are now, whom statements of these types, links or rulings in the span are about. */
export async function readTouched(
  db: Db,
  { from, to, types }: { readonly from: number; readonly to: number; readonly types: readonly string[] },
): Promise<readonly SubjectId[]> {
  const result = await db.query<{ person: SubjectId }>(
    `select distinct person from subject where id in (
       select subject from statement where index >= $1 and index < $2 and type = any($3::text[]) and subject is not null
       union select a from link where index >= $1 and index < $2 union select b from link where index >= $1 and index < $2
       union select subject from ruling where id >= $1 and id < $2) order by person`,
    [from, to, types],
  );
  return result.rows.map((row) => row.person);
}

/** Of these types those that more than one of the subjects has resources of, with how many have any. */
export async function readShared(
  db: Db,
  subjects: readonly string[],
  types: readonly string[],
): Promise<readonly string[]> {
  const result = await db.query<{ type: string }>(
    `select type from (select distinct type, subject from resource where type = any($2::text[]) and subject = any($1::text[])) s
     group by type having count(*) > 1 order by type`,
    [subjects, types],
  );
  return result.rows.map((row) => row.type);
}

export type OpenConflict = {
  readonly id: string;
  readonly element: string;
  /** The element and the fingerprint of what competes. */
  readonly competing: string;
};

/** Open conflicts of anybody who is, or was, one of these subjects. */
export async function readOpenConflicts(db: Db, subjects: readonly string[]): Promise<readonly OpenConflict[]> {
  const result = await db.query<OpenConflict>(
    `select id, element, element || ' ' || coalesce(competing_set, '') as competing from case_file where state = 'open' and kind = 'conflict' and persons && $1::text[] and element is not null order by id`,
    [subjects],
  );
  return result.rows;
}

export type OpenQuality = { readonly id: string; readonly source: string; readonly check: string };

export async function readOpenQuality(db: Db): Promise<readonly OpenQuality[]> {
  const result = await db.query<OpenQuality>(
    `select id, detail ->> 'source' as source, detail ->> 'reason' as check from case_file where state = 'open' and kind = 'source-quality' order by id`,
  );
  return result.rows;
}

/** Persons whom this source and another speak of. */
export async function readSharedOfSource(db: Db, source: string): Promise<readonly SubjectId[]> {
  const result = await db.query<{ person: SubjectId }>(
    `select person from subject where person in (select person from subject where source = $1)
     group by person having count(distinct source) > 1 order by person`,
    [source],
  );
  return result.rows.map((row) => row.person);
}
