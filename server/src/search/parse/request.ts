// A whole search: what is looked for, and how it is to be answered.                                                            (pure)
import { Refused } from '../../base/errors.ts';
import { isResourceType, RESOURCE_TYPES } from '../../fhir/index.ts';
import { inContained } from '../contained-condition.ts';
import { readCursor } from '../cursor.ts';
import { compartmentOf, parameterOf } from '../parameters.ts';
import type { Condition, Cursor, Ignored, Include, SearchRequest, SortKey, Total } from '../query.ts';
import { malformed, unknownParameter } from '../refuse.ts';
import { all, any, type SearchWorld } from './context.ts';
import { readFilter } from './filter.ts';
import { readInclude } from './include.ts';
import { knownParameters, readNamed } from './named.ts';
import { readParameter } from './parameter.ts';
import { readSort } from './sort.ts';

export type Query = readonly (readonly [name: string, value: string])[];
export type SearchAsked = {
  /** Undefined: the whole server, or a whole compartment. */
  readonly type: string | undefined;
  readonly compartment?: { readonly type: string; readonly id: string };
  readonly query: Query;
  /** `Prefer: handling=lenient`: what is not understood is passed over, and told. */
  readonly lenient?: boolean;
};

const COUNT_DEFAULT = 20;
const COUNT_MAX = 1_000;
const PARAMETERS_MAX = 200;
/** The business of whoever renders the answer. */
const RENDERING = new Set(['_format', '_pretty', '_elements', '_summary']);
const CONTAINED = ['false', 'true', 'both'] as const;
const CONTAINED_TYPES = ['container', 'contained'] as const;
const TOTALS: ReadonlySet<string> = new Set(['none', 'estimate', 'accurate']);

type Draft = {
  count: number;
  /** `_summary=count`. */
  onlyCount: boolean;
  total: Total;
  after: Cursor | undefined;
  contained: 'false' | 'true' | 'both';
  containedType: 'container' | 'contained';
  readonly sort: SortKey[];
  readonly includes: Include[];
  readonly revincludes: Include[];
  readonly filters: (readonly [string, string])[];
  readonly ignored: Ignored[];
  readonly applied: (readonly [string, string])[];
};

/** Throws `Refused` that names the parameter, modifier or value that is wrong and what would be right. */
export function readSearch(asked: SearchAsked, world: SearchWorld): SearchRequest {
  const { query, lenient = false } = asked;
  if (query.length > PARAMETERS_MAX)
    throw new Refused('search-cost', `A search may have ${PARAMETERS_MAX} parameters.`);
  const nul = query.find(([name, value]) => name.includes('\0') || value.includes('\0'));
  if (nul !== undefined) throw malformed(nul[0].replaceAll('\0', ''), 'text without null characters');
  const types = typesOf(asked);
  const draft: Draft = {
    count: COUNT_DEFAULT,
    onlyCount: false,
    total: 'none',
    after: undefined,
    contained: 'false',
    containedType: 'container',
    sort: [],
    includes: [],
    revincludes: [],
    filters: [],
    ignored: [],
    applied: [],
  };
  for (const pair of query) {
    try {
      readResultParameter(pair, { draft, types, world });
      if (pair[0] !== '_after') draft.applied.push(pair);
    } catch (error) {
      if (!lenient || !(error instanceof Refused)) throw error;
      draft.ignored.push({ parameter: pair[0], reason: error.message });
    }
  }
  const branches = types.map((type) => ({
    types: [type],
    where: conditionsOf(type, { asked, draft, world, lenient }),
  }));
  const { filters: _filters, contained: _contained, containedType: _type, applied, ...rest } = draft;
  const dropped = new Set(draft.ignored.map((one) => one.parameter));
  return {
    ...rest,
    ...withContained(branches, { asked, draft, world, lenient }),
    applied: applied.filter(([name]) => !dropped.has(name)),
  };
}

function typesOf({ type, query, compartment }: SearchAsked): readonly string[] {
  if (type !== undefined) {
    if (!isResourceType(type))
      throw new Refused('resource-type', `"${type.slice(0, 64)}" is not a resource type of FHIR R4.`);
    return [type];
  }
  const named = query.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(','));
  const wrong = named.find((one) => !isResourceType(one));
  if (wrong !== undefined) throw malformed('_type', `resource types of FHIR R4; "${wrong.slice(0, 64)}" is none`);
  const asked = named.length > 0 ? [...new Set(named)] : RESOURCE_TYPES;
  return compartment === undefined ? asked : asked.filter((one) => compartmentOf(compartment.type, one) !== undefined);
}

