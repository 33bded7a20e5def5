// Whole types of the record, for what has to know all of a few resources.
import type { Db } from '../base/db.ts';

export type Changed = {
  readonly type: string;
  readonly id: string;
  readonly index: number;
  readonly deleted: boolean;
  readonly sizeBytes: number;
};

/** Ledger index of the newest version of any of these types; -1 where there is none. Equal means that nothing has changed. */
export async function newestIndexOf(db: Db, types: readonly string[]): Promise<number> {
  // Asked for the newest of one type, the planner walks back through all types: far, where there is none of it. So it is asked for the last up
  // to a type, which stands at one place of the index by type.
  const { rows } = await db.query<{ index: number | null }>(
    `select max(newest.index) filter (where newest.type = t.type) as index from unnest($1::text[]) as t (type)
     left join lateral (select v.type, v.index from version v where (v.type, v.index) <= (t.type, 9223372036854775807)
       order by v.type desc, v.index desc limit 1) newest on true`,
    [types],
  );
  return rows[0]?.index ?? -1;
}

/** What was written behind a ledger index, each resource by its newest version, oldest first. A size is told without reading the text. */
export async function readChanged(db: Db, types: readonly string[], after: number): Promise<readonly Changed[]> {
  const { rows } = await db.query<Changed>(
    `select v.type, v.id, v.index, v.deleted, coalesce(octet_length(v.text), 0) as "sizeBytes"
     from version v join resource r on r.type = v.type and r.id = v.id and r.version = v.version
     where v.type = any($1::text[]) and v.index > $2 order by v.index, v.type, v.id`,
    [types, after],
  );
  return rows;
}

/** Texts of those that are not deleted, in the order asked. */
export async function readTextsOf(
  db: Db,
  named: readonly { readonly type: string; readonly id: string }[],
): Promise<readonly { readonly type: string; readonly id: string; readonly text: string }[]> {
  const { rows } = await db.query<{ type: string; id: string; text: string }>(
    `select v.type, v.id, v.text from unnest($1::text[], $2::text[]) with ordinality as asked (type, id, n)
     join resource r on r.type = asked.type and r.id = asked.id and not r.deleted
     join version v on v.type = r.type and v.id = r.id and v.version = r.version order by asked.n`,
    [named.map((one) => one.type), named.map((one) => one.id)],
  );
  return rows;
}

/** How many current resources of these types there are, and how long their texts are together. */
export async function readSizes(
  db: Db,
  types: readonly string[],
): Promise<{ readonly count: number; readonly sizeBytes: number }> {
  const { rows } = await db.query<{ count: number; sizeBytes: number }>(
    `select count(*)::int as count, coalesce(sum(octet_length(v.text)), 0)::bigint as "sizeBytes"
     from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
     where r.type = any($1::text[]) and not r.deleted`,
    [types],
  );
  return rows[0] ?? { count: 0, sizeBytes: 0 };
}
