// Parameters that SearchParameter resources of the record define: their numbers, and how far their index is.                 (pure)
import { pathsOf } from './expression.ts';
import { FORM, seedOf } from './forms.ts';
import { hash64 } from './hash.ts';
import type { Kind, Parameter, Path } from './types.ts';

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
};
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
  { type, code, kind, expression, targets, url }: Definition,
  { number, progress }: { number: number; progress: Progress },
): CustomParameter {
  const paths = pathsOf(expression, type, kind) ?? [];
  return {
    ...{ id: number, type, code, kind, paths: paths.length === 0 ? [ANY] : paths, targets, url, expression, progress },
    ...{ bit: undefined, sameAs: undefined, only: undefined, components: undefined, group: undefined },
  };
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
