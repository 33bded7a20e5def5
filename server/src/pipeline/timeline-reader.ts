// Reads for the timeline of one person: at which ledger sizes something was said, decided or linked about them, and by what.
import type { Db } from '../base/db.ts';
import type { Instant } from '../base/ids.ts';

export type TimelineInput = {
  readonly kind: 'statement' | 'link' | 'ruling' | 'policy' | 'source';
  /** Ledger index of its leaf. */
  readonly index: number;
  readonly receipt: number | null;
  readonly at: Instant;
  readonly source: string | null;
  /** Of a statement or a link: its id; of a policy: its name; of a source: its key. */
  readonly name: string;
};
export type Span = { readonly from: number; readonly to: number };

/**
 * All inputs with an index from `from` to before `to` that may change what is held of these subjects, in the ledger's order. `types`: of the
 * resources beside the patients that verdicts are about.
 */
export async function readTimeline(
  db: Db,
  subjects: readonly string[],
  { from, to, types }: Span & { readonly types: readonly string[] },
): Promise<readonly TimelineInput[]> {
  const result = await db.query<TimelineInput>(
    `select 'statement' as kind, s.index, s.receipt, s.received_at as at, s.source, s.id::text as name from statement s
       where s.type = 'Patient' and s.resource_id = any($1::text[]) and s.index >= $2 and s.index < $3
     union all select 'statement', s.index, s.receipt, s.received_at, s.source, s.id::text from (
       select type, id from resource where type = any($4::text[]) and subject = any($1::text[])
       -- It may have been said to be about somebody else since.
       union select r.type, r.id from search_reference_past p join resource r on r.key = p.key
         where r.type = any($4::text[]) and p.target in (select 'Patient/' || id from unnest($1::text[]) id)) r
       join statement s on s.resource_id = r.id and s.type = r.type where s.subject = any($1::text[]) and s.index >= $2 and s.index < $3
     union all select 'link', l.index, l.receipt, r.received_at, r.source, l.id::text from link l join receipt r on r.id = l.receipt
       where (l.a = any($1::text[]) or l.b = any($1::text[])) and l.index >= $2 and l.index < $3
     union all select 'ruling', u.id, u.receipt, u.ruled_at, r.source, u.id::text from ruling u join receipt r on r.id = u.receipt
       where u.subject = any($1::text[]) and u.id >= $2 and u.id < $3
     union all select 'policy', id, null, activated_at, null, name from policy_version where id >= $2 and id < $3
     union all select 'source', id, null, registered_at, null, key from source_version where id >= $2 and id < $3 and version > 1
     order by index, kind`,
    [subjects, from, to, types],
  );
  return result.rows;
}

export type TimelineVersion = {
  readonly index: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly at: Instant;
  readonly receipt: number;
  readonly source: string | null;
  readonly deleted: boolean;
};

/** Versions of what is about these subjects (not the patients themselves) that came to be served after `from` and by `to`. */
export async function readTimelineVersions(
  db: Db,
  subjects: readonly string[],
  { from, to }: Span,
): Promise<readonly TimelineVersion[]> {
  const result = await db.query<TimelineVersion>(
    `select v.index, v.type, v.id, v.version, v.at, v.receipt, c.source, v.deleted from resource r
     join version v on v.type = r.type and v.id = r.id left join receipt c on c.id = v.receipt
     where r.subject = any($1::text[]) and r.type <> 'Patient' and v.index > $2 and v.index <= $3 order by v.index, v.type, v.id, v.version`,
    [subjects, from, to],
  );
  return result.rows;
}
