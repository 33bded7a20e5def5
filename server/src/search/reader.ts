// Runs searches: a page, its total, and what it includes. Content goes from the row to the wire without being parsed.
import type { Db, Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { mergeBranches } from './branches.ts';
import { type Bind, conditionSql } from './conditions-reader.ts';
import { countContained, readContainedPage } from './contained-reader.ts';
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
  /** A contained resource answered with by itself: its id in the resource that type, id and version name. */
  readonly contained?: string;
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

/** A statement of a search that needs longer than this is ended, and the search refused: the limit of the connections that it reads by. */
export const SEARCH_TIME_MAX_MS = 8_000;
const CANCELLED = '57014';
/** Data that does not fit its type: here, values of a cursor that somebody wrote. */
const MISFIT = /^22/;

/**
 * `timeMaxMs`: a limit of its own, by which a search is refused with `search-cost`. Where the connections of `db` have none, every search
 * but those that an index surely answers needs one: it costs three round trips.
 */
export async function search(
  db: Db,
  request: SearchRequest,
  { timeMaxMs = db.timeMaxMs === undefined ? SEARCH_TIME_MAX_MS : undefined }: { timeMaxMs?: number } = {},
): Promise<SearchPage> {
  const limitMs = timeMaxMs ?? db.timeMaxMs ?? SEARCH_TIME_MAX_MS;
  const work = (sql: Sql) => searchOn(within(sql, limitMs), request);
  const isFree = timeMaxMs === undefined || (db.timeMaxMs === undefined && isSurelyCheap(request));
  const run = () => refusing(() => (isFree ? work(db) : limited(db, work, limitMs)), limitMs);
  return request.after === undefined ? run() : withCursor(run);
}

/** Statements that are each within the limit must not add up to many times it. */
function within(sql: Sql, limitMs: number): Sql {
  const until = performance.now() + limitMs;
  return {
    query: (text, values, how) => {
      if (performance.now() > until) throw tooLong(limitMs);
      return sql.query(text, values, how);
    },
  };
}

function tooLong(limitMs: number): Refused {
  return new Refused(
    'search-cost',
    `This search was stopped after ${limitMs / 1_000} seconds, as it has to look through too much. Add a parameter that narrows it, such as a patient, a code or a date.`,
  );
}

function isSurelyCheap({ branches, sort, contained, after }: SearchRequest): boolean {
  const isOrdered = sort.every((key) => key.kind === 'updated');
  return (
    contained === undefined && after === undefined && isOrdered && branches.every(({ where }) => isSelective(where))
  );
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

function limited<T>(db: Db, work: (sql: Sql) => Promise<T>, timeMaxMs: number): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${Math.trunc(timeMaxMs)}`);
    return work(tx);
  });
}

/** A statement that the limit of time ended is a refusal of the search. */
async function refusing<T>(work: () => Promise<T>, timeMaxMs: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CANCELLED) throw tooLong(timeMaxMs);
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
  if (request.contained !== undefined) return searchContained(sql, request, branches);
  const { matches, next } =
    request.count === 0 ? { matches: [], next: undefined } : await readPage(sql, request, branches);
  const whole = request.count > 0 && next === undefined && request.after === undefined;
  const total = whole ? matches.length : await readTotal(sql, request, branches);
  const { included, cut } = await readIncluded(sql, request, matches);
  return { matches, included, includedCut: cut, total, next };
}

async function searchContained(sql: Sql, request: SearchRequest, branches: readonly Branch[]): Promise<SearchPage> {
  const { type = '', where = { kind: 'never' } } = request.contained ?? {};
  const asked = { type, where: await resolve(sql, where, 'contained'), branches };
  const page = request.count === 0 ? { matches: [], next: undefined } : await readContainedPage(sql, asked, request);
  const isCounted = request.total !== 'none' || request.count === 0;
  const whole = request.count > 0 && page.next === undefined && request.after === undefined;
  const total = whole ? page.matches.length : isCounted ? await countContained(sql, asked) : undefined;
  return { ...page, included: [], includedCut: false, total };
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
