// Reads of cases: page by page, one by its id, and how many there are of each kind.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import type { StateReason } from '../intake/types.ts';
import type { Score } from '../pipeline/types.ts';
import type { CaseStep } from '../truth/case-steps.ts';
import type { RestingCase } from '../truth/explain-input.ts';
import type { LinkHandling } from '../truth/link-stakes.ts';
import type { CaseRule, HarmClass } from '../truth/types.ts';
import { OPEN_LIMIT_SECONDS } from './open-limits.ts';
import type { CaseCounts, CaseKind, CaseSummary } from './types.ts';

export type CaseRow = Pick<
  CaseSummary,
  'id' | 'kind' | 'state' | 'openedAt' | 'openedBy' | 'persons' | 'element' | 'receipt' | 'competingSet'
> & {
  readonly harm: string | undefined;
  readonly detail: CaseDetail;
  /** From when its time runs. */
  readonly waitsFrom: Instant;
  readonly decideBy: Instant;
  /** As it was opened with: a place in PRIORITIES. */
  readonly basePriority: number;
  /** As it is at the moment that asks; what open cases are ordered by. */
  readonly rank: number;
  /** When the store was made. */
  readonly madeAt: Instant;
};
export type CaseDetail = {
  readonly rule?: string;
  readonly reason?: string;
  readonly because?: readonly { code: string; detail: string }[];
  readonly reasons?: readonly StateReason[];
  readonly score?: Score;
  readonly steps?: readonly CaseStep[];
  readonly handling?: CaseRule | LinkHandling;
  /** Of a failing check. */
  readonly source?: string;
  readonly sentence?: string;
  readonly competing?: readonly { statement: number; source: string; value: unknown; saidAt: Instant }[];
};
export type CaseFilter = {
  readonly state: CaseSummary['state'];
  readonly kind: CaseKind | undefined;
  readonly harm?: HarmClass | undefined;
  /** The moment from which ages are told, and by which cases escalate. */
  readonly now: Instant;
  /** Only those that have waited since then. */
  readonly waitingSince?: Instant | undefined;
  /** Only those whose time is over, or only those whose time is not. */
  readonly overdue?: boolean | undefined;
  readonly after: CasePlace | undefined;
  readonly limit: number;
  /** Ledger size: cases as they stood then; undefined: as they stand. */
  readonly asOf: number | undefined;
};
/** Where a page ended: what cases are ordered by. */
export type CasePlace = {
  readonly rank: number;
  readonly harm: string;
  /** Until when to decide it, or of a closed one when it was opened. */
  readonly at: Instant;
  /** The moment of the first page: while pages are turned no case escalates from one to another. */
  readonly now: Instant;
  readonly id: string;
};

const COLUMNS = `id, kind, state, harm, opened_at as "openedAt", opened_by as "openedBy", array(select 'Patient/' || p from unnest(persons) p) as persons,
  element, receipt, competing_set as "competingSet", detail, (select created_at from installation) as "madeAt",
  waits_from as "waitsFrom", decide_by as "decideBy", base_priority as "basePriority", rank`;
/** The last that had happened to each case by a ledger size. What never changes of a case stands in its file. */
const THEN = `(select distinct on (h.case_id) f.id, f.kind, h.state, coalesce(h.detail -> 'handling' ->> 'harm', f.harm) as harm, h.opened_at, h.opened_by, f.persons, f.element, f.receipt, f.competing_set, h.detail
  from case_history h join case_file f on f.id = h.case_id where h.index <= $1 order by h.case_id, h.id desc) as cases_then`;
/** The same with nothing asked of the past, so that the parameters keep their places. */
const NOW = `(select id, kind, state, coalesce(detail -> 'handling' ->> 'harm', harm) as harm, opened_at, opened_by, persons, element, receipt, competing_set, detail
  from case_file where $1::bigint is null) as cases_now`;
