// Reads the rows that leaves commit to and gives them as committed content, so that a leaf can be opened or checked.
import type { Content } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { PARTS_MAX } from '../base/ids.ts';
import { unpackOrigins, unpackSaid } from '../pipeline/pack.ts';

/** A leaf's content; undefined where it was erased. */
export type StoredContent = { readonly index: number; readonly content: Content | undefined };

type ReceiptRow = {
  index: number;
  source: string;
  door: string;
  format: string;
  receivedAt: string;
  deliveryKey: string | null;
  payloadHash: Uint8Array;
};
type StatementRow = {
  index: number;
  id: number;
  receipt: number;
  source: string;
  resourceType: string;
  resourceId: string;
  subject: string | null;
  saidAt: string;
  receivedAt: string;
  replaces: boolean;
  text: string | null;
  said: string;
  origins: string;
};
type LinkRow = {
  index: number;
  id: number;
  a: string;
  b: string;
  kind: string;
  rule: string;
  retired: string | null;
  receipt: number;
  because: { code: string; detail: string }[];
};
type RulingRow = {
  index: number;
  receipt: number;
  subject: string;
  element: string;
  decision: string;
  chosen: number | null;
  competingSet: string;
  reason: string;
  by: string;
  at: string;
};

/**
 * Which leaves. `receipts`, where known, are the receipts whose statements and links are meant: found by them, not by scanning.
 */
export type Selection = { readonly indexes: readonly number[]; readonly receipts?: readonly number[] | undefined };

/** Content of every selected leaf, whichever its kind. An index that no row answers to is left out. */
export async function readContents(db: Sql, { indexes, receipts }: Selection): Promise<readonly StoredContent[]> {
  return [
    ...(await readReceipts(db, indexes)),
    ...(await readStatements(db, indexes, receipts)),
    ...(await readLinks(db, indexes, receipts)),
    ...(await readRulings(db, indexes)),
    ...(await readPolicies(db, indexes)),
    ...(await readSources(db, indexes)),
  ];
}

async function readReceipts(db: Sql, indexes: readonly number[]): Promise<readonly StoredContent[]> {
  const result = await db.query<ReceiptRow>(
    `select id as index, source, door, format, received_at as "receivedAt", delivery_key as "deliveryKey", content_hash as "payloadHash"
     from receipt where id = any ($1::bigint[])`,
    [indexes],
  );
  return result.rows.map(({ index, deliveryKey, ...fields }) => ({
    index,
    content: { kind: 'receipt', fields: { ...fields, deliveryKey: deliveryKey ?? undefined } },
  }));
}

/** All rows when $2 is null, which a block range index narrows; else those of the receipts in $2, whose ids are a range of the key. */
function partsOf(table: 'statement' | 'link'): string {
  return `(
    select ${table}.* from ${table} where $2::bigint[] is null
    union all
    select ${table}.* from unnest($2::bigint[]) as given (part_of) join ${table} on id >= part_of << 20 and id < (part_of + 1) << 20
  ) as part`;
}

async function readStatements(
  db: Sql,
  indexes: readonly number[],
  receipts: readonly number[] | undefined,
): Promise<readonly StoredContent[]> {
  const result = await db.query<StatementRow>(
    `select index, id, receipt, source, type as "resourceType", resource_id as "resourceId", subject, said_at as "saidAt",
       received_at as "receivedAt", replaces, text, said, origins
     from ${partsOf('statement')} where index = any ($1::bigint[])`,
    [indexes, receipts],
  );
  return result.rows.map(({ index, ...row }) => ({ index, content: statementOf(row) }));
}

function statementOf({ subject, text, said, origins, ...fields }: Omit<StatementRow, 'index'>): Content | undefined {
  if (text === null) return undefined;
  const unpacked = { said: unpackSaid(said), origins: unpackOrigins(origins) };
  return { kind: 'statement', fields: { ...fields, ...unpacked, text, subject: subject ?? undefined } };
}

async function readLinks(
  db: Sql,
  indexes: readonly number[],
  receipts: readonly number[] | undefined,
): Promise<readonly StoredContent[]> {
  const result = await db.query<LinkRow>(
    `select index, id, a, b, kind, rule, retired, receipt, because
     from ${partsOf('link')} where index = any ($1::bigint[])`,
    [indexes, receipts],
  );
  return result.rows.map(({ index, retired, ...fields }) => ({
    index,
    content: { kind: 'link', fields: { ...fields, retired: retired ?? undefined } },
  }));
}

