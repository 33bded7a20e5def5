// Reads of the pipeline: each takes a set and answers it in one statement.
import type { Db } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import type { Home, Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { Link } from '../identity/types.ts';
import type { ReceiptState } from '../intake/types.ts';
import { JUDGED_TYPES } from '../truth/index.ts';
import type { Ruling, Statement } from '../truth/types.ts';
import { unpackOrigins } from './pack.ts';
import { saidOnce } from './text-draft.ts';
import type { OpenCase, VerdictSummary } from './types.ts';

export type SubjectRow = {
  readonly id: SubjectId;
  readonly home: Home;
  readonly source: SourceKey;
  readonly key: string;
  readonly firstSeen: number;
  readonly person: SubjectId;
  readonly retired: boolean;
};
export type ResourceRow = {
  readonly home: Home;
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly deleted: boolean;
  readonly subject: SubjectId | null;
  readonly digest: string | null;
};
export type BlockRow = { readonly name: string; readonly receipts: readonly ReceiptId[] };
type TargetRow = {
  readonly receipt: ReceiptId;
  readonly state: ReceiptState;
  readonly source: SourceKey;
  readonly orderingKeys: readonly string[];
};

const SUBJECT = 'id, home, source, key, first_seen as "firstSeen", person, retired';
const RESOURCE = 'home, type, id, version, deleted, subject, digest';

export async function readEpoch(db: Db): Promise<number> {
  const epoch = (await db.query<{ epoch: number }>('select epoch from pipeline_head')).rows[0]?.epoch;
  invariant(epoch !== undefined, 'the pipeline has its one head row');
  return epoch;
}

/** `keys` are `source key`. */
export async function readSubjects(
  db: Db,
  keys: readonly string[],
  ids: readonly string[],
): Promise<readonly SubjectRow[]> {
  if (keys.length + ids.length === 0) return [];
  const pairs = keys.map((name) => [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)]);
  const result = await db.query<SubjectRow>(
    `select ${SUBJECT} from subject where (source, key) in (select * from unnest($1::text[], $2::text[]))
     union select ${SUBJECT} from subject where id = any($3::text[])`,
    [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1]), ids],
  );
  return result.rows;
}

/** All subjects of the persons that `ids` belong to. */
export async function readMembers(db: Db, ids: readonly string[]): Promise<readonly SubjectRow[]> {
  if (ids.length === 0) return [];
  const result = await db.query<SubjectRow>(
    `select ${SUBJECT} from subject where person in (select person from subject where id = any($1::text[]))`,
    [ids],
  );
  return result.rows;
}

export async function readLookups(
  db: Db,
  keys: readonly string[],
): Promise<readonly { key: string; subjects: readonly SubjectId[] }[]> {
  if (keys.length === 0) return [];
  const result = await db.query<{ key: string; subjects: readonly SubjectId[] }>(
    'select key, array_agg(subject order by subject) as subjects from subject_lookup where key = any($1::text[]) group by key',
    [keys],
  );
  return result.rows;
}

/** `names` are `Type/id`. */
export async function readResources(db: Db, names: readonly string[]): Promise<readonly ResourceRow[]> {
  if (names.length === 0) return [];
  const pairs = names.map((name) => name.split('/'));
  const result = await db.query<ResourceRow>(
    `select ${RESOURCE} from resource where (type, id) in (select * from unnest($1::text[], $2::text[]))`,
    [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
  );
  return result.rows;
}

/** Stored views of subjects (`Patient/id`) and resources; those that were never stored are left out. */
export async function readViews(db: Db, names: readonly string[]): Promise<readonly { name: string; view: string }[]> {
  const pairs = names.map((name) => name.split('/'));
  const result = await db.query<{ name: string; view: string }>(
    `select 'Patient/' || id as name, view from subject where id = any($1::text[]) and view is not null
     union all select type || '/' || id, view from resource
       where (type, id) in (select * from unnest($2::text[], $3::text[])) and type <> 'Patient' and view is not null`,
    [
      pairs.filter((pair) => pair[0] === 'Patient').map((pair) => pair[1]),
      pairs.map((pair) => pair[0]),
      pairs.map((pair) => pair[1]),
    ],
  );
  return result.rows;
}

/** The patients as served, and the allergies, problems and medicines of all their subjects: what verdicts about a person need. */
export async function readPersonResources(
  db: Db,
  subjects: readonly string[],
  persons: readonly string[],
): Promise<readonly ResourceRow[]> {
  if (subjects.length === 0) return [];
  const result = await db.query<ResourceRow>(
    `select ${RESOURCE} from resource where type = 'Patient' and id = any($1::text[])
     union all select ${RESOURCE} from resource where type = any($3::text[]) and subject = any($2::text[])`,
    [persons, subjects, ['AllergyIntolerance', ...JUDGED_TYPES]],
  );
  return result.rows;
}

/** What these statements are about. */
export async function readNamesSaid(
  db: Db,
  statements: readonly number[],
): Promise<readonly { readonly statement: number; readonly name: string }[]> {
  const result = await db.query<{ statement: number; name: string }>(
    `select id as statement, type || '/' || resource_id as name from statement where id = any($1::bigint[])`,
    [statements],
  );
  return result.rows;
}

/** `names` are `source key`; receipts oldest first. */
export async function readBlocks(db: Db, names: readonly string[]): Promise<readonly BlockRow[]> {
  if (names.length === 0) return [];
  const pairs = names.map((name) => [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)]);
  const result = await db.query<BlockRow>(
    `select source || ' ' || key as name, array_agg(receipt order by receipt) as receipts from ordering_block
     where (source, key) in (select * from unnest($1::text[], $2::text[])) group by source, key`,
    [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])],
  );
  return result.rows.map((row) => ({ ...row, receipts: row.receipts.map(Number) as ReceiptId[] }));
}

