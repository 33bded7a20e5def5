// Searches as of a ledger size: what was changed since is indexed anew as it was then and laid over the tables, for one transaction,
// and the same search runs on that. Why: docs/adr/0012-as-of-search.md.
import type { Db, Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { bigints } from './conditions-reader.ts';
import type { CustomTable } from './custom.ts';
import { readCustom } from './custom-reader.ts';
import { hash64 } from './hash.ts';
import { emptyEntries, indexEntries } from './index-entries.ts';
import { type Scope, scopeOf } from './past.ts';
import type { SearchRequest } from './query.ts';
import { type SearchPage, search } from './reader.ts';
import type { IndexEntries } from './types.ts';
import { presentText, termsText, writeIndex } from './writer.ts';

export type PersonThen = { readonly id: string; readonly person: string };
export type Past = {
  /** Ledger size. */
  readonly size: number;
  /** Subjects that belonged to another person then than now. */
  readonly persons: (sql: Sql) => Promise<readonly PersonThen[]>;
  /** All ids that were ever linked with these patients, and these. */
  readonly everLinked: (sql: Sql, ids: readonly string[]) => Promise<readonly string[]>;
  /** The only types that are kept of what is included; undefined: all. */
  readonly included?: readonly string[];
};

/** So many resources that were changed since are indexed anew for one search. */
const CHANGED_MAX = 20_000;
const BATCH = 2_000;
const TIME_MAX_MS = 8_000;
const CANCELLED = '57014';
const TABLES = ['search_string', 'search_date', 'search_number', 'search_quantity', 'search_reference', 'search_part'];
const RESOURCE = 'home, type, id, version, updated_at, subject, deleted, key, search_terms, search_present';
/** The signpost that a person leaves who became part of another: it is found by nothing but its type. */
const SIGNPOST =
  /^\{"resourceType":"Patient",[^[]*"active":false,"link":\[\{"other":\{"reference":"Patient\/[^"]+"\},"type":"replaced-by"\}\]\}$/;

/** The page that the search would have given then. Throws `Refused('search-cost')` where too much was changed since. */
export async function searchPast(db: Db, request: SearchRequest, past: Past): Promise<SearchPage> {
  // An estimate is the planner's, and would change with every write.
  const asked: SearchRequest = { ...request, total: request.total === 'estimate' ? 'accurate' : request.total };
  try {
    return await db.transaction(async (tx) => {
      // One view of the store: what is laid over the tables must be all that differs from them.
      await tx.query('set transaction isolation level repeatable read');
      await tx.query(`set local statement_timeout = ${TIME_MAX_MS}`);
      await layPast(tx, scopeOf(asked, past.included), past);
      return search(within(tx), asked);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === CANCELLED) throw tooMuch();
    throw error;
  }
}

function tooMuch(): Refused {
  return new Refused(
    'search-cost',
    `Too much was changed since then to be searched as it was (more than ${CHANGED_MAX} resources of these types). Add a patient or an id, ask for fewer types, or for a later moment.`,
    '_asOf',
  );
}

/** The transaction as a database, for what opens transactions of its own. */
function within(tx: Sql): Db {
  return {
    query: (text, values, how) => tx.query(text, values, how),
    transaction: (work) => work(tx, () => Promise.resolve()),
    each: async (text, values, see) => {
      for (const row of (await tx.query(text, values)).rows) see(row as Parameters<typeof see>[0]);
    },
    session: (work) => work(tx),
    close: () => Promise.resolve(),
  };
}

async function layPast(tx: Sql, scope: Scope, past: Past): Promise<void> {
  await tx.query(`do $$ begin
    create temp table past_changed (key bigint primary key, type text, id text) on commit drop;
    create temp table past_subject (id text primary key, person text) on commit drop;
    create temp table past_resource (like vouch.resource) on commit drop;
    ${[...TABLES, 'search_word'].map((table) => `create temp table ${table} (like vouch.${table}) on commit drop;`).join('\n')}
    create temp table search_contained (like vouch.search_contained including defaults, unique (container, place)) on commit drop;
  end $$`);
  const persons = await past.persons(tx);
  await tx.query('insert into past_subject select * from unnest($1::text[], $2::text[])', [
    persons.map((one) => one.id),
    persons.map((one) => one.person),
  ]);
  if ((await findChanged(tx, scope, past)) > CHANGED_MAX) throw tooMuch();
  await indexPast(tx, past.size);
  await tx.query(`do $$ begin
    ${TABLES.map((table) => overlaySql(table, 'where not exists (select 1 from past_changed c where c.key = s.key)')).join('\n')}
    ${overlaySql('search_contained', 'where not exists (select 1 from past_changed c where c.key = s.container)')}
    -- Words that nobody has any more have left the dictionary.
    ${overlaySql('search_word', '')}
    create temp view resource as select ${RESOURCE} from vouch.resource r where not exists (select 1 from past_changed c where c.key = r.key)
      union all select ${RESOURCE} from past_resource;
    create temp view subject as select id, person from vouch.subject s where not exists (select 1 from past_subject p where p.id = s.id)
      union all select id, person from past_subject;
    create temp view search_text as select s.* from vouch.search_text s where not exists (select 1 from past_changed c where c.key = s.key)
      union all select r.key, r.version, search_narrative(v.text), search_content(v.text) from past_resource r
        join version v on v.type = r.type and v.id = r.id and v.version = r.version;
  end $$`);
}

/** A view of the table's own name: names are looked for among what is temporary first. */
function overlaySql(table: string, where: string): string {
  return `alter table pg_temp.${table} rename to past_${table};
    create temp view ${table} as select s.* from vouch.${table} s ${where} union all select * from past_${table};`;
}

/** Lists what was changed since, as far as the search can meet it. Returns how much it is, up to one beyond the limit. */
async function findChanged(tx: Sql, { types, narrow, contained }: Scope, past: Past): Promise<number> {
  const { size, everLinked } = past;
  const whole = await tx.query(
    `insert into past_changed select r.key, r.type, r.id
     from (select type, id from version where index > $1 and type = any($2::text[]) group by type, id limit ${CHANGED_MAX + 1}) c
     join vouch.resource r on r.type = c.type and r.id = c.id`,
    [size, types],
  );
  let count = whole.rowCount + (await findContainers(tx, contained, size));
  for (const one of narrow) {
    const patients = one.patients.length === 0 ? [] : await everLinked(tx, one.patients);
    const terms = one.seeds.flatMap((seed) => patients.map((id) => hash64(seed, `Patient/${id}`)));
    const found = await tx.query(
      `insert into past_changed select key, type, id from (
         select key, type, id from vouch.resource where type = any($2::text[]) and search_terms && $3::bigint[]
         union select key, type, id from vouch.resource where type = any($2::text[]) and id = any($4::text[])
         union select r.key, r.type, r.id from search_reference_past p join vouch.resource r on r.key = p.key
           where p.target = any($5::text[]) and r.type = any($2::text[])) r
       where exists (select 1 from version v where v.type = r.type and v.id = r.id and v.index > $1) limit ${CHANGED_MAX + 1}
       on conflict do nothing`,
      [
        size,
        one.types,
        bigints(terms),
        [...one.ids, ...(one.ids.length === 0 ? [] : patients)],
        patients.map((id) => `Patient/${id}`),
      ],
    );
    count += found.rowCount;
  }
  return count;
}

/** What contains such a resource now, or had contained resources then, whatever its own type. */
async function findContainers(tx: Sql, contained: readonly string[], size: number): Promise<number> {
  if (contained.length === 0) return 0;
  const { rowCount } = await tx.query(
    `insert into past_changed select r.key, r.type, r.id
     from (select distinct type, id from version where index > $1) c
     join vouch.resource r on r.type = c.type and r.id = c.id
     left join lateral (select text, deleted from version where type = c.type and id = c.id and index <= $1 order by version desc limit 1) v on true
     where exists (select 1 from vouch.search_contained s where s.container = r.key and s.type = any($2::text[]))
       or (not v.deleted and v.text ~ '"contained"\\s*:') limit ${CHANGED_MAX + 1}
     on conflict do nothing`,
    [size, contained],
  );
  return rowCount;
}

type Then = { readonly key: number; readonly type: string; readonly text: string };

/** Gives what was there then its place, and what finds it. */
async function indexPast(tx: Sql, size: number): Promise<void> {
  const custom = await readCustom(tx);
  for (let after = -1, rows: readonly Then[] = []; ; after = rows.at(-1)?.key ?? after) {
    ({ rows } = await tx.query<Then>(
      `select c.key, c.type, v.text from past_changed c
       join lateral (select text, deleted from version where type = c.type and id = c.id and index <= $1 order by version desc limit 1) v on true
       where c.key > $2 and not v.deleted order by c.key limit ${BATCH}`,
      [size, after],
    ));
    if (rows.length === 0) return;
    const indexed = rows.map((row) => ({ key: row.key, isNew: true, entries: entriesOf(custom, row) }));
    await tx.query(
      `insert into past_resource (${RESOURCE})
       select r.home, r.type, r.id, v.version, v.at, r.subject, false, r.key, given.terms::bigint[], given.present::bigint
       from unnest($1::bigint[], $2::text[], $3::text[]) as given (key, terms, present) join vouch.resource r on r.key = given.key
       join lateral (select version, at from version where type = r.type and id = r.id and index <= $4 order by version desc limit 1) v on true`,
      [
        indexed.map((one) => one.key),
        indexed.map((one) => termsText(one.entries)),
        indexed.map((one) => presentText(one.entries)),
        size,
      ],
    );
    await writeIndex(tx, indexed);
  }
}

function entriesOf(custom: CustomTable, { type, text }: Then): IndexEntries {
  return SIGNPOST.test(text) ? emptyEntries() : indexEntries(type, parseFaithful(text) as JsonObject, { custom });
}
