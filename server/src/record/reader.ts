// Reads of the record. Text goes from the row to the wire without being parsed.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { StoredVersion } from './types.ts';

type Named = { readonly type: string; readonly id: string };
export const VERSION =
  'version.type, version.id, version.version, version.at, version.index, version.receipt, version.deleted, version.text';

/** The persons that these patient ids lead to now. */
export async function readPersons(
  db: Db,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly person: SubjectId }[]> {
  return (
    await db.query<{ id: string; person: SubjectId }>('select id, person from subject where id = any($1::text[])', [
      ids,
    ])
  ).rows;
}

/** The newest version, or the newest as of a ledger size. */
export async function readVersionAt(db: Db, { type, id }: Named, size?: number): Promise<StoredVersion | undefined> {
  const result = await db.query<StoredVersion>(
    `select ${VERSION} from version where type = $1 and id = $2 and index <= $3 order by version desc limit 1`,
    [type, id, size ?? Number.MAX_SAFE_INTEGER],
  );
  return result.rows[0];
}

export async function readVersion(db: Db, { type, id }: Named, version: number): Promise<StoredVersion | undefined> {
  return (
    await db.query<StoredVersion>(`select ${VERSION} from version where type = $1 and id = $2 and version = $3`, [
      type,
      id,
      version,
    ])
  ).rows[0];
}

/** All source subjects of the persons that these patient ids lead to: what a search by patient has to look under. */
export async function readSubjectIds(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  const result = await db.query<{ id: string }>(
    'select id from subject where person in (select person from subject where id = any($1::text[]))',
    [ids],
  );
  return [...new Set([...ids, ...result.rows.map((row) => row.id)])];
}

/** The ledger size at a moment: how much had been committed when the clock showed it. */
export async function readSizeAt(db: Db, instant: string): Promise<number> {
  const result = await db.query<{ size: number }>(
    `select greatest(
       coalesce((select id + 1 from receipt where received_at <= $1 order by received_at desc, id desc limit 1), 0),
       coalesce((select size from ledger_moment where at <= $1 order by at desc, size desc limit 1), 0)) as size`,
    [instant],
  );
  return result.rows[0]?.size ?? 0;
}
