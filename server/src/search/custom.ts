// Parameters that SearchParameter resources of the record define: their numbers, and how far their index is.                 (pure)
import { pathsOf } from './expression.ts';
import { FORM, seedOf } from './forms.ts';
import { hash64 } from './hash.ts';
import type { Component, Kind, Parameter, Path } from './types.ts';

/** Numbers from here on are of custom parameters, and are given again once nothing is indexed by them. */
export const CUSTOM_FROM = 10_000;

/** What a SearchParameter resource says of one of its base types. */
export type Definition = {
  readonly type: string;
  readonly code: string;
  readonly kind: Kind;
  readonly expression: string;
  /** References: types they may point at; undefined for any. */
  readonly targets: readonly string[] | undefined;
  readonly url: string;
  /** Composites: what each item of the expression has of each of these. */
  readonly components: readonly ComponentDefinition[] | undefined;
};
export type ComponentDefinition = {
  /** The canonical of the SearchParameter that gives it its code and type. */
  readonly definition: string;
  readonly code: string;
  readonly kind: Kind;
  /** From an item of the composite's expression. */
  readonly expression: string;
};
/** The number of a parameter, and those of its components. */
export type Numbers = { readonly number: number; readonly parts: readonly number[] };
export type Progress = {
  readonly state: 'building' | 'complete';
  /** Id of the SearchParameter resource. */
  readonly definedBy: string;
  /** Resources of the type walked through, of so many. */
  readonly indexed: number;
  readonly total: number;
};
export type CustomParameter = Parameter & {
  readonly expression: string;
  readonly url: string;
  readonly definition: Definition;
  readonly progress: Progress;
};
/** Custom parameters by type and code. */
export type CustomTable = {
  readonly [type: string]: { readonly [code: string]: CustomParameter };
};
export const NO_CUSTOM: CustomTable = {};

/** Values of any type: what is known of an expression that is more than a path. */
const ANY: Path = { steps: [], type: '', system: undefined, asExists: false };

export function isCustom(param: number): boolean {
  return param >= CUSTOM_FROM;
}

/** Is this seed of a term one of a custom parameter? */
export function isCustomSeed(seed: number): boolean {
  return isCustom(paramOfSeed(seed));
}

export function paramOfSeed(seed: number): number {
  return seed >> 4;
}

export function customParameter(
  definition: Definition,
  { number, parts, progress }: Numbers & { readonly progress: Progress },
): CustomParameter {
  const { type, code, kind, expression, targets, url, components } = definition;
  const paths = pathsOf(expression, type, kind) ?? [];
  return {
    ...{ id: number, type, code, kind, paths: paths.length === 0 ? [ANY] : paths, targets, url, expression, progress },
    ...{ bit: undefined, sameAs: undefined, only: undefined, definition },
    components: components?.map((one, place) => componentOf(one, definition, parts[place] ?? number)),
    // Items of any kind are a group: also where the only item is the resource.
    group: components === undefined ? undefined : ANY,
  };
}

function componentOf({ code, kind, expression }: ComponentDefinition, of: Definition, id: number): Component {
  const items = pathsOf(of.expression, of.type, 'composite') ?? [];
  const paths = items.map((item) => componentPaths(expression, item.type, kind));
  const known = paths.includes(undefined) ? [] : paths.flatMap((some) => some ?? []);
  return { code, kind, id, fromRoot: false, paths: known.length === 0 ? [ANY] : known };
}

const FROM_ROOT = '%resource.';

/** The paths of a component from an item, or, where it says so, from the resource; undefined where it is more than a path. */
export function componentPaths(expression: string, item: string, kind: Kind): readonly Path[] | undefined {
  const isFromRoot = expression.startsWith(FROM_ROOT);
  const base = isFromRoot ? (item.split('.', 1)[0] ?? item) : item;
  return pathsOf(isFromRoot ? expression.slice(FROM_ROOT.length) : expression, base, kind);
}

/** All numbers that a parameter's rows stand under. */
export function numbersOf({ number, parts }: Numbers): readonly number[] {
  return [number, ...parts];
}

export function customOf(custom: CustomTable, type: string, code: string): CustomParameter | undefined {
  const table = Object.hasOwn(custom, type) ? custom[type] : undefined;
  return table !== undefined && Object.hasOwn(table, code) ? table[code] : undefined;
}

/** Each resource has exactly one of these under each custom parameter of its type: so they can be counted, and ":missing" is a term. */
export const MARKS = ['present', 'absent', 'failed'] as const;
export type Mark = (typeof MARKS)[number];

export function markTerm(param: number, mark: Mark): bigint {
  return hash64(seedOf(param, FORM.present), mark);
}
