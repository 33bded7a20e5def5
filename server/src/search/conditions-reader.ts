// Conditions as SQL on a row of `resource`. Values are bound, never written into the text.

import { isCustom, isCustomSeed, paramOfSeed } from './custom.ts';
import { type Bind, dateSql, type Interval } from './dates-reader.ts';
import { nearSql, numberSql, unitSql } from './numbers-reader.ts';
import type { Condition, RowCondition } from './query.ts';
import { textSql } from './strings-reader.ts';
import { innerTextSql, textSearchSql } from './text-reader.ts';

export type { Bind } from './dates-reader.ts';
/** Where a condition stands: alias of the resource's row. */
export type On = {
  readonly alias: string;
  readonly bind: Bind;
  /** Contained resources have the time of their container. */
  readonly updatedAt?: string;
  /** Rows are few: what other tables say of each is looked up by its key, rather than whom else it is said of. */
  readonly few?: true;
};

/** A boolean expression. Chains, patients and lists are resolved before (resolve-reader.ts), save those too large for it. */
export function conditionSql(condition: Condition, on: On): string {
  const { alias, bind } = on;
  switch (condition.kind) {
    case 'always':
      return 'true';
    case 'never':
      return 'false';
    case 'all':
      return allSql(condition.of, on);
    case 'any':
      return anySql(condition.of, on);
    case 'not':
      return `not (${conditionSql(condition.of, on)})`;
    case 'terms':
      return `${alias}.search_terms && ${bind(bigints(condition.terms))}::bigint[]`;
    case 'words':
      return condition.params.some(isCustom)
        ? `${alias}.key in (select w.key from search_part w where w.part = 0 and w.term in (${wordsSql(condition, bind)}))`
        : `${alias}.search_terms && array(${wordsSql(condition, bind)})`;
    case 'present':
      return `${alias}.search_present & ${bind(String(condition.mask))}::bigint <> 0`;
    case 'types':
      return `${alias}.type = any(${bind(condition.types)}::text[])`;
    case 'keys':
      return `${alias}.key = any(${bind(bigints(condition.keys))}::bigint[])`;
    case 'contains':
      return `${alias}.key in (${containerSql(condition, bind)})`;
    case 'ids':
      return `${alias}.id = any(${bind(condition.ids)}::text[])`;
    case 'updated':
      return updatedSql(condition, on);
    case 'chain':
      return chainSql(condition, on);
    case 'has':
      return hasSql(condition, on);
    case 'group':
      return `${alias}.key in (${groupSql(condition.of, bind)})`;
    case 'text':
      return textSearchSql(condition, alias, bind);
    case 'inner-text':
      return innerTextSql(condition, alias, bind);
    case 'inside':
      return insideSql(condition, on);
    case 'strings':
    case 'dates':
    case 'numbers':
    case 'quantities':
    case 'near':
    case 'parts':
      return `${alias}.key in (${keysSql(condition, bind)})`;
    case 'patients':
    case 'list':
      throw new TypeError(`${condition.kind} is resolved before`);
  }
}

/** The terms of the words that are so. */
export function wordsSql(condition: Condition & { readonly kind: 'words' }, bind: Bind): string {
  return `select w.term from search_word w where ${paramsSql(condition.params, 'w', bind)} and ${textSql('w.value', condition, bind)}`;
}

/** Rows of contained resources, as `c`. */
export function containedSql(
  { type, where }: { readonly type: string; readonly where: Condition },
  bind: Bind,
): string {
  const updatedAt = '(select u.updated_at from resource u where u.key = c.container)';
  return `c.type = ${bind(type)} and ${conditionSql(where, { alias: 'c', bind, updatedAt })}`;
}

/** By whom a contained resource, row `alias`, is referred to: only its container and what is beside it can. */
function insideSql({ type, seeds, where, beside }: Condition & { kind: 'inside' }, { alias, bind }: On): string {
  const inner = `${alias}_i`;
  const of = (condition: Condition, updatedAt?: string) =>
    `${inner}.type = ${bind(type)} and ${refersInside(inner, alias, { seeds, bind })}
      and ${conditionSql(condition, { alias: inner, bind, ...(updatedAt === undefined ? {} : { updatedAt }) })}`;
  const byContainer = `exists (select 1 from resource ${inner} where ${inner}.key = ${alias}.container and ${of(where)})`;
  if (beside === undefined) return byContainer;
  const updatedAt = `(select u.updated_at from resource u where u.key = ${alias}.container)`;
  return `(${byContainer} or exists (select 1 from search_contained ${inner} where ${inner}.container = ${alias}.container and ${of(beside, updatedAt)}))`;
}

