// Whole types of the record, for what has to know all of a few resources.
import type { Db } from '../base/db.ts';

/** Ledger index of the newest version of any of these types; -1 where there is none. Equal means that nothing has changed. */
export async function newestIndexOf(db: Db, types: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ index: number | null }>(
    `select max(newest.index) as index from unnest($1::text[]) as t (type)
     left join lateral (select v.index from version v where v.type = t.type order by v.index desc limit 1) newest on true`,
    [types],
  );
  return rows[0]?.index ?? -1;
}

/** Texts of the current resources of these types, at most `max`, oldest first. */
export async function readCurrentTexts(db: Db, types: readonly string[], max: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ text: string }>(
    `select v.text from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
     where r.type = any($1::text[]) and not r.deleted order by r.updated_at, r.key limit $2`,
    [types, max],
  );
  return rows.map(({ text }) => text);
}
