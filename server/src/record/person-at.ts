// Everything truth needs to know of one person as of a ledger size, read from the inputs alone: the same function on a prefix.
import type { Db } from '../base/db.ts';
import type { ReceiptId, SourceKey, SubjectId } from '../base/ids.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import type { Link } from '../identity/types.ts';
import type { Source } from '../mapping/types.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import { fold } from '../truth/index.ts';
import type { Ruling, Statement, SubjectInput, View } from '../truth/types.ts';

export type PersonAt = {
  /** The person's id as of then: that of its oldest subject. */
  readonly id: SubjectId;
  readonly asOf: number;
  readonly subjects: readonly SubjectInput[];
  readonly subjectKeys: readonly { readonly id: SubjectId; readonly source: SourceKey; readonly retired: boolean }[];
  /** Statements about the patients themselves, and about their allergies. */
  readonly statements: readonly Statement[];
  readonly allergies: readonly { readonly resourceId: string; readonly subject: SubjectId; readonly source: SourceKey; readonly trust: number; readonly view: View }[];
  readonly rulings: readonly Ruling[];
  readonly links: readonly Link[];
};

type Row = { readonly id: SubjectId; readonly source: SourceKey; readonly firstSeen: number };

/** Loads the person that patient `id` belonged to when the ledger had `asOf` leaves. Undefined when nobody had spoken of them yet. */
export async function personAt(db: Db, id: string, asOf: number): Promise<PersonAt | undefined> {
  const connected = await readConnected(db, id);
  if (connected.length === 0) return undefined;
  const ids = connected.map((row) => row.id);
  const links = await readLinksBefore(db, ids, asOf);
  const person = components(connected, links).find((one) => one.subjects.includes(id as SubjectId));
  if (person === undefined) return undefined;
  const [statements, allergyNames, sources, rulings] = await Promise.all([
    readStatementsOf(db, person.subjects.map((subject) => `Patient/${subject}`), asOf),
    readAllergyNames(db, person.subjects, asOf),
    readSourcesBefore(db, asOf),
    readRulingsBefore(db, person.subjects, asOf),
  ]);
  const spoken = new Set(statements.map((statement) => statement.resourceId as string));
  if (spoken.size === 0) return undefined;
  const allergyStatements = await readStatementsOf(db, allergyNames, asOf);
  const retired = retiredSubjects(links);
  const byId = new Map(connected.map((row) => [row.id, row]));
  const subjectKeys = person.subjects.flatMap((subject) => {
    const row = byId.get(subject);
    return row === undefined ? [] : [{ id: subject, source: row.source, retired: retired.has(subject) }];
  });
  const trustOf = (source: SourceKey) => sources.get(source)?.trust ?? 0;
  return {
    id: person.subjects.find((subject) => spoken.has(subject)) ?? person.id,
    asOf,
    subjectKeys,
    subjects: subjectKeys.flatMap((subject) => {
      const view = fold(statements.filter((statement) => (statement.resourceId as string) === subject.id));
      return view === undefined ? [] : [{ ...subject, trust: trustOf(subject.source), view, erased: false }];
    }),
    statements: [...statements, ...allergyStatements],
    allergies: allergyNames.flatMap((name) => {
      const said = allergyStatements.filter((statement) => `AllergyIntolerance/${statement.resourceId}` === name);
      const view = fold(said);
      const [first] = said;
      if (view === undefined || first?.subject === undefined) return [];
      return [{ resourceId: first.resourceId, subject: first.subject, source: first.source, trust: trustOf(first.source), view }];
    }),
    rulings,
    links: links.filter((link) => person.subjects.includes(link.a) || person.subjects.includes(link.b)),
  };
}

/** Every subject that was ever linked with this one, directly or through others, whatever was decided since. */
async function readConnected(db: Db, id: string): Promise<readonly Row[]> {
  const result = await db.query<Row>(
    `with recursive reached (id) as (
       select $1::text
       union
       select case when link.a = reached.id then link.b else link.a end from reached join link on link.a = reached.id or link.b = reached.id
     )
     select subject.id, source, first_seen as "firstSeen" from reached join subject on subject.id = reached.id`,
    [id],
  );
  return result.rows;
}

async function readLinksBefore(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Link[]> {
  const result = await db.query<Link & { retired: SubjectId | null }>(
    'select id, a, b, kind, rule, retired, receipt, because from link where a = any($1::text[]) and b = any($1::text[]) and index < $2 order by id',
    [subjects, asOf],
  );
  return result.rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}

async function readAllergyNames(db: Db, subjects: readonly string[], asOf: number): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select distinct 'AllergyIntolerance/' || resource_id as name from statement
     where type = 'AllergyIntolerance' and resource_id in (select id from resource where type = 'AllergyIntolerance' and subject = any($1::text[])) and index < $2
     order by name`,
    [subjects, asOf],
  );
  return result.rows.map((row) => row.name);
}

async function readSourcesBefore(db: Db, asOf: number): Promise<ReadonlyMap<SourceKey, Source>> {
  const result = await db.query<{ settings: Source }>('select distinct on (key) settings from source_version where id < $1 order by key, version desc', [asOf]);
  return new Map(result.rows.map((row) => [row.settings.key, row.settings]));
}

async function readRulingsBefore(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Ruling[]> {
  const result = await db.query<Ruling & { chosen: Ruling['chosen'] | null; receipt: ReceiptId }>(
    `select id, receipt, subject, element, decision, chosen, competing_set as "competingSet", reason, ruled_by as by, ruled_at as at
     from ruling where subject = any($1::text[]) and id < $2 order by id`,
    [subjects, asOf],
  );
  return result.rows.map((row) => ({ ...row, chosen: row.chosen ?? undefined }));
}
