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

/** Persons about whom other things were said in the span, and of whose record something is withdrawn: it may rest on that. */
export async function readTouchedWithdrawn(
  db: Db,
  { from, to, types }: { readonly from: number; readonly to: number; readonly types: readonly string[] },
): Promise<readonly SubjectId[]> {
  const result = await db.query<{ person: SubjectId }>(
    `select distinct s.person from version v join resource r on r.type = v.type and r.id = v.id and r.version = v.version join subject s on s.id = r.subject
     where v.text like '%"entered-in-error"%' and r.type <> 'Patient' and s.person in (select person from subject where id in (
       select subject from statement where index >= $1 and index < $2 and type <> 'Patient' and not type = any($3::text[]) and subject is not null))
     order by person`,
    [from, to, types],
  );
  return result.rows.map((row) => row.person);
}

export type TypeOf = { readonly type: string; readonly subject: string };

/** Of which of these types each of the subjects has resources. */
export async function readTypesOf(
  db: Db,
  subjects: readonly string[],
  types: readonly string[],
): Promise<readonly TypeOf[]> {
  if (subjects.length === 0) return [];
  const result = await db.query<TypeOf>(
    'select distinct type, subject from resource where type = any($2::text[]) and subject = any($1::text[])',
    [subjects, types],
  );
  return result.rows;
}

/** Those of these subjects of whom anything was served as withdrawn then. Of their versions only those that say so are looked at. */
export async function readWithdrawnOf(db: Db, subjects: readonly string[], asOf: number): Promise<ReadonlySet<string>> {
  if (subjects.length === 0) return new Set();
  const result = await db.query<{ subject: string }>(
    `select distinct r.subject from resource r join version v on v.type = r.type and v.id = r.id
     where r.subject = any($1::text[]) and r.type <> 'Patient' and v.text like '%"entered-in-error"%' and v.index <= $2
       and not exists (select 1 from version n where n.type = v.type and n.id = v.id and n.version > v.version and n.index <= $2)`,
    [subjects, asOf],
  );
  return new Set(result.rows.map((row) => row.subject));
}

/** What was served about these subjects then, but for the patients themselves. */
export async function readServedThen(
  db: Db,
  subjects: readonly string[],
  asOf: number,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const result = await db.query<{ name: string; text: string }>(
    `select r.type || '/' || r.id as name, newest.text from resource r cross join lateral (
       select text, deleted from version v where v.type = r.type and v.id = r.id and v.index <= $2 order by version desc limit 1) newest
     where r.subject = any($1::text[]) and r.type <> 'Patient' and not newest.deleted and newest.text is not null order by name`,
    [subjects, asOf],
  );
  return result.rows;
}

export type WithdrawnRow = {
  readonly type: string;
  readonly id: string;
  readonly subject: SubjectId | null;
  /** Packed (pipeline/pack.ts), of a statement that a ruling took back. */
  readonly said: string | null;
};

/** What a receipt took back: by a ruling that a statement is about somebody else, or by saying so itself. */
export async function readWithdrawnBy(db: Db, receipt: number): Promise<readonly WithdrawnRow[]> {
  const result = await db.query<WithdrawnRow>(
    `select s.type, s.resource_id as id, s.subject, s.said from ruling r join statement s on s.id = r.chosen
     where r.receipt = $1 and r.decision = 'wrong-patient'
     union all
     select v.type, v.id, r.subject, null from version v join resource r on r.type = v.type and r.id = v.id
     where v.receipt = $1 and v.type <> 'Patient' and v.text like '%"entered-in-error"%'
       and not exists (select 1 from ruling where receipt = $1) order by type, id`,
    [receipt],
  );
  return result.rows;
}

/** All subjects of the person that this one belongs to. */
export async function readFellows(db: Db, subject: string): Promise<readonly SubjectId[]> {
  const result = await db.query<{ id: SubjectId }>(
    'select id from subject where person = (select person from subject where id = $1) order by id',
    [subject],
  );
  return result.rows.map((row) => row.id);
}

export type OpenConflict = {
  readonly id: string;
  readonly persons: readonly string[];
  readonly element: string;
  /** The element and the fingerprint of what competes. */
  readonly competing: string;
};

/** Open conflicts of anybody who is, or was, one of these subjects. */
export async function readOpenConflicts(db: Db, subjects: readonly string[]): Promise<readonly OpenConflict[]> {
  const result = await db.query<OpenConflict>(
    `select id, persons, element, element || ' ' || coalesce(competing_set, '') as competing from case_file where state = 'open' and kind = 'conflict' and persons && $1::text[] and element is not null order by id`,
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
