// One page of a search, in the order asked for. Each order has the statement that lets an index end it early.
import type { Sql } from '../base/db.ts';
import { type Bind, conditionSql, isMergeable, isRow, keysSql } from './conditions-reader.ts';
import type { Condition, Cursor, SearchRequest, SortKey } from './query.ts';
import type { Found, SearchPage } from './reader.ts';
import { behindSql, keyDescending, type Order, orderOf, rowTable } from './sort-reader.ts';

export type Branch = SearchRequest['branches'][number];
type Page = Pick<SearchPage, 'matches' | 'next'>;
type Sorted = Found & { readonly [key: `k${number}`]: string | number | null };
type Asked = { readonly branches: readonly Branch[]; readonly limit: number; readonly after: Cursor | undefined };

export async function readPage(sql: Sql, request: SearchRequest, branches: readonly Branch[]): Promise<Page> {
  if (branches.length === 0) return { matches: [], next: undefined };
  const asked = { branches, limit: request.count + 1, after: request.after };
  const few = request.sort.length === 0 ? fewOf(branches) : undefined;
  const [only, ...others] = request.sort;
  const walk = others.length === 0 && only !== undefined ? walkOf(only, branches) : undefined;
  const rows =
    few !== undefined
      ? await readFew(sql, few, asked)
      : walk === undefined
        ? await readSorted(sql, request.sort, asked)
        : await readWalk(sql, walk, asked);
  const matches = rows.slice(0, request.count);
  const last = matches.at(-1);
  if (rows.length <= request.count || last === undefined) return { matches, next: undefined };
  return { matches, next: { values: request.sort.map((_, index) => last[`k${index}`] ?? null), key: last.key } };
}

/** Conditions of a plan that is made once: more of them, or of their values, are planned for what they are. */
const CONDITIONS_MAX = 5;
const TEXTS_MAX = 2;
/** So few begin with as many letters that all of them may be looked up; of a single letter the newest are looked through. */
const LETTERS_MIN = 3;

type Few = {
  readonly type: string;
  /** What the index finds together: of each condition one term, or terms that few have. */
  readonly found: readonly Condition[];
  /** What is asked of each that was found: alternatives that many have, and dates. */
  readonly left: readonly Condition[];
};

/** A search by terms, some of which few resources have, and by dates. */
function fewOf([only, ...others]: readonly Branch[]): Few | undefined {
  const [type] = only?.types ?? [];
  if (only === undefined || type === undefined || others.length > 0 || only.types.length > 1) return undefined;
  const of = only.where.kind === 'all' ? only.where.of : [only.where];
  const isFew = of.some((one) => one.kind === 'terms' && one.few === true);
  if (!isFew || of.length > CONDITIONS_MAX || !of.every((one) => one.kind === 'terms' || isMergeable(one)))
    return undefined;
  const isFound = (one: Condition) => one.kind === 'terms' && (one.few === true || one.terms.length === 1);
  return { type, found: of.filter(isFound), left: of.filter((one) => !isFound(one)) };
}

/**
 * All that the terms find, and of that the newest. The type is not compared in a form that an index has: whatever the table was like
 * when the plan was made, the terms are the way.
 */
async function readFew(sql: Sql, { type, found, left }: Few, { limit, after }: Asked): Promise<readonly Sorted[]> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const behind = after === undefined ? '' : ` and r.key < ${bind(after.key)}::bigint`;
  const terms = left.length === 0 ? '' : ', r.search_terms';
  const few = `select r.type, r.id, r.version, r.key${terms} from resource r
    where ${conditionSql({ kind: 'all', of: found }, { alias: 'r', bind })} and r.type || '' = ${bind(type)} and not r.deleted${behind}`;
  const such =
    left.length === 0 ? '' : ` where ${conditionSql({ kind: 'all', of: left }, { alias: 'f', bind, few: true })}`;
  const newest = `select * from few f${such} order by key desc limit ${bind(limit)}`;
  const text = `with few as materialized (${few}) ${withContent(newest, 0, 'p.key desc')}`;
  return (await sql.query<Sorted>(text, values, { byKey: true })).rows;
}

async function readSorted(sql: Sql, sort: readonly SortKey[], asked: Asked): Promise<readonly Sorted[]> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const orders = sort.map((key) => orderOf(key, bind));
  const limit = bind(asked.limit);
  const selects = asked.branches.map((branch) => branchSql(branch, { orders, limit, bind, after: asked.after }));
  const order = orderBy(orders, (index) => `p.k${index}`, 'p.key');
  const all = selects.map((one) => `(${one})`).join(' union all ');
  const some = selects.length === 1 ? (selects[0] ?? '') : `select * from (${all}) p order by ${order} limit ${limit}`;
  const how = { byKey: orders.length === 0 && asked.branches.every(isByText) && asked.branches.length === 1 };
  const { rows } = await sql.query<Sorted>(withContent(some, orders.length, order), values, how);
  return rows;
}

/** By how a text begins or what it is: there is one index that leads to it, and from there keys do. */
function isByText({ where }: Branch): boolean {
  const isOrdered = where.kind === 'strings' && (where.match === 'starts' || where.match === 'equals');
  return isOrdered && where.values.length <= TEXTS_MAX && where.values.every((text) => text.length >= LETTERS_MIN);
}

