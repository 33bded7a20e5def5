// What a search of the past has to look at: types in full, or only what has to do with the patients or ids it names.            (pure)
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { parametersOf } from './parameters.ts';
import type { Condition, Include, SearchRequest } from './query.ts';

/** Resources of these types that were changed since are looked at, each one. */
export type Scope = {
  readonly types: readonly string[];
  /** Of these, only those that refer, or referred, to the patients, or that bear one of the ids. */
  readonly narrow: readonly Narrow[];
  /** Whatever contains, or contained, a resource of one of these types. */
  readonly contained: readonly string[];
};
export type Narrow = {
  readonly types: readonly string[];
  /** How terms of references to a patient begin to be hashed. */
  readonly seeds: readonly number[];
  readonly patients: readonly string[];
  readonly ids: readonly string[];
};
type Named = Omit<Narrow, 'types'>;

/** `included`: the only included types that the caller keeps. */
export function scopeOf(request: SearchRequest, included?: readonly string[]): Scope {
  const { branches, contained, includes, revincludes } = request;
  const wheres = [...branches, ...(contained === undefined ? [] : [contained])].map(({ where }) => where);
  const types = new Set(wheres.flatMap(typesIn));
  const inside = new Set([...(contained === undefined ? [] : [contained.type]), ...wheres.flatMap(containedIn)]);
  for (const type of included ?? includes.flatMap(targetsOf)) types.add(type);
  for (const { source } of revincludes) types.add(source);
  const narrow: Narrow[] = [];
  for (const branch of branches) {
    const named = namedIn(branch.where);
    const rest = branch.types.filter((type) => !types.has(type));
    if (named !== undefined) narrow.push({ types: rest, ...named });
    else for (const type of rest) types.add(type);
  }
  return {
    types: [...types],
    narrow: narrow.filter((one) => one.types.length > 0),
    contained: [...inside],
  };
}

/** Types of contained resources that a condition asks for. */
function containedIn(condition: Condition): readonly string[] {
  if (condition.kind === 'contains') return [condition.type];
  return condition.kind === 'all' || condition.kind === 'any' ? condition.of.flatMap(containedIn) : [];
}

/** Types that a condition looks at beside the one it is on. */
function typesIn(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(typesIn);
    case 'not':
      return typesIn(condition.of);
    case 'types':
      return condition.types;
    case 'contains':
      return typesIn(condition.where);
    case 'inside':
      return [...typesIn(condition.where), ...(condition.beside === undefined ? [] : typesIn(condition.beside))];
    case 'chain':
      return condition.to.flatMap(({ type, where }) => [type, ...typesIn(where)]);
    case 'has':
      return [condition.type, ...typesIn(condition.where)];
    case 'list':
      return ['List'];
    default:
      return [];
  }
}

function targetsOf({ source, params, target }: Include): readonly string[] {
  if (target !== undefined) return [target];
  const followed = Object.values(parametersOf(source)).filter((one) => params.includes(one.id));
  return followed.flatMap((one) => one.targets ?? RESOURCE_TYPES);
}

/** What has to hold of a resource's own patients or id for the condition to hold; undefined where it may hold of any. */
function namedIn(condition: Condition): Named | undefined {
  switch (condition.kind) {
    case 'never':
      return { seeds: [], patients: [], ids: [] };
    case 'patients':
      return { seeds: condition.seeds, patients: condition.ids, ids: [] };
    case 'ids':
      return { seeds: [], patients: condition.persons ? condition.ids : [], ids: condition.ids };
    case 'all':
      return condition.of.map(namedIn).find((one) => one !== undefined);
    case 'any': {
      const each = condition.of.map(namedIn);
      const named = each.filter((one) => one !== undefined);
      return named.length < each.length ? undefined : together(named);
    }
    default:
      return undefined;
  }
}

function together(named: readonly Named[]): Named {
  return {
    seeds: [...new Set(named.flatMap((one) => one.seeds))],
    patients: [...new Set(named.flatMap((one) => one.patients))],
    ids: [...new Set(named.flatMap((one) => one.ids))],
  };
}
