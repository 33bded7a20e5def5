// Reads of cases: page by page, one by its id, and how many there are of each kind.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import type { StateReason } from '../intake/types.ts';
import type { Score } from '../pipeline/types.ts';
import type { HarmClass } from '../truth/types.ts';
import type { CaseCounts, CaseKind, CaseSummary } from './types.ts';

export type CaseRow = Omit<CaseSummary, 'summary' | 'competitors' | 'ageSeconds'> & {
  readonly detail: CaseDetail;
  /** When the store was made. */
  readonly madeAt: Instant;
};
export type CaseDetail = {
  readonly rule?: string;
  readonly reason?: string;
  readonly because?: readonly { code: string; detail: string }[];
  readonly reasons?: readonly StateReason[];
  readonly score?: Score;
  readonly competing?: readonly { statement: number; source: string; value: unknown; saidAt: Instant }[];
};
export type CaseFilter = {
  readonly state: CaseSummary['state'];
  readonly kind: CaseKind | undefined;
  readonly harm?: HarmClass | undefined;
  /** Only those that have waited since then, at `now`. */
  readonly waiting?: { readonly since: Instant; readonly now: Instant } | undefined;
  readonly after: CasePlace | undefined;
  readonly limit: number;
  /** Ledger size: cases as they stood then; undefined: as they stand. */
  readonly asOf: number | undefined;
};
/** Where a page ended: what cases are ordered by. */
export type CasePlace = { readonly harm: string; readonly openedAt: Instant; readonly id: string };

const COLUMNS = `id, kind, state, harm, opened_at as "openedAt", opened_by as "openedBy", array(select 'Patient/' || p from unnest(persons) p) as persons,
  element, receipt, competing_set as "competingSet", detail, (select created_at from installation) as "madeAt"`;
/** The last that had happened to each case by a ledger size. What never changes of a case stands in its file. */
const THEN = `(select distinct on (h.case_id) f.id, f.kind, h.state, f.harm, h.opened_at, h.opened_by, f.persons, f.element, f.receipt, f.competing_set, h.detail
  from case_history h join case_file f on f.id = h.case_id where h.index <= $1 order by h.case_id, h.id desc) as cases_then`;
/** The same with nothing asked of the past, so that the parameters keep their places. */
const NOW = '(select * from case_file where $1::bigint is null) as cases_now';
/** From when a case waits: nothing has waited in a store for longer than it exists (`ageSeconds` counts so). */
const WAITS_FROM = `(select case when created_at between opened_at and $10 then created_at else opened_at end from installation)`;
const LEAST_HARM = 'H0';
const PLACE = /^(H\d),(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),(.{1,200})$/;

/** A page of cases. Open ones: the gravest first, and of those the oldest. Closed ones: the newest first. */
export async function readCases(db: Db, filter: CaseFilter): Promise<readonly CaseRow[]> {
  const { state, kind, harm: wanted, waiting, after, limit, asOf } = filter;
  const harm = `coalesce(harm, '${LEAST_HARM}')`;
  const beyond =
    state === 'open'
      ? `(${harm} < $4 or (${harm} = $4 and (opened_at, id) > ($5::timestamptz, $6)))`
      : `($4::text is not null and (opened_at, id) < ($5::timestamptz, $6))`;
  const order = state === 'open' ? `${harm} desc, opened_at, id` : 'opened_at desc, id desc';
  const result = await db.query<CaseRow>(
    `select ${COLUMNS} from ${tableAt(asOf)}
     where state = $2 and ($3::text is null or kind = $3) and ($4::text is null or ${beyond}) and ($8::text is null or harm = $8)
       and ($9::timestamptz is null or ${WAITS_FROM} <= $9) order by ${order} limit $7`,
    [
      ...[asOf ?? null, state, kind ?? null, after?.harm ?? null, after?.openedAt ?? null, after?.id ?? null, limit],
      ...[wanted ?? null, waiting?.since ?? null, waiting?.now ?? null],
    ],
  );
  return result.rows;
}

function tableAt(asOf: number | undefined): string {
  return asOf === undefined ? NOW : THEN;
}

export async function readCase(db: Db, id: string, asOf?: number): Promise<CaseRow | undefined> {
  return (await db.query<CaseRow>(`select ${COLUMNS} from ${tableAt(asOf)} where id = $2`, [asOf ?? null, id])).rows[0];
}

export async function countCases(db: Db, state: CaseSummary['state'], asOf?: number): Promise<CaseCounts> {
  const result = await db.query<{ kind: CaseKind; count: number }>(
    `select kind, count(*) as count from ${tableAt(asOf)} where state = $2 group by kind order by kind`,
    [asOf ?? null, state],
  );
  return Object.fromEntries(result.rows.map(({ kind, count }) => [kind, count]));
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
export function placeOf({ harm, openedAt, id }: CaseRow): string {
  return `${harm ?? LEAST_HARM},${openedAt},${id}`;
}

export function readPlace(text: string): CasePlace {
  const [, harm, openedAt, id] = PLACE.exec(text) ?? [];
  if (harm === undefined || openedAt === undefined || id === undefined || Number.isNaN(Date.parse(openedAt)))
    throw new Refused(
      'search-value',
      '"after" is taken from the "next" of an earlier answer, as it stands there.',
      'after',
    );
  return { harm, openedAt: openedAt as Instant, id };
}
