// Conditions as SQL on a row of `resource`. Values are bound, never written into the text.
import { type Bind, dateSql, type Interval } from './dates-reader.ts';
import type { Condition, RowCondition, TextMatch } from './query.ts';

export type { Bind } from './dates-reader.ts';
/** Where a condition stands: alias of the resource's row. */
export type On = { readonly alias: string; readonly bind: Bind };

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
      return `${alias}.search_terms && array(${wordsSql(condition, bind)})`;
    case 'present':
      return `${alias}.search_present & ${bind(String(condition.mask))}::bigint <> 0`;
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
      return textSearchSql(condition, on);
    case 'strings':
    case 'dates':
    case 'numbers':
    case 'quantities':
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

export function bigints(values: readonly bigint[]): string {
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

function isMergeable(condition: Condition): condition is Dates {
  return condition.kind === 'dates' && condition.single && condition.comparator !== 'ne';
}

/** From a day to another is one stretch of the index, where both are about the same value. */
function mergedDates(dates: readonly Dates[], { alias, bind }: On): readonly string[] {
  const groups = Map.groupBy(dates, (one) => one.params.join());
  return [...groups.values()].map((group) => {
    const params = paramsSql(group[0]?.params ?? [], 'x', bind);
    return `${alias}.key in (select x.key from search_date x where ${dateSql(group, { x: 'x', bind, params })})`;
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
    case 'parts':
      return `${params} and ${x}.term = any(${bind(bigints(condition.terms))}::bigint[])`;
  }
}

/** A value in C order begins with `abc` when it stands from `abc` to before `abc` and the highest character there is. */
function textSql(
  column: string,
  { match, values }: { match: TextMatch; values: readonly string[] },
  bind: Bind,
): string {
  const parts = values.map((value) => oneTextSql(column, { match, value }, bind));
  return parts.length === 1 ? (parts[0] ?? 'false') : `(${parts.join(' or ')})`;
}

function oneTextSql(column: string, { match, value }: { match: TextMatch; value: string }, bind: Bind): string {
  switch (match) {
    case 'starts':
      return `(${column} >= ${bind(value)} and ${column} < ${bind(`${value}\u{10ffff}`)})`;
    case 'contains':
      return `${column} like ${bind(`%${likeText(value)}%`)}`;
    case 'ends':
      return `${column} like ${bind(`%${likeText(value)}`)}`;
    case 'equals':
      return `${column} = ${bind(value)}`;
  }
}

function likeText(value: string): string {
  return value.replace(/[\\%_]/g, '\\$&');
}

type Number = Interval & { readonly value: number };

/** "Equal" and its opposite take the digits written as a range; the others the number itself. */
function numberSql({ comparator, value, low, high }: Number, { x, bind }: Row): string {
  const at = (number: number) => `${bind(number)}::double precision`;
  switch (comparator) {
    case 'eq':
      return `${x}.low >= ${at(low)} and ${x}.low < ${at(high)} and ${x}.high < ${at(high)}`;
    case 'ne':
      return `not (${x}.low >= ${at(low)} and ${x}.high < ${at(high)})`;
    case 'gt':
      return `${x}.high > ${at(value)}`;
    case 'ge':
      return `${x}.high >= ${at(value)}`;
    case 'lt':
      return `${x}.low < ${at(value)}`;
    case 'le':
      return `${x}.low <= ${at(value)}`;
    case 'sa':
      return `${x}.low > ${at(value)}`;
    case 'eb':
      return `${x}.low < ${at(value)} and ${x}.high < ${at(value)}`;
    case 'ap':
      return `${x}.low <= ${at(high)} and ${x}.high >= ${at(low)}`;
  }
}

function unitSql({ unit }: RowCondition & { kind: 'quantities' }, { x, bind }: Row): string {
  if (unit.kind === 'unit') return `${x}.unit = ${bind(String(unit.unit))}::bigint`;
  if (unit.kind === 'any') return `${x}.unit = 0`;
  const code = `${bind(String(unit.code))}::bigint`;
  return `${x}.unit = 0 and (${x}.code = ${code} or ${x}.unit_text = ${code})`;
}

function updatedSql({ comparator, low, high }: Interval, { alias, bind }: On): string {
  // A moment ends a millisecond after it began.
  const column = `${alias}.updated_at`;
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
  const hashes = (id: string) => `hashtextextended(${bind(`${own}/`)} || ${id}, seed)`;
  const ids =
    own === 'Patient'
      ? `(select ${alias}.id union select subject.id from subject where subject.person = ${alias}.id) s (id)`
      : `(select ${alias}.id) s (id)`;
  return `exists (select 1 from resource ${inner} where ${inner}.type = ${bind(type)} and not ${inner}.deleted
    and ${inner}.search_terms && array(select ${hashes('s.id')} from unnest(${bind(seeds)}::bigint[]) seed, ${ids})
    and ${conditionSql(where, { alias: inner, bind })})`;
}

/** Words anywhere in the narrative or in the whole content, in PostgreSQL's web search syntax, made when asked for. */
function textSearchSql({ scope, query }: Condition & { kind: 'text' }, { alias, bind }: On): string {
  const text =
    scope === 'content'
      ? 'tv.text'
      : `regexp_replace(coalesce(tv.text::jsonb #>> '{text,div}', ''), '<[^>]*>', ' ', 'g')`;
  return `exists (select 1 from version tv where tv.type = ${alias}.type and tv.id = ${alias}.id and tv.version = ${alias}.version
    and to_tsvector('simple', ${text}) @@ websearch_to_tsquery('simple', ${bind(query)}))`;
}