export async function readTargets(db: Db, receipts: readonly number[]): Promise<readonly TargetRow[]> {
  if (receipts.length === 0) return [];
  const result = await db.query<TargetRow>(
    `select receipt, state, receipt.source, ordering_keys as "orderingKeys" from receipt_state join receipt on receipt.id = receipt_state.receipt
     where receipt = any($1::bigint[])`,
    [receipts],
  );
  return result.rows;
}

export async function readLinks(db: Db, subjects: readonly string[]): Promise<readonly Link[]> {
  if (subjects.length === 0) return [];
  const result = await db.query<Link & { retired: SubjectId | null }>(
    `select id, a, b, kind, rule, retired, receipt, because from link where a = any($1::text[])
     union select id, a, b, kind, rule, retired, receipt, because from link where b = any($1::text[]) order by id`,
    [subjects],
  );
  return result.rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}

export async function readRulings(db: Db, subjects: readonly string[]): Promise<readonly Ruling[]> {
  if (subjects.length === 0) return [];
  const result = await db.query<Ruling & { chosen: Ruling['chosen'] | null }>(
    `select id, receipt, subject, element, decision, chosen, competing_set as "competingSet", reason, ruled_by as by, ruled_at as at
     from ruling where subject = any($1::text[]) order by id`,
    [subjects],
  );
  return result.rows.map((row) => ({ ...row, chosen: row.chosen ?? undefined }));
}

export async function readOpenCases(
  db: Db,
  persons: readonly string[],
  receipts: readonly number[],
): Promise<readonly OpenCase[]> {
  if (persons.length + receipts.length === 0) return [];
  const columns = `id, kind, persons, element, competing_set as "competingSet", receipt,
    coalesce(jsonb_path_query_array(detail, '$.competing[*].statement'), '[]') as competitors,
    detail -> 'handling' as handling, coalesce(detail -> 'steps', '[]') as steps`;
  const result = await db.query<OpenCase>(
    `select ${columns} from case_file where state = 'open' and persons && $1::text[]
     union select ${columns} from case_file where state = 'open' and receipt = any($2::bigint[])`,
    [persons, receipts],
  );
  return result.rows.map((row) => ({
    ...row,
    element: row.element ?? undefined,
    competingSet: row.competingSet ?? undefined,
    receipt: row.receipt ?? undefined,
    handling: row.handling ?? undefined,
  }));
}

export async function readVerdicts(
  db: Db,
  persons: readonly string[],
): Promise<readonly { person: SubjectId; verdicts: VerdictSummary }[]> {
  if (persons.length === 0) return [];
  const result = await db.query<{ person: SubjectId; verdicts: VerdictSummary }>(
    'select person, verdicts from person_truth where person = any($1::text[])',
    [persons],
  );
  return result.rows;
}

export type StatementRow = Omit<Statement, 'resource' | 'subject' | 'said' | 'origins'> & {
  readonly subject: SubjectId | null;
  readonly said: string;
  readonly origins: string;
};

export const STATEMENT = `id, receipt, source, subject, type as "resourceType", resource_id as "resourceId", said_at as "saidAt", received_at as "receivedAt",
  replaces, text, said, origins`;

/** All statements of the resources named `Type/id`, with a leaf before ledger index `before` (default: all). */
export async function readStatementsOf(
  db: Db,
  names: readonly string[],
  before = Number.MAX_SAFE_INTEGER,
): Promise<readonly Statement[]> {
  if (names.length === 0) return [];
  const result = await db.query<StatementRow>(
    `select ${STATEMENT} from statement
     where (resource_id, type) in (select split_part(name, '/', 2), split_part(name, '/', 1) from unnest($1::text[]) as name) and index < $2
     order by id`,
    [names, before],
  );
  return result.rows.map(statementOf);
}

/** Where a view ends: the newest statement folded in. */
export type ViewEnd = { readonly name: string; readonly saidAt: Instant; readonly id: StatementId };

/** The statements of each named resource that were said after its view ends. */
export async function readStatementsSince(db: Db, ends: readonly ViewEnd[]): Promise<readonly Statement[]> {
  if (ends.length === 0) return [];
  const result = await db.query<StatementRow>(
    `select ${STATEMENT} from unnest($1::text[], $2::timestamptz[], $3::bigint[]) as since (name, at, last) join statement
       on resource_id = split_part(name, '/', 2) and type = split_part(name, '/', 1) and (said_at, id) > (at, last)
     order by id`,
    [ends.map((one) => one.name), ends.map((one) => one.saidAt), ends.map((one) => one.id)],
  );
  return result.rows.map(statementOf);
}

/** A stored row as a statement. Places are unpacked when they are told: most statements are only folded. */
export const statementOf = (row: StatementRow): Statement => statementWith(row, parseFaithful(row.text) as JsonObject);

/** The same for one whose text was parsed before. */
export function statementWith(row: StatementRow, resource: JsonObject): Statement {
  return {
    ...row,
    subject: row.subject ?? undefined,
    resource,
    said: saidOnce(row.said),
    get origins() {
      return unpackOrigins(row.origins);
    },
  };
}