/** Does row `from` refer to the contained resource of row `to`, beside or inside it? Terms of custom parameters stand apart. */
export function refersInside(
  from: string,
  to: string,
  { seeds, bind }: { seeds: readonly number[]; bind: Bind },
): string {
  const terms = `select hashtextextended('#' || ${to}.id, seed) from unnest(${bind(seeds)}::bigint[]) seed`;
  return seeds.some(isCustomSeed)
    ? `exists (select 1 from search_part p where p.key = ${from}.key and p.part = 0 and p.term in (${terms}))`
    : `${from}.search_terms && array(${terms})`;
}

function containerSql(condition: Condition & { readonly kind: 'contains' }, bind: Bind): string {
  return `select c.container from search_contained c where ${containedSql(condition, bind)}`;
}

export function bigints(values: readonly (bigint | number)[]): string {
  return `{${values.join(',')}}`;
}

/** Terms of which each is the only one allowed are looked up together. */
function allSql(of: readonly Condition[], on: On): string {
  const single = of.flatMap((one) => (one.kind === 'terms' && one.terms.length === 1 ? one.terms : []));
  const rest = of.filter((one) => (one.kind !== 'terms' || one.terms.length !== 1) && !isMergeable(one));
  const parts = [...rest.map((one) => conditionSql(one, on)), ...mergedDates(of.filter(isMergeable), on)];
  if (single.length > 0) parts.unshift(`${on.alias}.search_terms @> ${on.bind(bigints(single))}::bigint[]`);
  return `(${parts.join(' and ')})`;
}

type Dates = RowCondition & { readonly kind: 'dates' };

export function isMergeable(condition: Condition): condition is Dates {
  return condition.kind === 'dates' && condition.single && condition.comparator !== 'ne';
}

/** From a day to another is one stretch of the index, where both are about the same value. */
function mergedDates(dates: readonly Dates[], { alias, bind, few }: On): readonly string[] {
  const groups = Map.groupBy(dates, (one) => one.params.join());
  return [...groups.values()].map((group) => {
    const params = paramsSql(group[0]?.params ?? [], 'x', bind);
    const such = dateSql(group, { x: 'x', bind, params });
    // With its limit it stays a question of each row.
    if (few === true) return `(select true from search_date x where x.key = ${alias}.key and ${such} limit 1)`;
    return `${alias}.key in (select x.key from search_date x where ${such})`;
  });
}

function paramsSql(params: readonly number[], x: string, bind: Bind): string {
  const [only] = params;
  return params.length === 1 ? `${x}.param = ${bind(only)}::smallint` : `${x}.param = any(${bind(params)}::smallint[])`;
}

/** Alternatives in tables are one set of keys: the database cannot look several up for one row but by trying each on every row. */
function anySql(of: readonly Condition[], on: On): string {
  const keyed = of.filter((one) => isRow(one) || one.kind === 'group');
  const rest = of.filter((one) => !isRow(one) && one.kind !== 'group').map((one) => conditionSql(one, on));
  const sets = keyed.map((one) =>
    one.kind === 'group' ? groupSql(one.of, on.bind) : isRow(one) ? keysSql(one, on.bind) : '',
  );
  const union = sets.length === 0 ? [] : [`${on.alias}.key in (${sets.join(' union all ')})`];
  return `(${[...union, ...rest].join(' or ')})`;
}

/** The keys of the rows that are so, some more than once. */
export function keysSql(condition: RowCondition, bind: Bind): string {
  return `select x.key from ${TABLES[condition.kind]} x where ${rowSql(condition, { x: 'x', bind })}`;
}

export function isRow(condition: Condition): condition is RowCondition {
  return Object.hasOwn(TABLES, condition.kind);
}

const TABLES: { readonly [kind in RowCondition['kind']]: string } = {
  strings: 'search_string',
  dates: 'search_date',
  numbers: 'search_number',
  quantities: 'search_quantity',
  near: 'search_number',
  parts: 'search_part',
};

type Row = { readonly x: string; readonly bind: Bind };

/** What a row of the condition's own table has to be. */
function rowSql(condition: RowCondition, { x, bind }: Row): string {
  const params = paramsSql(condition.params, x, bind);
  switch (condition.kind) {
    case 'strings':
      return `${params} and ${textSql(`${x}.value`, condition, bind)}`;
    case 'dates':
      return dateSql([condition], { x, bind, params });
    case 'numbers':
      return `${params} and ${numberSql(condition, { x, bind })}`;
    case 'quantities':
      return `${params} and ${unitSql(condition, { x, bind })} and ${numberSql(condition, { x, bind })}`;
    case 'near':
      return `${params} and ${nearSql(condition, { x, bind })}`;
    case 'parts':
      return `${params} and ${x}.term = any(${bind(bigints(condition.terms))}::bigint[])`;
  }
}