function readResultParameter(
  pair: readonly [string, string],
  { draft, types, world }: { draft: Draft; types: readonly string[]; world: SearchWorld },
): void {
  const [name, value] = pair;
  const [code = '', modifier] = name.split(':');
  switch (code) {
    case '_count':
      // Counting alone was asked for, whatever stands before or after it.
      draft.count = draft.onlyCount ? 0 : readCount(value);
      return;
    case '_after':
      draft.after = readCursor(value);
      return;
    case '_total':
      if (!TOTALS.has(value)) throw malformed('_total', 'none, estimate or accurate');
      draft.total = value as Total;
      return;
    case '_sort':
      draft.sort.push(...readSort(value, types, world));
      return;
    case '_include':
      draft.includes.push(...readInclude(value, { modifier, name: code, types, world }));
      return;
    case '_revinclude':
      draft.revincludes.push(...readInclude(value, { modifier, name: code, types, world }));
      return;
    case '_contained':
      draft.contained = oneOf(CONTAINED, value, code);
      return;
    case '_containedType':
      draft.containedType = oneOf(CONTAINED_TYPES, value, code);
      return;
    case '_type':
      return;
    case '_summary':
      if (value !== 'count') return;
      draft.onlyCount = true;
      draft.count = 0;
      return;
    default:
      if (!RENDERING.has(code)) draft.filters.push(pair);
  }
}

function oneOf<T extends string>(known: readonly T[], value: string, name: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw malformed(name, known.join(', '));
  return found;
}

function readCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw malformed('_count', `a whole number up to ${COUNT_MAX}`);
  return Math.min(Number(value), COUNT_MAX);
}

type Around = {
  readonly asked: SearchAsked;
  readonly draft: Draft;
  readonly world: SearchWorld;
  readonly lenient: boolean;
};

function conditionsOf(type: string, { asked, draft, world, lenient }: Around): Condition {
  const conditions = asked.compartment === undefined ? [] : [inCompartment(type, asked.compartment, world)];
  for (const [name, value] of draft.filters) {
    try {
      if (value === '' && !name.startsWith('_filter')) throw malformed(name, 'a value; it is empty');
      conditions.push(name === '_filter' ? readFilter(type, value, world) : readNamed({ type, name, value, world }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Across all types, those that do not have the parameter have nothing that matches it, as long as one has.
      if (asked.type === undefined && error.code === 'search-parameter' && isKnownSomewhere(name, asked, world))
        return { kind: 'never' };
      if (!lenient) throw error;
      if (!draft.ignored.some((one) => one.parameter === name))
        draft.ignored.push({ parameter: name, reason: error.message });
    }
  }
  return all(conditions);
}

type Branches = SearchRequest['branches'];

/** https://hl7.org/fhir/R4/search.html#contained */
function withContained(branches: Branches, around: Around): Pick<SearchRequest, 'branches' | 'contained'> {
  const whole = branches.filter(({ where }) => where.kind !== 'never');
  const { asked, draft, world } = around;
  if (draft.contained === 'false') return { branches: whole, contained: undefined };
  const { type } = asked;
  if (type === undefined || asked.compartment !== undefined)
    throw new Refused(
      'search-parameter',
      'Contained resources are searched for by type: Type?_contained=…',
      '_contained',
    );
  const where = inContained(conditionsOf(type, { ...around, world: withoutCustom(world) })) ?? { kind: 'never' };
  if (draft.containedType === 'contained') {
    const unfit = [
      ['_sort', draft.sort],
      ['_include', draft.includes],
      ['_revinclude', draft.revincludes],
    ] as const;
    const [name] = unfit.find(([, given]) => given.length > 0) ?? [];
    if (name !== undefined)
      throw new Refused(
        'search-parameter',
        `"${name}" is for whole resources. Ask with _containedType=container.`,
        name,
      );
    return { branches: draft.contained === 'both' ? whole : [], contained: { type, where } };
  }
  const contains: Condition = { kind: 'contains', type, where };
  const own = whole.map((branch) => all([{ kind: 'types', types: branch.types }, branch.where]));
  return {
    branches: [{ types: [], where: any(draft.contained === 'both' ? [...own, contains] : [contains]) }],
    contained: undefined,
  };
}

function withoutCustom({ now, baseUrl, library }: SearchWorld): SearchWorld {
  return { now, baseUrl, library };
}

function isKnownSomewhere(name: string, asked: SearchAsked, { custom }: SearchWorld): boolean {
  const code = /^[^:.]+/.exec(name)?.[0] ?? name;
  return typesOf(asked).some((type) => parameterOf(type, code, custom) !== undefined);
}

/** https://hl7.org/fhir/R4/compartmentdefinition.html: by any of the parameters that the definition lists for the type. */
function inCompartment(type: string, { type: owner, id }: { type: string; id: string }, world: SearchWorld): Condition {
  const codes = compartmentOf(owner, type);
  if (codes === undefined) throw unknownParameter(`The compartment of ${owner}`, type, knownParameters(owner));
  const itself: Condition =
    type === owner ? { kind: 'ids', ids: [id], persons: owner === 'Patient' } : { kind: 'never' };
  return any([
    itself,
    ...codes.map((code): Condition => {
      const parameter = parameterOf(type, code);
      if (parameter === undefined || parameter.kind !== 'reference') return { kind: 'never' };
      return readParameter({ parameter, name: code, modifier: undefined, values: [`${owner}/${id}`], world });
    }),
  ]);
}