/** Where nothing is kept with the case: receipts that need repair, and cases from before the policy said how to handle them. */
const HOURS = `case kind when 'quarantined' then ${OPEN_LIMIT_SECONDS.quarantined / 3_600} when 'held' then ${OPEN_LIMIT_SECONDS.held / 3_600}
  else case harm when 'H3' then 4 when 'H2' then 24 when 'H1' then 168 else 720 end end`;
const BASE = `case coalesce(detail -> 'handling' ->> 'priority', case kind when 'quarantined' then 'soon' when 'held' then 'soon'
    else case harm when 'H3' then 'immediate' when 'H2' then 'urgent' when 'H1' then 'soon' else 'routine' end end)
  when 'immediate' then 3 when 'urgent' then 2 when 'soon' then 1 else 0 end`;
/**
 * Each case with when its time ends and how urgent it has become by a moment ($2), as truth/escalation.ts says it. Nothing has waited in
 * a store for longer than it exists (`ageSeconds` counts so).
 */
function escalated(asOf: number | undefined): string {
  return `(select timed.*, case state when 'open' then least(3, base_priority + raised) else 0 end as rank from (
    select ended.*, case when $2::timestamptz > waits_from + 2 * (decide_by - waits_from) then 2
        when $2::timestamptz > least(decide_by, coalesce(waits_until, decide_by)) then 1 else 0 end as raised from (
      -- As it is told, so that the next page begins where this one ends.
      select begun.*, date_trunc('milliseconds', waits_from + hours * interval '1 hour') as decide_by from (
        select c.*, ${BASE} as base_priority, coalesce((detail -> 'handling' ->> 'decideWithinHours')::float8, ${HOURS}) as hours,
          (select (value ->> 'until')::timestamptz from jsonb_array_elements(detail -> 'steps') with ordinality as step(value, place)
           where value ? 'until' order by place desc limit 1) as waits_until,
          (select case when created_at between opened_at and $2 then created_at else opened_at end from installation) as waits_from
        from (select * from ${tableAt(asOf)}) c
      ) begun
    ) ended
  ) timed) as cases`;
}
const LEAST_HARM = 'H0';
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const PLACE = new RegExp(`^([0-3]),(H\\d),(${TIME}),(${TIME}),(.{1,200})$`);

/**
 * A page of cases. Open ones: the most urgent first, of those the gravest, of those the ones to be decided soonest. Closed ones: the
 * newest first.
 */
export async function readCases(db: Db, filter: CaseFilter): Promise<readonly CaseRow[]> {
  const { state, kind, harm: wanted, now, waitingSince, overdue, after, limit, asOf } = filter;
  const harm = `coalesce(harm, '${LEAST_HARM}')`;
  const beyond =
    state === 'open'
      ? `(rank, ${harm}) < ($5::int, $6::text) or ((rank, ${harm}) = ($5::int, $6::text) and (decide_by, id) > ($7::timestamptz, $8))`
      : `$5::int is not null and $6::text is not null and (opened_at, id) < ($7::timestamptz, $8)`;
  const order = state === 'open' ? `rank desc, ${harm} desc, decide_by, id` : 'opened_at desc, id desc';
  const result = await db.query<CaseRow>(
    `select ${COLUMNS} from ${escalated(asOf)}
     where state = $3 and ($4::text is null or kind = $4) and ($5::int is null or ${beyond}) and ($10::text is null or harm = $10)
       and ($11::timestamptz is null or waits_from <= $11) and ($12::boolean is null or (raised > 0) = $12) order by ${order} limit $9`,
    [
      ...[asOf ?? null, now, state, kind ?? null, after?.rank ?? null, after?.harm ?? null],
      ...[after?.at ?? null, after?.id ?? null, limit, wanted ?? null, waitingSince ?? null, overdue ?? null],
    ],
  );
  return result.rows;
}

function tableAt(asOf: number | undefined): string {
  return asOf === undefined ? NOW : THEN;
}

export async function readCase(
  db: Db,
  id: string,
  when: { readonly now: Instant; readonly asOf?: number | undefined },
): Promise<CaseRow | undefined> {
  const { now, asOf } = when;
  const result = await db.query<CaseRow>(`select ${COLUMNS} from ${escalated(asOf)} where id = $3`, [
    asOf ?? null,
    now,
    id,
  ]);
  return result.rows[0];
}

