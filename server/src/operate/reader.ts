// Reads of operations: books, receipts and their journeys, cases, sources, policies.
import type { Db } from '../base/db.ts';
import type { Instant, SourceKey } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';

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
