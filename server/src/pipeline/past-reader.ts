// Reads of what was linked when: subjects whose links were decided on since a ledger size, and all that were ever linked with them.
import type { Sql } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Link } from '../identity/types.ts';

export type LinkedSubject = { readonly id: SubjectId; readonly firstSeen: number; readonly person: SubjectId };

/** Every subject that was ever linked with one of these, directly or through others, whatever was decided since; and these. */
export async function readEverLinked(sql: Sql, ids: readonly string[]): Promise<readonly LinkedSubject[]> {
  const result = await sql.query<LinkedSubject>(
    `with recursive reached (id) as (
       select unnest($1::text[])
       union
       select case when link.a = reached.id then link.b else link.a end from reached join link on link.a = reached.id or link.b = reached.id
     )
     select s.id, s.first_seen as "firstSeen", s.person from reached join subject s on s.id = reached.id order by s.id`,
    [ids],
  );
  return result.rows;
}

/** Subjects about which a link was decided at or after a ledger size. */
export async function readLinkedSince(sql: Sql, size: number): Promise<readonly string[]> {
  const result = await sql.query<{ id: string }>(
    'select a as id from link where index >= $1 union select b from link where index >= $1',
    [size],
  );
  return result.rows.map((row) => row.id);
}

export async function readLinksAmong(sql: Sql, ids: readonly string[], before: number): Promise<readonly Link[]> {
  const result = await sql.query<Link & { retired: SubjectId | null }>(
    'select id, a, b, kind, rule, retired, receipt, because from link where a = any($1::text[]) and b = any($1::text[]) and index < $2 order by id',
    [ids, before],
  );
  return result.rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}
