// Reads what a replay goes by: plans in the order in which they were made, what each appended, and what stood at any size.
import type { Db } from '../base/db.ts';
import { type Instant, PARTS_MAX, type ReceiptId, type SourceKey, type SubjectId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { Source } from '../mapping/types.ts';
import { unpackSaid } from '../pipeline/pack.ts';
import type { PlannedLink, PreparedDraft } from '../pipeline/types.ts';
import type { PlanRow } from './types.ts';

/** Plans of commits after `epoch` up to `until`. All of a commit may have been read only where a later one follows. */
export async function readPlans(
  db: Db,
  { epoch, until, limit }: { readonly epoch: number; readonly until: number; readonly limit: number },
): Promise<readonly PlanRow[]> {
  const { rows } = await db.query<PlanRow>(
    `select p.epoch, p.place, p.receipt, p.at, p.size_before as "sizeBefore", p.size_after as "sizeAfter", p.state, p.reasons, p.founded, p.merges, p.seeded,
       r.source, r.format, r.received_at as "receivedAt", case when r.format = 'ruling' then payload.bytes end as bytes
     from plan_record p join receipt r on r.id = p.receipt left join payload on r.format = 'ruling' and payload.receipt = r.id
     where p.epoch > $1 and p.epoch <= $2 order by p.epoch, p.place limit $3`,
    [epoch, until, limit],
  );
  return rows;
}

type SaidRow = {
  readonly receipt: ReceiptId;
  readonly subject: string | null;
  readonly type: string;
  readonly resourceId: string;
  readonly saidAt: Instant;
  readonly replaces: boolean;
  readonly text: string;
  readonly said: string;
};
export type Said = { readonly receipt: ReceiptId; readonly draft: PreparedDraft };

/** What each receipt said, in its order, by the ids that its keys were given then. Where it came from makes nothing that is derived. */
export async function readSaidBy(db: Db, receipts: readonly number[]): Promise<readonly Said[]> {
  const { rows } = await db.query<SaidRow>(
    `select s.receipt, subject, type, resource_id as "resourceId", said_at as "saidAt", replaces, text, said from unnest($1::bigint[]) as given (one)
     join statement s on s.id >= one * ${PARTS_MAX} and s.id < (one + 1) * ${PARTS_MAX} order by s.id`,
    [receipts],
  );
  return rows.map(({ receipt, subject, type, resourceId, saidAt, replaces, text, said }) => ({
    receipt,
    draft: {
      resourceType: type,
      key: `${type}/${resourceId}`,
      subjectKey: type === 'Patient' || subject === null ? undefined : `Patient/${subject}`,
      saidAt,
      replaces,
      text,
      resource: parseFaithful(text) as JsonObject,
      said: unpackSaid(said),
      origins: '',
      position: undefined,
    },
  }));
}

export async function readLinkedBy(db: Db, receipts: readonly number[]): Promise<readonly PlannedLink[]> {
  const { rows } = await db.query<PlannedLink & { retired: SubjectId | null }>(
    'select id, a, b, kind, rule, retired, receipt, because, home from link where receipt = any($1::bigint[]) order by id',
    [receipts],
  );
  return rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}

export type PolicyRow = { readonly index: number; readonly name: string; readonly body: string };
export type SourceRow = { readonly index: number; readonly key: SourceKey; readonly settings: Source };

/** Everything that was ever in force, oldest first. */
export async function readStood(
  db: Db,
): Promise<{ readonly policies: readonly PolicyRow[]; readonly sources: readonly SourceRow[] }> {
  const [policies, sources] = await Promise.all([
    db.query<PolicyRow>('select id as index, name, body from policy_version order by id'),
    db.query<SourceRow>('select id as index, key, settings from source_version order by id'),
  ]);
  return { policies: policies.rows, sources: sources.rows };
}

/** Plans that the migration pieced together, and receipts that were planned before the record began and could not be. */
export async function countSeeded(db: Db): Promise<number> {
  return (await db.query<{ n: number }>('select count(*) as n from plan_record where seeded')).rows[0]?.n ?? 0;
}

export async function readMigration(db: Db): Promise<number> {
  return (await db.query<{ n: number }>('select max(number) as n from schema_migration')).rows[0]?.n ?? 0;
}

export async function readEpoch(db: Db): Promise<number> {
  return (await db.query<{ epoch: number }>('select epoch from pipeline_head')).rows[0]?.epoch ?? 0;
}
