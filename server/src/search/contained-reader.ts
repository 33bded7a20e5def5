// A page of contained resources that are answered with by themselves, alone or among whole ones: `_containedType=contained`.
import type { Sql } from '../base/db.ts';
import { isObject, type JsonObject, parseFaithful } from '../base/json.ts';
import { type Bind, conditionSql, containedSql } from './conditions-reader.ts';
import { list } from './leaves/place.ts';
import { typeSql } from './page-reader.ts';
import type { Condition, Cursor, SearchRequest } from './query.ts';
import type { Found, SearchPage } from './reader.ts';

/** Of a search for contained resources: those, and the whole ones asked for beside them. */
export type ContainedSearch = {
  readonly type: string;
  readonly where: Condition;
  readonly branches: SearchRequest['branches'];
};
type Row = Omit<Found, 'contained'> & { readonly place: number; readonly local: string | null };
/** `key` and `place` are the columns that it is ordered by. */
type Select = { readonly sql: string; readonly key: string; readonly place: string };

/** Newest containers first, and what each contains in its own order: the same as of any moment, whenever it was indexed. */
export async function readContainedPage(
  sql: Sql,
  asked: ContainedSearch,
  { count, after }: { readonly count: number; readonly after: Cursor | undefined },
): Promise<Pick<SearchPage, 'matches' | 'next'>> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const limit = bind(count + 1);
  const selects = selectsOf(asked, bind).map((one) => {
    const behind =
      after === undefined
        ? 'true'
        : `(${one.key}, -(${one.place})) < (${bind(after.key)}::bigint, -${bind(after.values[0])}::int)`;
    return `(${one.sql} and ${behind} order by key desc, place limit ${limit})`;
  });
  const { rows } = await sql.query<Row>(
    `select v.type, v.id, v.version, v.at, v.text, p.key, p.place, p.local
     from (select * from (${selects.join(' union all ')}) p order by p.key desc, p.place limit ${limit}) p
     join version v on v.type = p.type and v.id = p.id and v.version = p.version order by p.key desc, p.place`,
    values,
  );
  const shown = rows.slice(0, count);
  const last = shown.at(-1);
  const next = rows.length <= count || last === undefined ? undefined : { values: [last.place], key: last.key };
  return { matches: shown.map(foundOf), next };
}

export async function countContained(sql: Sql, asked: ContainedSearch): Promise<number | undefined> {
  const values: unknown[] = [];
  const selects = selectsOf(asked, (value) => `$${values.push(value)}`).map((one) => one.sql);
  const { rows } = await sql.query<{ total: number }>(
    `select count(*) as total from (${selects.join(' union all ')}) p`,
    values,
  );
  return rows[0]?.total;
}

function selectsOf({ type, where, branches }: ContainedSearch, bind: Bind): readonly Select[] {
  const contained = {
    sql: `select r.type, r.id, r.version, c.container as key, c.place, c.id as local from search_contained c join resource r on r.key = c.container
      where not r.deleted and ${containedSql({ type, where }, bind)}`,
    key: 'c.container',
    place: 'c.place',
  };
  const whole = branches.map((branch) => ({
    sql: `select r.type, r.id, r.version, r.key, -1 as place, null as local from resource r
      where ${typeSql(branch.types, bind)} and not r.deleted and ${conditionSql(branch.where, { alias: 'r', bind })}`,
    key: 'r.key',
    place: '-1',
  }));
  return [contained, ...whole];
}

function foundOf({ local, place: _place, ...row }: Row): Found {
  if (local === null) return row;
  const container = parseFaithful(row.text) as JsonObject;
  const inner = list(container['contained']).find((one) => isObject(one) && one['id'] === local);
  return { ...row, text: JSON.stringify(inner), contained: local };
}