async function readRulings(db: Sql, indexes: readonly number[]): Promise<readonly StoredContent[]> {
  const result = await db.query<RulingRow>(
    `select id as index, receipt, subject, element, decision, chosen, competing_set as "competingSet", reason, ruled_by as by, ruled_at as at
     from ruling where id = any ($1::bigint[])`,
    [indexes],
  );
  return result.rows.map(({ index, chosen, ...fields }) => ({
    index,
    content: { kind: 'ruling', fields: { ...fields, chosen: chosen ?? undefined } },
  }));
}

async function readPolicies(db: Sql, indexes: readonly number[]): Promise<readonly StoredContent[]> {
  const result = await db.query<{ index: number; id: string; text: string }>(
    'select id as index, name as id, body as text from policy_version where id = any ($1::bigint[])',
    [indexes],
  );
  return result.rows.map(({ index, ...fields }) => ({ index, content: { kind: 'policy', fields } }));
}

async function readSources(db: Sql, indexes: readonly number[]): Promise<readonly StoredContent[]> {
  const result = await db.query<{ index: number; key: string; version: number; settings: unknown }>(
    'select id as index, key, version, settings from source_version where id = any ($1::bigint[])',
    [indexes],
  );
  return result.rows.map(({ index, ...fields }) => ({ index, content: { kind: 'source', fields } }));
}

/** Ledger indexes of statements and links, which are named by ids of their own. */
export async function readPartIndexes(
  db: Sql,
  table: 'statement' | 'link',
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const sql = {
    statement: 'select id, index from statement where id = any ($1::bigint[])',
    link: 'select id, index from link where id = any ($1::bigint[])',
  };
  const result = await db.query<{ id: number; index: number }>(sql[table], [ids]);
  return new Map(result.rows.map(({ id, index }) => [id, index]));
}

/** The receipt that brought a statement or link. */
export function receiptOf(part: number): number {
  return Math.floor(part / PARTS_MAX);
}

/** The leaf of a policy as it stood before `asOf`. */
export async function readPolicyIndex(db: Sql, name: string, asOf: number): Promise<number | undefined> {
  const sql = 'select id from policy_version where name = $1 and id < $2 order by id desc limit 1';
  return (await db.query<{ id: number }>(sql, [name, asOf])).rows[0]?.id;
}

/** Bytes of receipts as they came; a duplicate's are its original's. Erased ones are left out. */
export async function readPayloads(db: Sql, receipts: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const result = await db.query<{ id: number; bytes: Uint8Array }>(
    `select receipt.id, coalesce(own.bytes, originals.bytes) as bytes
     from receipt
     left join payload own on own.receipt = receipt.id
     left join payload originals on originals.receipt = receipt.original and own.receipt is null
     where receipt.id = any ($1::bigint[]) and coalesce(own.bytes, originals.bytes) is not null`,
    [receipts],
  );
  return new Map(result.rows.map(({ id, bytes }) => [id, bytes]));
}

/** Statements of the same resource of the same source as these, before `asOf`: what a resource told in several messages is made of. */
export async function readSiblings(db: Sql, ids: readonly number[], asOf: number): Promise<readonly number[]> {
  const result = await db.query<{ id: number }>(
    `select distinct other.id from statement named
     join statement other on other.resource_id = named.resource_id and other.type = named.type and other.source = named.source
     where named.id = any ($1::bigint[]) and other.index < $2
     order by other.id`,
    [ids, asOf],
  );
  return result.rows.map(({ id }) => id);
}

// The source subjects that links before $2 ever held together with $1: a superset of the person, since some links were taken back.
const REACHED = `with recursive reached (subject) as (
    select $1::text
    union
    select case when link.a = reached.subject then link.b else link.a end
    from reached join link on link.a = reached.subject or link.b = reached.subject
    where link.kind = 'same' and link.index < $2
  )`;

/** Ids of the links, before `asOf`, that make a person of source subjects. */
export async function readLinksAround(db: Sql, subject: string, asOf: number): Promise<readonly number[]> {
  const sql = `${REACHED} select distinct id from link join reached on a = subject or b = subject where index < $2 order by id`;
  return (await db.query<{ id: number }>(sql, [subject, asOf])).rows.map(({ id }) => id);
}

/** Rulings, before `asOf`, about any of those subjects. */
export async function readRulingsAround(db: Sql, subject: string, asOf: number): Promise<readonly number[]> {
  const sql = `${REACHED} select id from ruling join reached using (subject) where id < $2 order by id`;
  return (await db.query<{ id: number }>(sql, [subject, asOf])).rows.map(({ id }) => id);
}
