// Reads of one person's inputs before a ledger index.
import type { Db } from '../base/db.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Link } from '../identity/types.ts';
import type { Source } from '../mapping/types.ts';
import type { Ruling, Statement } from '../truth/types.ts';
import { STATEMENT, type StatementRow, statementOf, statementWith } from './reader.ts';

type Row = { readonly id: SubjectId; readonly source: SourceKey; readonly firstSeen: number };

/** Every subject that was ever linked with this one, directly or through others, whatever was decided since. */
export async function readConnected(db: Db, id: string): Promise<readonly Row[]> {
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

export async function readLinksBefore(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Link[]> {
  const result = await db.query<Link & { retired: SubjectId | null }>(
    'select id, a, b, kind, rule, retired, receipt, because from link where a = any($1::text[]) and b = any($1::text[]) and index < $2 order by id',
    [subjects, asOf],
  );
  return result.rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}

/** All statements about resources of these types that were ever said to be about one of the subjects, with a leaf before `asOf`. */
export async function readListStatements(
  db: Db,
  asked: { readonly subjects: readonly string[]; readonly types: readonly string[]; readonly asOf: number },
): Promise<readonly Statement[]> {
  if (asked.types.length === 0) return [];
  const result = await db.query<StatementRow>(
    `select ${STATEMENT} from (
       select type as of_type, id as of_id from resource where type = any($1::text[]) and subject = any($2::text[])
       -- It may have been said to be about somebody else since.
       union select r.type, r.id from search_reference_past p join resource r on r.key = p.key
         where r.type = any($1::text[]) and p.target in (select 'Patient/' || id from unnest($2::text[]) id)) r
     join statement on resource_id = of_id and type = of_type where index < $3 order by id`,
    [asked.types, asked.subjects, asked.asOf],
  );
  return told(result.rows);
}

/** All statements about these patients themselves, with a leaf before `asOf`. */
export async function readPatientStatements(
  db: Db,
  subjects: readonly string[],
  asOf: number,
): Promise<readonly Statement[]> {
  const result = await db.query<StatementRow>(
    `select ${STATEMENT} from statement where type = 'Patient' and resource_id = any($1::text[]) and index < $2 order by id`,
    [subjects, asOf],
  );
  return told(result.rows);
}

/** What is said again word for word is read once: of a patient most of it is. */
function told(rows: readonly StatementRow[]): readonly Statement[] {
  const known = new Map<string, JsonObject>();
  return rows.map((row) => {
    const before = known.get(row.text);
    if (before !== undefined) return statementWith(row, before);
    const statement = statementOf(row);
    known.set(row.text, statement.resource);
    return statement;
  });
}

/** Which of these patients anybody had spoken of by then. */
export async function readSpokenOf(db: Db, subjects: readonly string[], asOf: number): Promise<readonly string[]> {
  const result = await db.query<{ id: string }>(
    `select asked as id from unnest($1::text[]) asked
     where exists (select 1 from statement where type = 'Patient' and resource_id = asked and index < $2)`,
    [subjects, asOf],
  );
  return result.rows.map((row) => row.id);
}

export async function readSourcesBefore(db: Db, asOf: number): Promise<ReadonlyMap<SourceKey, Source>> {
  const result = await db.query<{ settings: Source }>(
    'select distinct on (key) settings from source_version where id < $1 order by key, version desc',
    [asOf],
  );
  return new Map(result.rows.map((row) => [row.settings.key, row.settings]));
}

export async function readRulingsBefore(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Ruling[]> {
  const result = await db.query<Ruling & { chosen: Ruling['chosen'] | null }>(
    `select id, receipt, subject, element, decision, chosen, competing_set as "competingSet", reason, ruled_by as by, ruled_at as at
     from ruling where subject = any($1::text[]) and id < $2 order by id`,
    [subjects, asOf],
  );
  return result.rows.map((row) => ({ ...row, chosen: row.chosen ?? undefined }));
}

/** `Provenance/id` of each that ever named one of these resources as its target. */
export async function readProvenanceNames(db: Db, targets: readonly string[]): Promise<readonly string[]> {
  if (targets.length === 0) return [];
  const result = await db.query<{ name: string }>(
    `select distinct 'Provenance/' || id as name from provenance_target where target = any($1::text[]) order by name`,
    [targets],
  );
  return result.rows.map((row) => row.name);
}