function updatedSql({ comparator, low, high }: Interval, { alias, bind, updatedAt }: On): string {
  // A moment ends a millisecond after it began.
  const column = updatedAt ?? `${alias}.updated_at`;
  const at = (time: number) => `to_timestamp(${bind(time / 1_000)}::double precision)`;
  switch (comparator) {
    case 'eq':
    case 'ap':
      return `(${column} >= ${at(low)} and ${column} < ${at(high)})`;
    case 'ne':
      return `not (${column} >= ${at(low)} and ${column} < ${at(high)})`;
    case 'gt':
    case 'sa':
      return `${column} >= ${at(high)}`;
    case 'ge':
      return `${column} >= ${at(low)}`;
    case 'lt':
    case 'eb':
      return `${column} < ${at(low)}`;
    case 'le':
      return `${column} < ${at(high)}`;
  }
}

/** Rows of one key and part, one of each component's. */
function groupSql(of: readonly (readonly RowCondition[])[], bind: Bind): string {
  const tables = of.map((alternatives, index) => {
    const parts = alternatives.map(
      (one) => `select key, part from ${TABLES[one.kind]} x where ${rowSql(one, { x: 'x', bind })}`,
    );
    return `(${parts.join(' union ')}) g${index}`;
  });
  return `select g0.key from ${tables.join(' natural join ')}`;
}

/** For the few chains whose targets are too many to be listed: from each resource along its references. */
function chainSql({ params, to }: Condition & { kind: 'chain' }, { alias, bind }: On): string {
  const inner = `${alias}_t`;
  const parts = to.map(({ type, where }) => {
    const named = bind(type);
    const start = bind(`${type}/`);
    const id = `substr(f.target, ${type.length + 2})`;
    const same = type === 'Patient' ? `coalesce((select person from subject where subject.id = ${id}), ${id})` : id;
    return `exists (select 1 from search_reference f join resource ${inner} on ${inner}.type = ${named} and ${inner}.id = ${same}
      where f.key = ${alias}.key and f.param = any(${bind(params)}::smallint[]) and starts_with(f.target, ${start}) and not ${inner}.deleted
      and ${conditionSql(where, { alias: inner, bind })})`;
  });
  return `(${parts.join(' or ')})`;
}

/** For those whose resources are too many to be listed: from each candidate to what refers to it. */
function hasSql({ own, seeds, type, where }: Condition & { kind: 'has' }, { alias, bind }: On): string {
  const inner = `${alias}_h`;
  const custom = seeds.filter(isCustomSeed).map(paramOfSeed);
  if (custom.length > 0) return customHasSql({ own, custom, type, where }, { alias, bind });
  const hashes = (id: string) => `hashtextextended(${bind(`${own}/`)} || ${id}, seed)`;
  const ids =
    own === 'Patient'
      ? `(select ${alias}.id union select subject.id from subject where subject.person = ${alias}.id) s (id)`
      : `(select ${alias}.id) s (id)`;
  return `exists (select 1 from resource ${inner} where ${inner}.type = ${bind(type)} and not ${inner}.deleted
    and ${inner}.search_terms && array(select ${hashes('s.id')} from unnest(${bind(seeds)}::bigint[]) seed, ${ids})
    and ${conditionSql(where, { alias: inner, bind })})`;
}

type CustomHas = {
  readonly own: string;
  readonly custom: readonly number[];
  readonly type: string;
  readonly where: Condition;
};

/** References of custom parameters are no terms of their resource, but they are rows. */
function customHasSql({ own, custom, type, where }: CustomHas, { alias, bind }: On): string {
  const inner = `${alias}_h`;
  const ids =
    own === 'Patient'
      ? ` or f.target in (select 'Patient/' || subject.id from subject where subject.person = ${alias}.id)`
      : '';
  return `exists (select 1 from search_reference f join resource ${inner} on ${inner}.key = f.key
    where f.param = any(${bind(custom)}::smallint[]) and (f.target = ${bind(`${own}/`)} || ${alias}.id${ids})
      and ${inner}.type = ${bind(type)} and not ${inner}.deleted and ${conditionSql(where, { alias: inner, bind })})`;
}