/** Adds the stored text to rows found. */
function withContent(found: string, keys: number, order: string): string {
  const names = Array.from({ length: keys }, (_, index) => `, p.k${index}`).join('');
  return `select v.type, v.id, v.version, v.at, v.text, p.key${names} from (${found}) p
    join version v on v.type = p.type and v.id = p.id and v.version = p.version order by ${order}`;
}

type Around = {
  readonly orders: readonly Order[];
  readonly limit: string;
  readonly bind: Bind;
  readonly after: Cursor | undefined;
};

function branchSql({ types, where }: Branch, { orders, limit, bind, after }: Around): string {
  // A parameter is of one type, and nothing finds what is deleted: the newest keys alone are looked up.
  if (orders.length === 0 && isRow(where)) {
    const behind = after === undefined ? '' : ` where x.key < ${bind(after.key)}::bigint`;
    return `select r.type, r.id, r.version, r.key from (select distinct x.key from (${keysSql(where, bind)}) x${behind} order by x.key desc limit ${limit}) x
      join resource r on r.key = x.key`;
  }
  const columns = orders.map((order, index) => `, ${order.sql} as k${index}`).join('');
  const conditions = [typeSql(types, bind), 'not r.deleted', conditionSql(where, { alias: 'r', bind })];
  if (after !== undefined) conditions.push(behindSql(orders, after, bind));
  const order = orderBy(
    orders,
    (index) => (orders[index]?.sql === 'r.updated_at' ? 'r.updated_at' : `k${index}`),
    'r.key',
  );
  return `select r.type, r.id, r.version, r.key${columns} from resource r where ${conditions.join(' and ')} order by ${order} limit ${limit}`;
}

export function typeSql(types: readonly string[], bind: Bind): string {
  if (types.length === 0) return 'true';
  return types.length === 1 ? `r.type = ${bind(types[0])}` : `r.type = any(${bind(types)}::text[])`;
}

function orderBy(orders: readonly Order[], name: (index: number) => string, key: string): string {
  const keys = orders.map(({ descending, sql }, index) => {
    // The time is never missing; saying so would keep an index from being used.
    const nulls = sql === 'r.updated_at' ? '' : ' nulls last';
    return `${name(index)}${descending ? ' desc' : ''}${nulls}`;
  });
  return [...keys, `${key}${keyDescending(orders) ? ' desc' : ''}`].join(', ');
}

/** A sort by one parameter whose values stand in order in an index. */
type Walk = { readonly branch: Branch; readonly key: SortKey; readonly param: number } & ReturnType<typeof rowTable>;

function walkOf(key: SortKey, branches: readonly Branch[]): Walk | undefined {
  const [branch, ...others] = branches;
  if (branch === undefined || others.length > 0 || branch.types.length > 1) return undefined;
  if (key.kind !== 'strings' && key.kind !== 'dates' && key.kind !== 'numbers') return undefined;
  const [param, ...more] = key.params;
  return param === undefined || more.length > 0 ? undefined : { branch, key, param, ...rowTable(key) };
}

/** First along the index of the values; then, when those are through, what has none. */
async function readWalk(sql: Sql, walk: Walk, asked: Asked): Promise<readonly Sorted[]> {
  const { after } = asked;
  const inValues = after === undefined || after.values[0] !== null;
  const valued = inValues ? await readValued(sql, walk, asked) : [];
  if (valued.length >= asked.limit) return valued;
  const rest = { ...asked, limit: asked.limit - valued.length, after: inValues ? undefined : after };
  return [...valued, ...(await readValueless(sql, walk, rest))];
}

async function readValued(sql: Sql, walk: Walk, { limit, after }: Asked): Promise<readonly Sorted[]> {
  const { table, column, cast, edge, key, branch, param } = walk;
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const conditions = [
    `s.param = ${bind(param)}::smallint and s.edge & ${edge} <> 0 and not r.deleted`,
    conditionSql(branch.where, { alias: 'r', bind }),
  ];
  const beyond = key.descending ? '<' : '>';
  if (after !== undefined)
    conditions.push(`(s.${column}, s.key) ${beyond} (${bind(after.values[0])}::${cast}, ${bind(after.key)}::bigint)`);
  const direction = key.descending ? ' desc' : '';
  const found = `select r.type, r.id, r.version, r.key, s.${column} as k0 from ${table} s join resource r on r.key = s.key
    where ${conditions.join(' and ')} order by s.${column}${direction}, s.key${direction} limit ${bind(limit)}`;
  return (await sql.query<Sorted>(withContent(found, 1, `p.k0${direction}, p.key${direction}`), values)).rows;
}

async function readValueless(sql: Sql, walk: Walk, { limit, after }: Asked): Promise<readonly Sorted[]> {
  const { table, key, branch, param } = walk;
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const conditions = [
    ...[typeSql(branch.types, bind), 'not r.deleted', conditionSql(branch.where, { alias: 'r', bind })],
    `not exists (select 1 from ${table} s where s.key = r.key and s.param = ${bind(param)}::smallint)`,
  ];
  if (after !== undefined) conditions.push(`r.key ${key.descending ? '<' : '>'} ${bind(after.key)}::bigint`);
  const direction = key.descending ? ' desc' : '';
  const found = `select r.type, r.id, r.version, r.key, null as k0 from resource r where ${conditions.join(' and ')} order by r.key${direction} limit ${bind(limit)}`;
  return (await sql.query<Sorted>(withContent(found, 1, `p.key${direction}`), values)).rows;
}
