// Runs searches: a page, its total, and what it includes. Content goes from the row to the wire without being parsed.
import type { Db, Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { type Bind, conditionSql } from './conditions-reader.ts';
import { readIncluded } from './include-reader.ts';
import type { Condition, Cursor, SearchRequest } from './query.ts';
import { resolve } from './resolve-reader.ts';
import { behindSql, keyDescending, NEWEST, type Order, orderOf } from './sort-reader.ts';

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

type Branch = SearchRequest['branches'][number];

export async function search(db: Db, request: SearchRequest): Promise<SearchPage> {
  const work = (sql: Sql) => searchOn(sql, request);
  // A limit of time costs three more round trips, so that what an index surely answers goes without.
  if (request.branches.every(({ where }) => isSelective(where)) && request.sort.every((key) => key.kind === 'updated'))
    return work(db);
  return limited(db, work);
}

/** Runs `work` with a limit of time. Throws `Refused` when it was reached. */
async function limited<T>(db: Db, work: (sql: Sql) => Promise<T>): Promise<T> {
  try {
    return await db.transaction(async (tx) => {
      await tx.query(`set local statement_timeout = ${SEARCH_TIME_MAX_MS}`);
      return work(tx);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CANCELLED)
      throw new Refused(
        'search-cost',
        `This search was stopped after ${SEARCH_TIME_MAX_MS / 1_000} seconds, as it has to look through too much. Add a parameter that narrows it, such as a patient, a code or a date.`,
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
  for (const { type, where } of request.branches) {
    const resolved = await resolve(sql, where);
    if (resolved.kind !== 'never') branches.push({ type, where: resolved });
  }
  const { matches, next } =
    request.count === 0 ? { matches: [], next: undefined } : await readPage(sql, request, branches);
  const whole = request.count > 0 && next === undefined && request.after === undefined;
  const total = whole ? matches.length : await readTotal(sql, request, branches);
  const { included, cut } = await readIncluded(sql, request, matches);
  return { matches, included, includedCut: cut, total, next };
}

type Page = Pick<SearchPage, 'matches' | 'next'>;
type Sorted = Found & { readonly [key: `k${number}`]: string | number | null };

async function readPage(sql: Sql, request: SearchRequest, branches: readonly Branch[]): Promise<Page> {
  if (branches.length === 0) return { matches: [], next: undefined };
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const orders = (request.sort.length === 0 ? [NEWEST] : request.sort).map((key) => orderOf(key, bind));
  const limit = bind(request.count + 1);
  const selects = branches.map((branch) => branchSql(branch, { orders, limit, bind, after: request.after }));
  const names = orders.map((_, index) => `k${index}`);
  const order = orderBy(orders, (index) => `p.k${index}`, 'p.key');
  const { rows } = await sql.query<Sorted>(
    `select v.type, v.id, v.version, v.at, v.text, p.key${names.map((name) => `, p.${name}`).join('')}
     from (${selects.length === 1 ? selects[0] : `select * from (${selects.map((one) => `(${one})`).join(' union all ')}) p order by ${order} limit ${limit}`}) p
     join version v on v.type = p.type and v.id = p.id and v.version = p.version order by ${order}`,
    values,
  );
  const matches = rows.slice(0, request.count);
  const last = matches.at(-1);
  if (rows.length <= request.count || last === undefined) return { matches, next: undefined };
  return { matches, next: { values: orders.map((_, index) => last[`k${index}`] ?? null), key: last.key } };
}

type Around = {
  readonly orders: readonly Order[];
  readonly limit: string;
  readonly bind: Bind;
  readonly after: Cursor | undefined;
};

function branchSql({ type, where }: Branch, { orders, limit, bind, after }: Around): string {
  const columns = orders.map((order, index) => `, ${order.sql} as k${index}`).join('');
  const conditions = [`r.type = ${bind(type)}`, 'not r.deleted', conditionSql(where, { alias: 'r', type, bind })];
  if (after !== undefined) conditions.push(behindSql(orders, after, bind));
  const order = orderBy(
    orders,
    (index) => (orders[index]?.sql === 'r.updated_at' ? 'r.updated_at' : `k${index}`),
    'r.key',
  );
  return `select r.type, r.id, r.version, r.key${columns} from resource r where ${conditions.join(' and ')} order by ${order} limit ${limit}`;
}

function orderBy(orders: readonly Order[], name: (index: number) => string, key: string): string {
  const keys = orders.map(({ descending, sql }, index) => {
    // Neither time nor id is ever missing; saying so would keep an index from being used.
    const nulls = sql === 'r.updated_at' ? '' : ' nulls last';
    return `${name(index)}${descending ? ' desc' : ''}${nulls}`;
  });
  return [...keys, `${key}${keyDescending(orders) ? ' desc' : ''}`].join(', ');
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
    ({ type, where }) =>
      `select r.key from resource r where r.type = ${bind(type)} and not r.deleted and ${conditionSql(where, { alias: 'r', type, bind })}`,
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
