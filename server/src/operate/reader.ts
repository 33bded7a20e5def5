// Reads of operations: books, receipts and their journeys, sources, policies.
import type { Db } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import { displayPart, type Instant, type SourceKey } from '../base/ids.ts';
import type { FhirInteraction, LossAccount, Source } from '../mapping/types.ts';
import { unpackOrigins } from '../pipeline/pack.ts';
import type { Issue } from '../validation/types.ts';
import type { ReceiptEffect, ReceiptSummary } from './types.ts';

/** The newest version of each source. */
export async function readSources(db: Db): Promise<readonly (readonly [SourceKey, Source])[]> {
  const result = await db.query<{ settings: Source }>(
    'select distinct on (key) settings from source_version order by key, version desc',
  );
  return result.rows.map((row) => [row.settings.key, row.settings]);
}

/** The policy active as of a ledger size (default: now). */
export async function readPolicy(
  db: Db,
  before = Number.MAX_SAFE_INTEGER,
): Promise<{ name: string; body: string; at: Instant } | undefined> {
  const result = await db.query<{ name: string; body: string; at: Instant }>(
    'select name, body, activated_at as at from policy_version where id < $1 order by id desc limit 1',
    [before],
  );
  return result.rows[0];
}

/** Ledger size and the number line's newest index. */
export async function readLedgerSize(db: Db): Promise<number> {
  return (await db.query<{ size: number }>('select size from ledger_head')).rows[0]?.size ?? 0;
}

type BooksRow = {
  readonly source: string;
  readonly received: number;
  readonly states: { readonly [state: string]: number } | null;
  readonly oldest: { readonly [state: string]: { readonly receipt: number; readonly at: Instant } } | null;
  readonly lastReceivedAt: Instant | null;
  readonly longestGapSeconds: number | null;
  /** When the store was made. */
  readonly madeAt: Instant;
};

/**
 * Per source: receipts counted in one table, states in another, in one snapshot. They are counted, not kept as a running sum,
 * so that a lost row shows as a residual.
 */
export async function readBooks(db: Db): Promise<{ size: number; rows: readonly BooksRow[] }> {
  const result = await db.query<BooksRow & { size: number }>(
    `with received as (select source, count(*) as received, max(received_at) as last from receipt group by source),
     counted as (select source, state, count(*) as n from receipt_state group by source, state),
     open as (
       select distinct on (source, state) source, state, receipt, since from receipt_state
       where state in ('received', 'waiting', 'quarantined', 'held') order by source, state, receipt
     ),
     gaps as (
       select r.source, max(gap) as longest from received r cross join lateral (
         select extract(epoch from received_at - lag(received_at) over (order by id)) as gap
         from (select id, received_at from receipt where receipt.source = r.source order by id desc limit 200) recent
       ) g group by r.source
     )
     select coalesce(received.source, counted.source) as source, coalesce(received.received, 0) as received,
       (select jsonb_object_agg(state, n) from counted c where c.source = coalesce(received.source, counted.source)) as states,
       (select jsonb_object_agg(state, jsonb_build_object('receipt', receipt, 'at', since)) from open where open.source = received.source) as oldest,
       received.last as "lastReceivedAt", gaps.longest::float8 as "longestGapSeconds", (select size from ledger_head) as size,
       (select created_at from installation) as "madeAt"
     from received full join (select distinct source from counted) counted using (source) left join gaps on gaps.source = received.source
     order by 1`,
  );
  return { size: result.rows[0]?.size ?? (await readLedgerSize(db)), rows: result.rows };
}

const SUMMARY = `receipt.id, receipt.source, receipt.door, receipt.format, receipt.received_at as "receivedAt", receipt.size_bytes as "sizeBytes",
  receipt_state.state, coalesce(receipt_state.reasons, '[]') as reasons, receipt_state.waiting_for as "waitingFor"`;

export type ReceiptFilter = {
  readonly source: string | undefined;
  readonly state: string | undefined;
  readonly before: number;
  readonly limit: number;
};

export async function readReceipts(db: Db, filter: ReceiptFilter): Promise<readonly ReceiptSummary[]> {
  const result = await db.query<ReceiptSummary & { waitingFor: number | null }>(
    `select ${SUMMARY} from receipt join receipt_state on receipt_state.receipt = receipt.id
     where receipt.id < $1 and ($2::text is null or receipt.source = $2) and ($3::text is null or receipt_state.state = $3)
     order by receipt.id desc limit $4`,
    [filter.before, filter.source ?? null, filter.state ?? null, filter.limit],
  );
  return result.rows.map((row) => ({ ...row, waitingFor: row.waitingFor ?? undefined }));
}

export type ReceiptRow = ReceiptSummary & {
  readonly deliveryKey: string | null;
  readonly note: string | null;
  readonly original: number | null;
  readonly interaction: FhirInteraction | null;
  readonly since: Instant;
  readonly bytes: Buffer | null;
  readonly outcome: ReceiptOutcome | null;
};
export type ReceiptOutcome = {
  readonly plannedAt?: Instant;
  readonly issues?: readonly Issue[];
  readonly loss?: Omit<LossAccount, 'entries'>;
  readonly unmapped?: readonly string[];
  readonly effects?: readonly { kind: 'unchanged' | 'case'; target: string; summary: string }[];
};

