// Reads what recomputing compares with: which subjects are picked, and what is served of them now.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';

export type ServedSubject = { readonly id: SubjectId; readonly person: SubjectId; readonly retired: boolean };
export type ServedVersion = {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly at: string;
  /** Ledger size that it is a function of. */
  readonly index: number;
  readonly deleted: boolean;
  readonly text: string | null;
};

/** The same seed picks the same subjects of the same store. */
export async function readSample(db: Db, sample: number, seed: string): Promise<readonly ServedSubject[]> {
  const { rows } = await db.query<ServedSubject>(
    'select id, person, retired from subject order by md5($1 || id), id limit $2',
    [seed, sample],
  );
  return rows;
}

export async function readSubject(db: Db, id: string): Promise<readonly ServedSubject[]> {
  return (await db.query<ServedSubject>('select id, person, retired from subject where id = $1', [id])).rows;
}

/** Every version of each resource, other than the patient itself, that a source said to be about the subject; version 0 where there is none. */
export async function readServed(db: Db, subject: string): Promise<readonly ServedVersion[]> {
  const { rows } = await db.query<ServedVersion>(
    `select said.type, said.resource_id as id, coalesce(version, 0) as version, at, coalesce(v.index, 0) as index, coalesce(deleted, false) as deleted, text
     from (select distinct type, resource_id from statement where subject = $1 and type <> 'Patient') said
     left join version v on v.type = said.type and v.id = said.resource_id
     order by said.type, said.resource_id, version`,
    [subject],
  );
  return rows;
}

export type MarkRow = { readonly statement: number; readonly name: string | null };

/** Statements that a ruling took back (no name), and those that some case had as resting on something withdrawn (by name). */
export async function readMarks(db: Db): Promise<readonly MarkRow[]> {
  const { rows } = await db.query<MarkRow>(
    `select chosen as statement, null as name from ruling where decision = 'wrong-patient' and chosen is not null
     union select (one ->> 'statement')::bigint, split_part(element, ':', 2) from case_file, jsonb_array_elements(detail -> 'competing') one
       where element like 'Withdrawn:%'`,
  );
  return rows;
}

/** Ledger index of each statement about the resources named `Type/id`. */
export async function readIndexes(db: Db, names: readonly string[]): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ id: number; index: number }>(
    `select id, index from statement
     where (resource_id, type) in (select split_part(name, '/', 2), split_part(name, '/', 1) from unnest($1::text[]) as name)`,
    [names],
  );
  return new Map(rows.map(({ id, index }) => [id, index]));
}
