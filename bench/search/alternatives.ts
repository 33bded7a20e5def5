// Other ways to keep the terms, on the same rows: how long they take to write, how large they get, how long a lookup takes.
import type { Db } from '../../server/src/base/db.ts';
import { stream } from './people.ts';

type Alternative = {
  readonly name: string;
  readonly make: readonly string[];
  readonly insert: string;
  readonly find: string;
};

const NEWEST = 'order by key desc limit 21';
const ALTERNATIVES: readonly Alternative[] = [
  {
    name: 'bigint[] in GIN, fastupdate off',
    make: [
      'create table alt (key bigint primary key, terms bigint[])',
      'create index on alt using gin (terms) with (fastupdate = off)',
    ],
    insert: 'insert into alt select key, terms from alt_source where n between $1 and $2',
    find: `select key from alt where terms @> array[$1::bigint] ${NEWEST}`,
  },
  {
    name: 'bigint[] in GIN, fastupdate on',
    make: [
      'create table alt (key bigint primary key, terms bigint[])',
      'create index on alt using gin (terms) with (fastupdate = on)',
    ],
    insert: 'insert into alt select key, terms from alt_source where n between $1 and $2',
    find: `select key from alt where terms @> array[$1::bigint] ${NEWEST}`,
  },
  {
    name: 'text[] in GIN, fastupdate off',
    make: [
      'create table alt (key bigint primary key, terms text[])',
      'create index on alt using gin (terms) with (fastupdate = off)',
    ],
    insert: `insert into alt select key, array(select 'parameter|http://example.org/system|' || t from unnest(terms) t) from alt_source where n between $1 and $2`,
    find: `select key from alt where terms @> array['parameter|http://example.org/system|' || $1::bigint] ${NEWEST}`,
  },
  {
    name: 'narrow table (term, key), btree',
    make: ['create table alt (term bigint, key bigint, primary key (term, key))', 'create index on alt (key)'],
    insert: 'insert into alt select unnest(terms), key from alt_source where n between $1 and $2',
    find: `select key from alt where term = $1::bigint ${NEWEST}`,
  },
];
const BATCH = 1_000;
const LOOKUPS = 300;

/** Lines to print: one for each alternative. */
export async function alternatives(owner: Db, rows: number): Promise<readonly string[]> {
  await owner.query(
    `create table alt_source as select row_number() over () as n, key, search_terms as terms from (select key, search_terms from resource order by key limit ${rows}) r`,
  );
  await owner.query('create index on alt_source (n)');
  await owner.query('vacuum analyze alt_source');
  const { rows: sample } = await owner.query<{ rare: string; common: string }>(
    `with counted as (select t, count(*) as c from alt_source, unnest(terms) t group by t)
     select (select array_agg(t)::text from (select t from counted where c < 60 order by t limit 300) x) as rare, (select array_agg(t)::text from (select t from counted order by c desc limit 20) x) as common`,
  );
  const lines: string[] = [];
  for (const one of ALTERNATIVES)
    lines.push(await measure(owner, one, { rows, rare: numbers(sample[0]?.rare), common: numbers(sample[0]?.common) }));
  await owner.query('drop table alt_source');
  return lines;
}

function numbers(text: string | undefined): readonly string[] {
  return (text ?? '{}').slice(1, -1).split(',');
}

type Given = { readonly rows: number; readonly rare: readonly string[]; readonly common: readonly string[] };

async function measure(
  owner: Db,
  { name, make, insert, find }: Alternative,
  { rows, rare, common }: Given,
): Promise<string> {
  for (const statement of make) await owner.query(statement);
  const start = performance.now();
  for (let from = 1; from <= rows; from += BATCH) await owner.query(insert, [from, from + BATCH - 1]);
  const perSecond = rows / ((performance.now() - start) / 1_000);
  const pending = await time(owner, find, rare);
  await owner.query('vacuum analyze alt');
  const size = await owner.query<{ heap: number; indexes: number }>(
    `select pg_relation_size('alt') / 1048576.0::float8 as heap, pg_indexes_size('alt') / 1048576.0::float8 as indexes`,
  );
  const [rareTime, commonTime] = [await time(owner, find, rare), await time(owner, find, common)];
  await owner.query('drop table alt');
  const { heap = 0, indexes = 0 } = size.rows[0] ?? {};
  return `${name.padEnd(34)} ${perSecond.toFixed(0).padStart(7)} rows/s  heap ${heap.toFixed(0)} MB, indexes ${indexes.toFixed(0)} MB  rare ${rareTime} ms, common ${commonTime} ms, rare before vacuum ${pending} ms (p50/p95)`;
}

async function time(owner: Db, find: string, terms: readonly string[]): Promise<string> {
  const random = stream(3);
  const took: number[] = [];
  for (let round = 0; round < LOOKUPS; round += 1) {
    const start = performance.now();
    await owner.query(find, [terms[Math.floor(random() * terms.length)]]);
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  return `${took[LOOKUPS / 2]?.toFixed(2)}/${took[Math.floor(LOOKUPS * 0.95)]?.toFixed(2)}`;
}
