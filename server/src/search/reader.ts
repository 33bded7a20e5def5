// Runs searches: a page, its total, and what it includes. Content goes from the row to the wire without being parsed.
import type { Db, Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { mergeBranches } from './branches.ts';
import { type Bind, conditionSql } from './conditions-reader.ts';
import { readIncluded } from './include-reader.ts';
import { type Branch, readPage, typeSql } from './page-reader.ts';
import type { Condition, Cursor, SearchRequest } from './query.ts';
import { malformed } from './refuse.ts';
import { resolve } from './resolve-reader.ts';

/** One version as stored: its text is served byte for byte. */
export type Found = {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly text: string;
  readonly key: number;
};
export type SearchPage = {
  readonly matches: readonly Found[];
  readonly included: readonly Found[];
  /** True when more was to be included than a page may hold. */
  readonly includedCut: boolean;
  /** Undefined when the request did not ask for it. */
  readonly total: number | undefined;
  readonly next: Cursor | undefined;
};

/** A search that needs longer than this is refused. */
const SEARCH_TIME_MAX_MS = 8_000;
const CANCELLED = '57014';
/** Data that does not fit its type: here, values of a cursor that somebody wrote. */
const MISFIT = /^22/;

/** `timeMaxMs`: a search that needs longer is refused with `search-cost`. */
export async function search(
  db: Db,
  request: SearchRequest,
  { timeMaxMs = SEARCH_TIME_MAX_MS }: { timeMaxMs?: number } = {},
): Promise<SearchPage> {
  const work = (sql: Sql) => searchOn(sql, request);
  if (request.after !== undefined) return withCursor(() => limited(db, work, timeMaxMs));
  // A limit of time costs three more round trips, so that what an index surely answers goes without.
  if (request.branches.every(({ where }) => isSelective(where)) && request.sort.every((key) => key.kind === 'updated'))
    return work(db);
  return limited(db, work, timeMaxMs);
}

/** A cursor is handed out and comes back; what it holds is known to fit only by trying. */
async function withCursor<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && MISFIT.test(String(error.code)))
      throw malformed('_after', 'the cursor of a next link, unchanged');
    throw error;
  }
}

/** Runs `work` with a limit of time. Throws `Refused` when it was reached. */
async function limited<T>(db: Db, work: (sql: Sql) => Promise<T>, timeMaxMs: number): Promise<T> {
  try {
    return await db.transaction(async (tx) => {
      await tx.query(`set local statement_timeout = ${Math.trunc(timeMaxMs)}`);
      return work(tx);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CANCELLED)
      throw new Refused(
        'search-cost',
        `This search was stopped after ${timeMaxMs / 1_000} seconds, as it has to look through too much. Add a parameter that narrows it, such as a patient, a code or a date.`,
      );
    throw error;
  }
}

function isSelective(where: Condition): boolean {
  if (where.kind === 'all')
    return where.of.some((one) => one.kind === 'terms' || one.kind === 'patients') && where.of.every(isCheap);
  return where.kind === 'terms' || where.kind === 'patients' || where.kind === 'ids' || where.kind === 'always';
}

function isCheap({ kind }: Condition): boolean {
  return (
    kind === 'terms' ||
    kind === 'patients' ||
    kind === 'ids' ||
    kind === 'present' ||
    kind === 'updated' ||
    kind === 'dates'
  );
}

async function searchOn(sql: Sql, request: SearchRequest): Promise<SearchPage> {
  const branches: Branch[] = [];
  for (const { types, where } of mergeBranches(request.branches)) {
    const resolved = await resolve(sql, where);
    if (resolved.kind !== 'never') branches.push({ types, where: resolved });
  }
  const { matches, next } =
    request.count === 0 ? { matches: [], next: undefined } : await readPage(sql, request, branches);
  const whole = request.count > 0 && next === undefined && request.after === undefined;
  const total = whole ? matches.length : await readTotal(sql, request, branches);
  const { included, cut } = await readIncluded(sql, request, matches);
  return { matches, included, includedCut: cut, total, next };
}

async function readTotal(
  sql: Sql,
  { total, count }: SearchRequest,
  branches: readonly Branch[],
): Promise<number | undefined> {
  if (total === 'none' && count > 0) return undefined;
  if (branches.length === 0) return 0;
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const selects = branches.map(
    ({ types, where }) =>
      `select r.key from resource r where ${typeSql(types, bind)} and not r.deleted and ${conditionSql(where, { alias: 'r', bind })}`,
  );
  const all = selects.join(' union all ');
  if (total === 'estimate' && count > 0) {
    const { rows } = await sql.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
      `explain (format json) ${all}`,
      values,
    );
    return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'];
  }
  const { rows } = await sql.query<{ total: number }>(`select count(*) as total from (${all}) r`, values);
  return rows[0]?.total;
}
