// Reads of scored matching: each takes a set and answers it in one statement.
import type { Db } from '../base/db.ts';
import type { Home, SourceKey, SubjectId } from '../base/ids.ts';
import type { LinkageRecord } from '../identity/index.ts';

export async function readHead(db: Db): Promise<number> {
  return (await db.query<{ index: number }>('select index from linkage_head')).rows[0]?.index ?? 0;
}

/** Subjects of whom statements from ledger index `from` on tell, or whom a link joins or parts that no score made; and the index to go on from. */
export async function readSpokenOf(
  db: Db,
  from: number,
  limit: number,
): Promise<{ readonly said: readonly SubjectId[]; readonly linked: readonly SubjectId[]; readonly next: number }> {
  const { rows } = await db.query<{ index: number; said: SubjectId | null; a: SubjectId | null; b: SubjectId | null }>(
    `(select index, resource_id as said, null as a, null as b from statement where index >= $1 and type = 'Patient' order by index limit $2)
     union all (select index, null, a, b from link where index >= $1 and rule <> 'scored' order by index limit $2)
     order by index limit $2`,
    [from, limit],
  );
  const last = rows.at(-1);
  const named = (ids: readonly (SubjectId | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  return {
    said: named(rows.map(({ said }) => said)),
    linked: named(rows.flatMap(({ a, b }) => [a, b])),
    next: last === undefined ? from : last.index + 1,
  };
}

type SubjectRow = {
  readonly id: SubjectId;
  readonly home: Home;
  readonly source: SourceKey;
  readonly firstSeen: number;
};

export async function readSubjectRows(db: Db, ids: readonly string[]): Promise<ReadonlyMap<SubjectId, SubjectRow>> {
  const { rows } = await db.query<SubjectRow>(
    'select id, home, source, first_seen as "firstSeen" from subject where id = any($1::text[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export async function readRecords(db: Db, ids: readonly string[]): Promise<ReadonlyMap<SubjectId, string>> {
  const { rows } = await db.query<{ subject: SubjectId; record: string }>(
    'select subject, record from linkage_record where subject = any($1::text[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.subject, row.record]));
}

/** All records after `after` by subject id, for a run over everybody. */
export async function readRecordsFrom(
  db: Db,
  after: string,
  limit: number,
): Promise<readonly { readonly subject: SubjectId; readonly record: LinkageRecord }[]> {
  const { rows } = await db.query<{ subject: SubjectId; record: string }>(
    'select subject, record from linkage_record where subject > $1 order by subject limit $2',
    [after, limit],
  );
  return rows.map(({ subject, record }) => ({ subject, record: JSON.parse(record) as LinkageRecord }));
}

/** Subjects that share a key with it, but for keys that more share than they may: those are fillers or crowds. */
export async function readSharing(db: Db, keys: ReadonlyMap<bigint, number>): Promise<readonly SubjectId[]> {
  if (keys.size === 0) return [];
  const { rows } = await db.query<{ subject: SubjectId }>(
    `with asked as (select * from unnest($1::bigint[], $2::int[]) as asked (key, most)),
     found as (
       select key, most, one.subject, count(*) over (partition by key) as sharing
       from asked cross join lateral (select subject from linkage_record where keys @> array[asked.key] limit most + 1) as one
     )
     select distinct subject from found where sharing <= most`,
    [`{${[...keys.keys()].join(',')}}`, [...keys.values()]],
  );
  return rows.map((row) => row.subject);
}

export type KeyChange = { readonly most: number; gained: number; lost: number };

/** Subjects that share a key which has just become a crowd's, or has just ceased to be one. */
export async function readTurned(db: Db, changes: ReadonlyMap<bigint, KeyChange>): Promise<readonly SubjectId[]> {
  if (changes.size === 0) return [];
  const all = [...changes.values()];
  const { rows } = await db.query<{ subject: SubjectId }>(
    `with changed as (select * from unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) as changed (key, most, gained, lost)),
     found as (
       select most, gained, lost, one.subject, count(*) over (partition by key) as sharing
       from changed cross join lateral
         (select subject from linkage_record where keys @> array[changed.key] limit most + gained + 1) as one
     )
     select distinct subject from found where (sharing > most) <> (sharing - gained + lost > most)`,
    [
      `{${[...changes.keys()].join(',')}}`,
      all.map(({ most }) => most),
      all.map(({ gained }) => gained),
      all.map(({ lost }) => lost),
    ],
  );
  return rows.map((row) => row.subject);
}

/** All subjects of its person, itself included. */
export async function readFellows(db: Db, subject: SubjectId): Promise<readonly SubjectId[]> {
  const { rows } = await db.query<{ id: SubjectId }>(
    'select id from subject where person = (select person from subject where id = $1) order by id',
    [subject],
  );
  return rows.map(({ id }) => id);
}

/** The person of each subject, and how many subjects it has. */
export async function readPersons(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<SubjectId, { readonly person: SubjectId; readonly size: number }>> {
  const { rows } = await db.query<{ id: SubjectId; person: SubjectId; size: number }>(
    `select one.id, one.person, (select count(*) from subject where subject.person = one.person) as size
     from subject as one where one.id = any($1::text[])`,
    [ids],
  );
  return new Map(rows.map(({ id, person, size }) => [id, { person, size }]));
}

/** Pairs that a scored link joins now, which nobody has taken back or decided otherwise since. */
export async function readScoredLinks(db: Db): Promise<readonly { readonly a: SubjectId; readonly b: SubjectId }[]> {
  const { rows } = await db.query<{ a: SubjectId; b: SubjectId }>(
    `select a, b from link as one where rule = 'scored' and kind = 'same'
       and not exists (select 1 from link as later where later.a = one.a and later.b = one.b and later.id > one.id) order by id`,
  );
  return rows;
}
