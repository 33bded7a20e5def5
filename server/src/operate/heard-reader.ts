// Reads what was known of sources as of a ledger size: what each sends, and when and how regularly it was heard.
import type { Db } from '../base/db.ts';
import type { Instant, SourceKey } from '../base/ids.ts';

export type HeardRow = {
  readonly source: SourceKey;
  /** Of these types, those that it had sent. */
  readonly sends: readonly string[];
  /** At most as many as a cadence is measured on. */
  readonly received: number;
  readonly lastReceivedAt: Instant | null;
  readonly longestGapSeconds: number | null;
  /** The newest receipt of any source. */
  readonly newest: Instant;
  readonly madeAt: Instant;
};

/** Sources that had ever sent one of the types, as the ledger stood with so many leaves. A receipt is named by its leaf's index. */
export async function readHeard(db: Db, types: readonly string[], asOf: number): Promise<readonly HeardRow[]> {
  const result = await db.query<HeardRow>(
    `select s.source, s.sends, heard.received, heard.last as "lastReceivedAt", heard.longest as "longestGapSeconds",
       (select received_at from receipt where id < $2 order by id desc limit 1) as newest, (select created_at from installation) as "madeAt"
     from (select source, array_agg(type order by type) as sends from source_sends where type = any($1::text[]) and first_index < $2 group by source) s,
     lateral (
       select count(*)::int as received, max(received_at) as last, max(gap)::float8 as longest
       from (select received_at, extract(epoch from received_at - lag(received_at) over (order by id)) as gap
         from (select id, received_at from receipt where receipt.source = s.source and id < $2 order by id desc limit 200) recent) gaps
     ) heard order by s.source`,
    [types, asOf],
  );
  return result.rows;
}
