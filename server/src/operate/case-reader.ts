// Reads of cases: page by page, one by its id, and how many there are of each kind.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import type { StateReason } from '../intake/types.ts';
import type { Score } from '../pipeline/types.ts';
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
  readonly after: CasePlace | undefined;
  readonly limit: number;
};
/** Where a page ended: what cases are ordered by. */
export type CasePlace = { readonly harm: string; readonly openedAt: Instant; readonly id: string };

const COLUMNS = `id, kind, state, harm, opened_at as "openedAt", opened_by as "openedBy", array(select 'Patient/' || p from unnest(persons) p) as persons,
  element, receipt, competing_set as "competingSet", detail, (select created_at from installation) as "madeAt"`;
const LEAST_HARM = 'H0';
const PLACE = /^(H\d),(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),(.{1,200})$/;

/** A page of cases. Open ones: the gravest first, and of those the oldest. Closed ones: the newest first. */
export async function readCases(db: Db, { state, kind, after, limit }: CaseFilter): Promise<readonly CaseRow[]> {
  const harm = `coalesce(harm, '${LEAST_HARM}')`;
  const beyond =
    state === 'open'
      ? `(${harm} < $3 or (${harm} = $3 and (opened_at, id) > ($4::timestamptz, $5)))`
      : `($3::text is not null and (opened_at, id) < ($4::timestamptz, $5))`;
  const order = state === 'open' ? `${harm} desc, opened_at, id` : 'opened_at desc, id desc';
  const result = await db.query<CaseRow>(
    `select ${COLUMNS} from case_file
     where state = $1 and ($2::text is null or kind = $2) and ($3::text is null or ${beyond}) order by ${order} limit $6`,
    [state, kind ?? null, after?.harm ?? null, after?.openedAt ?? null, after?.id ?? null, limit],
  );
  return result.rows;
}

export async function readCase(db: Db, id: string): Promise<CaseRow | undefined> {
  return (await db.query<CaseRow>(`select ${COLUMNS} from case_file where id = $1`, [id])).rows[0];
}

export async function countCases(db: Db, state: CaseSummary['state']): Promise<CaseCounts> {
  const result = await db.query<{ kind: CaseKind; count: number }>(
    'select kind, count(*) as count from case_file where state = $1 group by kind',
    [state],
  );
  return Object.fromEntries(result.rows.map(({ kind, count }) => [kind, count]));
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
