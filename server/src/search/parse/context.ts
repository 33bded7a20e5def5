// What a parameter's values are read with.                                                                                    (pure)
import { Refused } from '../../base/errors.ts';
import type { Library } from '../../fhir/library.ts';
import { type CustomTable, customOf, isCustom, paramOfSeed } from '../custom.ts';
import { parameterOf } from '../parameters.ts';
import type { Condition } from '../query.ts';
import type { Parameter } from '../types.ts';

/** The world of a search: passed in, so that the same request means the same. */
export type SearchWorld = {
  /** Milliseconds since 1970: what "approximately" is measured from. */
  readonly now: number;
  /** Where this server is reached, such as `https://host/fhir/R4`: references below it are its own. */
  readonly baseUrl: string;
  /** Code systems and value sets for `:in`, `:below` and the like. */
  readonly library: Library;
  /** Parameters that SearchParameter resources define; none without it. */
  readonly custom?: CustomTable;
  /** Told when a type was passed over as it has no such parameter, which a custom one might be. */
  readonly onMissed?: () => void;
};

/** A parameter of R4, or a custom one that may be searched by. Throws `Refused` for one that is being built. */
export function askedParameter(type: string, code: string, { custom, onMissed }: SearchWorld): Parameter | undefined {
  const found = parameterOf(type, code, custom);
  if (found === undefined) onMissed?.();
  const progress = custom === undefined ? undefined : customOf(custom, type, code)?.progress;
  if (progress?.state !== 'building') return found;
  const { indexed, total, definedBy } = progress;
  const percent = total === 0 ? 0 : Math.min(99, Math.floor((indexed * 100) / total));
  throw new Refused(
    'search-parameter-building',
    `"${code}" of ${type} is being indexed: ${indexed} of ${total} resources so far (${percent} %). Ask SearchParameter/${definedBy}/$status, and search when it is complete.`,
    code,
  );
}

/** Has one of these terms of a parameter. Those of custom parameters stand in a table of their own. */
export function termsOf(param: number, terms: readonly bigint[]): Condition {
  if (terms.length === 0) return { kind: 'never' };
  return isCustom(param) ? { kind: 'parts', params: [param], terms } : { kind: 'terms', terms };
}

/** Has the term that a seed makes, for one of the seeds. */
export function seededTerms(seeds: readonly number[], termsBy: (seed: number) => readonly bigint[]): Condition {
  return any(seeds.map((seed) => termsOf(paramOfSeed(seed), termsBy(seed))));
}

/** One parameter as asked. */
export type Asked = {
  readonly parameter: Parameter;
  /** As the request wrote it, for messages. */
  readonly name: string;
  readonly modifier: string | undefined;
  /** The alternatives; escapes still in. */
  readonly values: readonly string[];
  readonly world: SearchWorld;
};

/** The parameters under which the values of this one are indexed: itself, or those it stands for. */
export function indexedAs(parameter: Parameter): readonly Parameter[] {
  const { sameAs, type } = parameter;
  if (sameAs === undefined) return [parameter];
  return sameAs.flatMap((code) => parameterOf(type, code) ?? []);
}

export function idsOf(parameter: Parameter): readonly number[] {
  return indexedAs(parameter).map((one) => one.id);
}

/** All of these, without needless layers. */
export function all(of: readonly Condition[]): Condition {
  const needed = of.filter((one) => one.kind !== 'always').flatMap((one) => (one.kind === 'all' ? one.of : [one]));
  if (needed.some((one) => one.kind === 'never')) return { kind: 'never' };
  const [only] = needed;
  return needed.length === 1 && only !== undefined
    ? only
    : needed.length === 0
      ? { kind: 'always' }
      : { kind: 'all', of: needed };
}

/** Any of these; terms and rows of one kind are asked for together. */
export function any(of: readonly Condition[]): Condition {
  const possible = of.filter((one) => one.kind !== 'never').flatMap((one) => (one.kind === 'any' ? one.of : [one]));
  if (possible.some((one) => one.kind === 'always')) return { kind: 'always' };
  const termed = possible.filter((one) => one.kind === 'terms');
  const terms = termed.flatMap((one) => one.terms);
  const few = termed.every((one) => one.few === true) ? ({ few: true } as const) : {};
  const rest = possible.filter((one) => one.kind !== 'terms');
  const merged: readonly Condition[] =
    terms.length === 0 ? rest : [{ kind: 'terms', terms: [...new Set(terms)], ...few }, ...rest];
  const [only] = merged;
  return merged.length === 1 && only !== undefined
    ? only
    : merged.length === 0
      ? { kind: 'never' }
      : { kind: 'any', of: merged };
}

export function not(of: Condition): Condition {
  if (of.kind === 'not') return of.of;
  if (of.kind === 'always') return { kind: 'never' };
  return of.kind === 'never' ? { kind: 'always' } : { kind: 'not', of };
}
