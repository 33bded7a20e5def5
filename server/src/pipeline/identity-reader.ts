// Reads for "why are these one person?": decisions about pairs with their times, and cases about pairs that were open then.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import type { Link, LinkReason } from '../identity/types.ts';

export type LinkThen = Link & { readonly at: Instant };

/** Every decision with an end among these subjects and a leaf before `asOf`, with when its receipt came. */
export async function readLinksToTell(db: Db, subjects: readonly string[], asOf: number): Promise<readonly LinkThen[]> {
  const result = await db.query<LinkThen & { retired: SubjectId | null }>(
    `select l.id, a, b, kind, rule, retired, l.receipt, because, r.received_at as at from link l join receipt r on r.id = l.receipt
     where (a = any($1::text[]) or b = any($1::text[])) and l.index < $2 order by l.id`,
    [subjects, asOf],
  );
  return result.rows.map((row) => ({ ...row, retired: row.retired ?? undefined }));
}

export type PairCase = {
  readonly case: string;
  readonly persons: readonly SubjectId[];
  readonly openedAt: Instant;
  readonly reason: string | null;
  readonly because: readonly LinkReason[] | null;
};

/** Cases about two of these subjects, or one of them and another, that were open when the ledger had so many leaves. */
export async function readPairCases(db: Db, subjects: readonly string[], asOf: number): Promise<readonly PairCase[]> {
  const result = await db.query<PairCase>(
    `select f.id as case, f.persons, h.opened_at as "openedAt", h.detail ->> 'reason' as reason, h.detail -> 'because' as because
     from case_file f join lateral (
       select state, opened_at, detail from case_history where case_id = f.id and index <= $2 order by id desc limit 1) h on h.state = 'open'
     where f.persons && $1::text[] and f.kind in ('possible-link', 'identity-veto') order by f.id`,
    [subjects, asOf],
  );
  return result.rows;
}
