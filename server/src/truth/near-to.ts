// Of thousands of results those that could be the one asked about. What is never told apart by each other plays no part in either.

import type { ExplainInput } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { isObject } from './json-values.ts';
import { type Identity, SHAPES } from './lists/identity.ts';
import { claimsOf, entryName, mayFit, type Naming, nearEntries } from './near-claims.ts';
import type { Spoken } from './types.ts';

/**
 * Statements about entries that might be one with the entries asked about: they share a name and neither says what the other denies; with
 * those that might be one with these, and so on. Of medicines a shared name is enough: their other forms are told beside them.
 */
export function nearTo(input: ExplainInput, path: ExplainPath, types: readonly string[]): readonly Spoken[] {
  const spoken = input.statements.filter((one) => types.includes(one.resourceType));
  const asked = askedNames(input, path, spoken);
  if (asked === undefined) return spoken;
  const near = nearEntries(claimsOf(spoken, namingOf(input, path.resourceType)), asked);
  return spoken.filter((one) => near.has(entryName(one)));
}

/** Undefined where the whole list is asked about, or what goes by no entry's id. */
function askedNames(
  { part }: ExplainInput,
  { thing }: ExplainPath,
  spoken: readonly Spoken[],
): ReadonlySet<string> | undefined {
  if (thing === undefined) return part?.names;
  const asked = new Set(spoken.filter((one) => (one.resourceId as string) === thing).map(entryName));
  return asked.size === 0 ? undefined : asked;
}

/** Statements about what ever spoke of this list. Types may speak of much else, which plays no part in what is said of the list. */
export function spokenOfList(input: ExplainInput, list: string): readonly Spoken[] {
  const { maySpeak } = SHAPES[list] ?? {};
  if (maySpeak === undefined) return input.statements;
  const { identityOf } = namingOf(input, list);
  const named = new Set<string>();
  for (const one of input.statements)
    if (maySpeak(one.text) && identityOf(one.resource) !== undefined) named.add(entryName(one));
  return input.statements.filter((one) => named.has(entryName(one)));
}

export function namingOf({ policy }: Pick<ExplainInput, 'policy'>, list: string): Naming {
  const shape = SHAPES[list];
  const sameTime = policy.elements[list]?.['*']?.sameTime ?? 'any';
  return {
    shape,
    sameTime,
    identityOf: (resource) => (isObject(resource) ? shape?.identify(resource, sameTime) : undefined),
  };
}

/** Whether the two might be one thing: a shared name, and neither says what the other denies. */
export function mayName(a: Identity, b: Identity, naming: Naming): boolean {
  return a.concept.keys.some((key) => b.concept.keys.includes(key)) && mayFit(a, b, naming);
}
