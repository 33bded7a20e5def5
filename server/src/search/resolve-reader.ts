// What a condition says about other resources, looked up first: then the main statement compares terms and ids that the planner
// has figures for. What would be too much to list stays as it is, and is followed row by row.
import type { Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { type Bind, conditionSql, containedSql, refersInside, wordsSql } from './conditions-reader.ts';
import { inContained } from './contained-condition.ts';
import { isCustom } from './custom.ts';
import { FORM, seedOf } from './forms.ts';
import { hash64 } from './hash.ts';
import { parameterOf } from './parameters.ts';
import { all, any, not, seededTerms, termsOf } from './parse/context.ts';
import type { Condition } from './query.ts';
import { resolveText } from './text-reader.ts';

/** More resources than this are not listed. */
const LISTED_MAX = 5_000;
/** Ids of patients for whom the index is always the way, however much else there is. */
const FEW_MAX = 50;
const BY_KEY = { byKey: true };

/** What a condition is on: a row of resource, or one of a contained resource. */
type Place = 'whole' | 'contained';

export async function resolve(db: Sql, condition: Condition, place: Place = 'whole'): Promise<Condition> {
  switch (condition.kind) {
    case 'all':
      return all(await resolveEach(db, condition.of, place));
    case 'any':
      return any(await resolveEach(db, condition.of, place));
    case 'not':
      return not(await resolve(db, condition.of, place));
    case 'patients':
      return patientTerms(condition.seeds, await readSamePersons(db, condition.ids));
    case 'ids':
      return condition.persons
        ? { ...condition, ids: await readPersons(db, condition.ids), persons: false }
        : condition;
    case 'chain':
      return resolveChain(db, condition, place);
    case 'has':
      return resolveHas(db, condition);
    case 'words':
      return resolveWords(db, condition);
    case 'list':
      return resolveList(db, condition);
    case 'text':
      return resolveText(db, condition);
    case 'contains':
      return { ...condition, where: await resolve(db, condition.where, 'contained') };
    case 'inside':
      return {
        ...condition,
        where: await resolve(db, condition.where),
        beside: condition.beside === undefined ? undefined : await resolve(db, condition.beside, 'contained'),
      };
    default:
      return condition;
  }
}

/** One after the other: in a transaction there is one connection. */
async function resolveEach(db: Sql, conditions: readonly Condition[], place: Place): Promise<readonly Condition[]> {
  const resolved: Condition[] = [];
  for (const one of conditions) resolved.push(await resolve(db, one, place));
  return resolved;
}

function patientTerms(seeds: readonly number[], ids: readonly string[]): Condition {
  const terms = seededTerms(seeds, (seed) => ids.map((id) => hash64(seed, `Patient/${id}`)));
  return terms.kind === 'terms' && ids.length <= FEW_MAX ? { ...terms, few: true } : terms;
}

/** Every id that ever stood for one of these patients, and those given. */
async function readSamePersons(db: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from subject where person in (select person from subject where id = any($1::text[]))',
    [ids],
    BY_KEY,
  );
  return [...new Set([...ids, ...rows.map((row) => row.id)])];
}

/** The ids under which these patients are kept now. */
async function readPersons(db: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string; person: string }>(
    'select id, person from subject where id = any($1::text[])',
    [ids],
    BY_KEY,
  );
  const persons = new Map(rows.map((row) => [row.id, row.person]));
  return [...new Set(ids.map((id) => persons.get(id) ?? id))];
}

/** https://hl7.org/fhir/R4/search.html#contained: chains are followed into contained resources, too. */
async function resolveChain(db: Sql, chain: Condition & { kind: 'chain' }, place: Place): Promise<Condition> {
  const parts: Condition[] = [];
  for (const { type, where: asked } of chain.to) {
    const where = await resolve(db, asked);
    const { ids, keys } = await readTargets(
      db,
      { type, where, contained: inContained(asked), seeds: chain.seeds },
      place,
    );
    if (keys.length > 0) parts.push({ kind: 'keys', keys });
    if (ids === undefined) parts.push({ ...chain, to: [{ type, where }] });
    else if (type === 'Patient') parts.push(patientTerms(chain.seeds, ids));
    else parts.push(seededTerms(chain.seeds, (seed) => ids.map((id) => hash64(seed, `${type}/${id}`))));
  }
  return any(parts);
}

type Targets = {
  readonly type: string;
  readonly where: Condition;
  /** On contained resources, not resolved yet; undefined where it cannot be asked of them. */
  readonly contained: Condition | undefined;
  readonly seeds: readonly number[];
};

/**
 * What a chain leads to: resources by their ids, patients by every id that ever stood for them (undefined when there are too many), and,
 * by their keys, rows that contain what they refer to themselves, or are contained beside it.
 */
async function readTargets(
  db: Sql,
  targets: Targets,
  place: Place,
): Promise<{ ids: readonly string[] | undefined; keys: readonly number[] }> {
  const { type, where } = targets;
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const named = bind(type);
  const found = `select r.id from resource r where r.type = ${named} and not r.deleted and ${conditionSql(where, { alias: 'r', bind })} limit ${LISTED_MAX + 1}`;
  const every = `select s.id from (${found}) r cross join lateral (select r.id union select id from subject where person = r.id) s`;
  // Few types are ever contained: whether this one is comes with the first answer, and most often nothing more is asked.
  const { rows } = await db.query<{ id: string | null }>(
    `(${type === 'Patient' ? every : found})
     union all (select null from search_contained c where c.type = ${named} limit 1)`,
    values,
    where.kind === 'ids' ? BY_KEY : undefined,
  );
  const ids = rows.flatMap((row) => row.id ?? []);
  const keys = ids.length < rows.length ? await readInside(db, targets, place) : [];
  return { ids: ids.length > LISTED_MAX ? undefined : ids, keys };
}

async function readInside(db: Sql, { type, contained, seeds }: Targets, place: Place): Promise<readonly number[]> {
  if (contained === undefined) return [];
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const { rows } = await db.query<{ key: number }>(
    `${insideSql({ type, where: await resolve(db, contained, 'contained'), seeds }, place, bind)} limit ${LISTED_MAX + 1}`,
    values,
  );
  if (rows.length > LISTED_MAX) throw tooMany(type);
  return rows.map((row) => row.key);
}

function insideSql(
  { type, where, seeds }: { readonly type: string; readonly where: Condition; readonly seeds: readonly number[] },
  place: Place,
  bind: Bind,
): string {
  const from =
    place === 'whole'
      ? 'resource o on o.key = c.container and not o.deleted'
      : 'search_contained o on o.container = c.container';
  return `select distinct o.key from search_contained c join ${from}
    where ${refersInside('o', 'c', { seeds, bind })} and ${containedSql({ type, where }, bind)}`;
}

function tooMany(type: string): Refused {
  return new Refused(
    'search-cost',
    `More than ${LISTED_MAX} resources contain a ${type} that is so. Add a parameter that narrows the chain.`,
  );
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
  const terms = rows.map((row) => BigInt(row.term));
  // The words of one condition are of one parameter of each type; a custom one stands alone.
  return words.params.some(isCustom) ? any(words.params.map((param) => termsOf(param, terms))) : termsOf(0, terms);
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
