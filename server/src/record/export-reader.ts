// Whole types of the record as they were at a ledger size, in the order of their ids: what exports are made of.
import type { Db } from '../base/db.ts';

export type ExportScope = {
  readonly type: string;
  /** Ledger size: as of it, the same is read for ever. */
  readonly size: number;
  /** Changed at this time or later; undefined: whenever. */
  readonly since: string | undefined;
  /** Undefined: everything. `any`: what is of any patient. Else: what is of these, by the ids of their source subjects. */
  readonly patients: 'any' | readonly string[] | undefined;
  /** Undefined: whatever id. */
  readonly ids: readonly string[] | undefined;
};
export type Measured = { readonly id: string; readonly sizeBytes: number; readonly included: boolean };

const BATCH = 2_000;

/** Ids behind `after` with the size of each, in order. What is not included only says how far it got. */
export async function measureBatch(
  db: Db,
  scope: ExportScope,
  after: string,
): Promise<{ readonly rows: readonly Measured[]; readonly isLast: boolean }> {
  const { rows } = await db.query<Measured>(
    `select v.id, coalesce(octet_length(v.text), 0) as "sizeBytes", ${INCLUDED} as included from (${AS_OF} limit ${BATCH}) v order by v.id`,
    parameters(scope, { after, through: null }),
  );
  return { rows, isLast: rows.length < BATCH };
}

/** Texts of what is included behind `after`, up to and with `through`. */
export async function readTexts(
  db: Db,
  scope: ExportScope,
  part: { readonly after: string; readonly through: string },
): Promise<readonly string[]> {
  const { rows } = await db.query<{ text: string }>(
    `select v.text from (${AS_OF}) v where ${INCLUDED} order by v.id`,
    parameters(scope, part),
  );
  return rows.map(({ text }) => text);
}

const AS_OF = `select distinct on (v.id) v.* from version v
  where v.type = $1 and v.index <= $2 and v.id > $3 and ($4::text is null or v.id <= $4) order by v.id, v.version desc`;
// Whose it was: as it is now, or, of what was changed since, as the last to name a subject by then had it.
const SUBJECT = `case when v.type = 'Patient' then v.id else (select case when r.version = v.version then r.subject else
    (select s.subject from statement s where s.resource_id = v.id and s.type = v.type and s.index < $2 and s.subject is not null
     order by s.index desc limit 1) end from resource r where r.type = v.type and r.id = v.id) end`;
const INCLUDED = `(not v.deleted and ($7::text[] is null or v.id = any($7)) and ($5::timestamptz is null or v.at >= $5)
  and ($6::text[] is null or case when $6 = array['*'] then ${SUBJECT} is not null else ${SUBJECT} = any($6) end))`;

function parameters(
  scope: ExportScope,
  part: { readonly after: string; readonly through: string | null },
): readonly unknown[] {
  const patients = scope.patients === 'any' ? ['*'] : (scope.patients ?? null);
  return [scope.type, scope.size, part.after, part.through, scope.since ?? null, patients, scope.ids ?? null];
}