/** One receipt with its payload; a duplicate shows its original's bytes, which are the same. */
export async function readReceipt(db: Db, id: number): Promise<ReceiptRow | undefined> {
  const result = await db.query<ReceiptRow>(
    `select ${SUMMARY}, delivery_key as "deliveryKey", note, original, interaction, since, outcome, payload.bytes
     from receipt join receipt_state on receipt_state.receipt = receipt.id
       left join payload on payload.receipt = case when receipt_state.state = 'duplicate' then receipt.original else receipt.id end
     where receipt.id = $1`,
    [id],
  );
  return result.rows[0];
}

type EffectRow = Pick<ReceiptEffect, 'kind' | 'target' | 'summary'> & {
  readonly id: number;
  readonly leaf: number | null;
  readonly text: string | null;
  readonly origins: string | null;
};

export async function readEffects(db: Db, receipt: number): Promise<readonly ReceiptEffect[]> {
  const result = await db.query<EffectRow>(
    `select * from (
       select 1 as part, id, 'statement' as kind, type || '/' || resource_id as target,
         to_char(said_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as summary, text, origins, index as leaf from statement where id between $1::bigint << 20 and ($1::bigint + 1 << 20) - 1
       union all select 2, id, 'link', 'Patient/' || a || ' and Patient/' || b, kind || ' by ' || rule, null, null, index from link where receipt = $1
       union all select 3, id, 'ruling', 'Patient/' || subject, decision || ' for ' || element || ' by ' || ruled_by, null, null, null from ruling where receipt = $1
       union all select 4, version, 'version', type || '/' || id, 'version ' || version, null, null, null from version where receipt = $1
       union all select 5, 0, 'case', id, kind || case when closed_by = $1 then ' closed' else ' opened' end, null, null, null from case_file where opened_by = $1 or closed_by = $1
     ) effects order by part, id`,
    [receipt],
  );
  return result.rows.map(({ kind, id, leaf, target, summary, text, origins }) => ({
    kind,
    id: leaf === null ? undefined : displayPart(id),
    statement: kind === 'statement' ? id : undefined,
    index: leaf ?? undefined,
    target,
    summary: kind === 'statement' ? `said at ${summary}` : summary,
    text: text ?? undefined,
    origins: unpackOrigins(origins ?? '').map(({ path, position, span }) => ({ path, position, ...span })),
  }));
}

/** What each source says about a resource: its statements, oldest first. */
export async function readStatementTexts(
  db: Db,
  type: string,
  ids: readonly string[],
): Promise<readonly StatementText[]> {
  const result = await db.query<StatementText>(
    `select id, receipt, source, said_at as "saidAt", received_at as "receivedAt", type || '/' || resource_id as target, replaces, text, said
     from statement where resource_id = any($1::text[]) and type = $2 order by id`,
    [ids, type],
  );
  return result.rows;
}
export type StatementText = {
  readonly id: number;
  readonly receipt: number;
  readonly source: string;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
  readonly target: string;
  readonly replaces: boolean;
  readonly text: string;
  readonly said: unknown;
};

/** The latest time recorded by anything before a ledger index: "now" as of then. */
export async function readTimeOf(db: Db, size: number): Promise<Instant> {
  const result = await db.query<{ at: Instant | null }>(
    `select greatest((select received_at from receipt where id < $1 order by id desc limit 1),
       (select max(registered_at) from source_version where id < $1), (select max(activated_at) from policy_version where id < $1)) as at`,
    [size],
  );
  return result.rows[0]?.at ?? ('1970-01-01T00:00:00.000Z' as Instant);
}

type HealthRow = {
  readonly oldestReceived: Instant | null;
  readonly unsealed: number;
  /** Versions whose words are not gathered yet, as many as are told. */
  readonly wordless: number;
  /** Entries of the ledger that the watch has not looked at yet. */
  readonly unwatched: number;
  readonly madeAt: Instant;
};

/** Versions whose words are not gathered yet are counted no further. */
export const WORDLESS_TOLD = 10_000;

/** `madeAt`: when the store was made. Throws what the database throws. */
export async function readHealth(db: Db): Promise<HealthRow> {
  const result = await db.query<HealthRow>(
    `select (select since from receipt_state where state = 'received' order by receipt limit 1) as "oldestReceived",
       (select size from ledger_head) - coalesce((select max(size) from checkpoint), 0) as unsealed,
       (select count(*) from search_progress p, lateral (select from version where index > p.followed limit ${WORDLESS_TOLD + 1}) v) as wordless,
       (select size from ledger_head) - (select index from watch_head) as unwatched,
       created_at as "madeAt" from installation`,
  );
  const [row] = result.rows;
  invariant(row !== undefined, 'an installation has its row');
  return row;
}