/** How many there are of each kind, and of how many of those the time is over. */
export async function countCases(
  db: Db,
  state: CaseSummary['state'],
  when: { readonly now: Instant; readonly asOf?: number | undefined },
): Promise<{ readonly kinds: CaseCounts; readonly overdue: CaseCounts }> {
  const result = await db.query<{ kind: CaseKind; count: number; overdue: number }>(
    `select kind, count(*) as count, count(*) filter (where raised > 0) as overdue from ${escalated(when.asOf)} where state = $3 group by kind order by kind`,
    [when.asOf ?? null, when.now, state],
  );
  const counted = (of: 'count' | 'overdue') =>
    Object.fromEntries(result.rows.filter((row) => row[of] > 0).map((row) => [row.kind, row[of]]));
  return { kinds: counted('count'), overdue: state === 'open' ? counted('overdue') : {} };
}

/** The case that is open about an element of these persons now, for whoever ruled on an older one. */
export async function readOpenCaseOn(db: Db, persons: readonly string[], element: string): Promise<string | undefined> {
  const result = await db.query<{ id: string }>(
    `select id from case_file where state = 'open' and kind = 'conflict' and element = $2
       and persons && (select array_agg(person) from subject where id = any($1::text[]) or person = any($1::text[])) order by opened_at desc limit 1`,
    [persons, element],
  );
  return result.rows[0]?.id;
}

/** Cases by then about what rests on something withdrawn, of these persons. */
export async function readRestingCases(
  db: Db,
  persons: readonly string[],
  asOf: number,
): Promise<readonly RestingCase[]> {
  const result = await db.query<RestingCase>(
    `select c.id, split_part(element, ':', 2) as withdrawn, closed_by is null or closed_by >= $2 as open,
       (select coalesce(jsonb_agg(jsonb_build_object('statement', s.id, 'name', s.type || '/' || s.resource_id) order by s.type, s.resource_id), '[]')
        from jsonb_array_elements(c.detail -> 'competing') one join statement s on s.id = (one ->> 'statement')::bigint) as reached
     from case_file c where element like 'Withdrawn:%' and persons && $1::text[] and opened_by < $2 order by opened_by, c.id`,
    [persons, asOf],
  );
  return result.rows;
}

/** Whether what a receipt asked for waits for a second person in an open case. */
export async function isProposed(db: Db, receipt: number): Promise<boolean> {
  const result = await db.query(
    `select 1 from case_file where state = 'open' and detail @> jsonb_build_object('steps', jsonb_build_array(jsonb_build_object('step', 'proposed', 'receipt', $1::bigint)))
 limit 1`,
    [receipt],
  );
  return result.rowCount > 0;
}

/** Whether receipts before a ledger size are still being worked on: what stood then is not known before they are done. */
export async function isUnsettled(db: Db, size: number): Promise<boolean> {
  const result = await db.query<{ unsettled: boolean }>(
    `select (select size from ledger_head) <= $1 and exists (select 1 from receipt_state where state = 'received' and receipt < $1) as unsettled`,
    [size],
  );
  return result.rows[0]?.unsettled === true;
}

/** The place of a case as text for an address, and back. */
export function placeOf({ rank, harm, state, openedAt, decideBy, id }: CaseRow, now: Instant): string {
  return `${rank},${harm ?? LEAST_HARM},${state === 'open' ? decideBy : openedAt},${now},${id}`;
}

export function readPlace(text: string): CasePlace {
  const [, rank, harm, at, now, id] = PLACE.exec(text) ?? [];
  if (
    harm === undefined ||
    at === undefined ||
    now === undefined ||
    id === undefined ||
    Number.isNaN(Date.parse(at)) ||
    Number.isNaN(Date.parse(now))
  )
    throw new Refused(
      'search-value',
      '"after" is taken from the "next" of an earlier answer, as it stands there.',
      'after',
    );
  return { rank: Number(rank), harm, at: at as Instant, now: now as Instant, id };
}
