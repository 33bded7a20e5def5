// What a condition says about other resources, looked up first: then the main statement compares terms and ids that the planner
// has figures for. What would be too much to list stays as it is, and is followed row by row.
import type { Sql } from '../base/db.ts';
import { conditionSql, wordsSql } from './conditions-reader.ts';
import { FORM, seedOf } from './forms.ts';
import { hash64 } from './hash.ts';
import { parameterOf } from './parameters.ts';
import { all, any, not } from './parse/context.ts';
import type { Condition } from './query.ts';

/** More resources than this are not listed. */
const LISTED_MAX = 5_000;

export async function resolve(db: Sql, condition: Condition): Promise<Condition> {
  switch (condition.kind) {
    case 'all':
      return all(await resolveEach(db, condition.of));
    case 'any':
      return any(await resolveEach(db, condition.of));
    case 'not':
      return not(await resolve(db, condition.of));
    case 'patients':
      return patientTerms(condition.seeds, await readSamePersons(db, condition.ids));
    case 'ids':
      return condition.persons
        ? { ...condition, ids: await readPersons(db, condition.ids), persons: false }
        : condition;
    case 'chain':
      return resolveChain(db, condition);
    case 'has':
      return resolveHas(db, condition);
    case 'words':
      return resolveWords(db, condition);
    case 'list':
      return resolveList(db, condition);
    default:
      return condition;
  }
}

/** One after the other: in a transaction there is one connection. */
async function resolveEach(db: Sql, conditions: readonly Condition[]): Promise<readonly Condition[]> {
  const resolved: Condition[] = [];
  for (const one of conditions) resolved.push(await resolve(db, one));
  return resolved;
}

function patientTerms(seeds: readonly number[], ids: readonly string[]): Condition {
  return { kind: 'terms', terms: seeds.flatMap((seed) => ids.map((id) => hash64(seed, `Patient/${id}`))) };
}

/** Every id that ever stood for one of these patients, and those given. */
async function readSamePersons(db: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from subject where person in (select person from subject where id = any($1::text[]))',
    [ids],
  );
  return [...new Set([...ids, ...rows.map((row) => row.id)])];
}

/** The ids under which these patients are kept now. */
async function readPersons(db: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string; person: string }>(
    'select id, person from subject where id = any($1::text[])',
    [ids],
  );
  const persons = new Map(rows.map((row) => [row.id, row.person]));
  return [...new Set(ids.map((id) => persons.get(id) ?? id))];
}

async function resolveChain(db: Sql, chain: Condition & { kind: 'chain' }): Promise<Condition> {
  const parts: Condition[] = [];
  for (const { type, where: asked } of chain.to) {
    const where = await resolve(db, asked);
    const ids = await readIds(db, type, where);
    if (ids === undefined) parts.push({ ...chain, to: [{ type, where }] });
    else if (type === 'Patient')
      parts.push(ids.length === 0 ? { kind: 'never' } : patientTerms(chain.seeds, await readSamePersons(db, ids)));
    else
      parts.push({
        kind: 'terms',
        terms: chain.seeds.flatMap((seed) => ids.map((id) => hash64(seed, `${type}/${id}`))),
      });
  }
  return any(parts.map((part) => (part.kind === 'terms' && part.terms.length === 0 ? { kind: 'never' } : part)));
}

/** Undefined when there are too many. */
async function readIds(db: Sql, type: string, where: Condition): Promise<readonly string[] | undefined> {
  const values: unknown[] = [type];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const { rows } = await db.query<{ id: string }>(
    `select r.id from resource r where r.type = $1 and not r.deleted and ${conditionSql(where, { alias: 'r', bind })} limit ${LISTED_MAX + 1}`,
    values,
  );
  return rows.length > LISTED_MAX ? undefined : rows.map((row) => row.id);
}

async function resolveHas(db: Sql, has: Condition & { kind: 'has' }): Promise<Condition> {
  const where = await resolve(db, has.where);
  const values: unknown[] = [has.type, has.params, `${has.own}/`, has.own.length + 2];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const { rows } = await db.query<{ id: string }>(
    `select distinct substr(f.target, $4::int) as id from resource r join search_reference f on f.key = r.key
     where r.type = $1 and not r.deleted and f.param = any($2::smallint[]) and starts_with(f.target, $3)
       and ${conditionSql(where, { alias: 'r', bind })} limit ${LISTED_MAX + 1}`,
    values,
  );
  if (rows.length > LISTED_MAX) return { ...has, where };
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return { kind: 'never' };
  return { kind: 'ids', ids: has.own === 'Patient' ? await readPersons(db, ids) : ids, persons: false };
}

async function resolveWords(db: Sql, words: Condition & { kind: 'words' }): Promise<Condition> {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  // As text: a hash has more digits than a number of JavaScript.
  const { rows } = await db.query<{ term: string }>(
    `select term::text from (${wordsSql(words, bind)} limit ${LISTED_MAX + 1}) w`,
    values,
  );
  if (rows.length > LISTED_MAX) return words;
  return rows.length === 0 ? { kind: 'never' } : { kind: 'terms', terms: rows.map((row) => BigInt(row.term)) };
}

async function resolveList(db: Sql, { own, id }: Condition & { kind: 'list' }): Promise<Condition> {
  const item = parameterOf('List', 'item');
  const { rows } = await db.query<{ id: string }>(
    `select substr(f.target, $4::int) as id from resource r join search_reference f on f.key = r.key
     where r.type = 'List' and r.id = $1 and not r.deleted and f.param = $2::smallint and starts_with(f.target, $3)`,
    [id, item?.id, `${own}/`, own.length + 2],
  );
  const ids = rows.map((row) => row.id);
  return ids.length === 0
    ? { kind: 'never' }
    : { kind: 'ids', ids: own === 'Patient' ? await readPersons(db, ids) : ids, persons: false };
}

/** The term by which a resource of a type is found to refer to another. */
export function referenceTerm(param: number, target: string): bigint {
  return hash64(seedOf(param, FORM.reference), target);
}
