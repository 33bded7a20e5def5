// Reads of one person's inputs before a ledger index.
import { type Db, instantOf } from '../base/db.ts';
import type { Instant, ReceiptId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { Link } from '../identity/types.ts';
import type { Origin, Source } from '../mapping/types.ts';
import type { Ruling, Spoken } from '../truth/types.ts';
import { unpackOrigins } from './pack.ts';
import { saidOnce } from './text-draft.ts';

type Row = { readonly id: SubjectId; readonly source: SourceKey; readonly firstSeen: number };

/** Every subject that was ever linked with one of these, directly or through others, whatever was decided since; and these. */
export async function readConnected(db: Db, ids: readonly string[]): Promise<readonly Row[]> {
  const result = await db.query<Row>(
    `with recursive reached (id) as (
       select unnest($1::text[])
       union
       select case when link.a = reached.id then link.b else link.a end from reached join link on link.a = reached.id or link.b = reached.id
     )
     select subject.id, source, first_seen as "firstSeen" from reached join subject on subject.id = reached.id`,
    [ids],
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

// Resources of the types $1 that are of the subjects $2, or were said to be and are said to be about somebody else since.
export const LISTED = `select type as of_type, id as of_id from resource where type = any($1::text[]) and subject = any($2::text[])
  union select r.type, r.id from search_reference_past p join resource r on r.key = p.key
    where r.type = any($1::text[]) and p.target in (select 'Patient/' || id from unnest($2::text[]) id)`;

// Statements about the resources $1, each as `Type/id`.
const NAMED = `(resource_id, type) in (select split_part(name, '/', 2), split_part(name, '/', 1) from unnest($1::text[]) as name)`;

/** All statements about resources of these types that were ever said to be about one of the subjects, with a leaf before `asOf`. */
export async function readListStatements(
  db: Db,
  asked: { readonly subjects: readonly string[]; readonly types: readonly string[]; readonly asOf: number },
): Promise<readonly Spoken[]> {
  if (asked.types.length === 0) return [];
  const result = await db.query<Wording>(
    `select ${WORDING}, ${MOMENT} as times from (${LISTED}) r join statement on resource_id = of_id and type = of_type where index < $3`,
    [asked.types, asked.subjects, asked.asOf],
  );
  return spoken(result.rows);
}

/** All statements about these resources (`Type/id`), with a leaf before `asOf`. */
export async function readNamedStatements(db: Db, names: readonly string[], asOf: number): Promise<readonly Spoken[]> {
  const result = await db.query<Wording>(
    `select ${WORDING}, ${MOMENT} as times from statement where ${NAMED} and index < $2`,
    [names, asOf],
  );
  return spoken(result.rows);
}

/** All statements about these patients themselves, with a leaf before `asOf`. */
export async function readPatientStatements(
  db: Db,
  subjects: readonly string[],
  asOf: number,
): Promise<readonly Spoken[]> {
  const result = await db.query<Wording>(
    // Sources repeat a patient with most of what they send: the same words are fetched once, with which statements said so and when.
    `select ${WORDING}, string_agg(${MOMENT}, ',') as times from statement
     where type = 'Patient' and resource_id = any($1::text[]) and index < $2 group by ${GROUPED}`,
    [subjects, asOf],
  );
  return spoken(result.rows);
}

/** Where these statements stand in their receipts. */
export async function readPlaces(
  db: Db,
  statements: readonly StatementId[],
): Promise<ReadonlyMap<StatementId, readonly Origin[]>> {
  const result = await db.query<{ id: StatementId; origins: string }>(
    'select id, origins from statement where id = any($1::bigint[])',
    [statements],
  );
  return new Map(result.rows.map((row) => [row.id, unpackOrigins(row.origins)]));
}

/** What one source said of one resource, in the same words by all of these statements. */
type Wording = Pick<Spoken, 'source' | 'resourceType' | 'resourceId' | 'replaces' | 'text'> & {
  readonly subject: SubjectId | null;
  readonly said: string;
  /** `id|receipt|saidAt|receivedAt` of each. */
  readonly times: string;
};

const WORDING = 'source, subject, type as "resourceType", resource_id as "resourceId", replaces, text, said';
const GROUPED = 'source, subject, type, resource_id, replaces, text, said';
const MOMENT = `id || '|' || receipt || '|' || said_at || '|' || received_at`;

/** In the order of their ids. The same words are parsed once, and stay one value, by which a fold knows a repetition. */
function spoken(wordings: readonly Wording[]): readonly Spoken[] {
  const resources = new Map<string, JsonObject>();
  const all: Spoken[] = [];
  for (const { source, subject, resourceType, resourceId, replaces, text, times, ...row } of wordings) {
    const resource = resources.get(text) ?? (parseFaithful(text) as JsonObject);
    resources.set(text, resource);
    const said = saidOnce(row.said);
    for (const moment of times.split(',')) {
      const [id, receipt, saidAt = '', receivedAt = ''] = moment.split('|');
      all.push({
        id: Number(id) as StatementId,
        receipt: Number(receipt) as ReceiptId,
        source,
        subject: subject ?? undefined,
        resourceType,
        resourceId,
        saidAt: instantOf(saidAt) as Instant,
        receivedAt: instantOf(receivedAt) as Instant,
        replaces,
        text,
        resource,
        said,
      });
    }
  }
  return all.sort((a, b) => a.id - b.id);
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

/** `Provenance/id` of each that ever named one of the resources of these types and subjects as its target. */
export async function readProvenanceNames(
  db: Db,
  { types, subjects }: { readonly types: readonly string[]; readonly subjects: readonly string[] },
): Promise<readonly string[]> {
  if (types.length === 0) return [];
  const result = await db.query<{ name: string }>(
    `select distinct 'Provenance/' || id as name from (${LISTED}) r join provenance_target on target = of_type || '/' || of_id order by name`,
    [types, subjects],
  );
  return result.rows.map((row) => row.name);
}

/** The same of these resources, each as `Type/id`. */
export async function readProvenancesOf(db: Db, names: readonly string[]): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select distinct 'Provenance/' || id as name from provenance_target where target = any($1::text[]) order by name`,
    [names],
  );
  return result.rows.map((row) => row.name);
}
