// Of thousands of results those that could be the one asked about. What is never told apart by each other plays no part in either.
import type { Json } from '../base/json.ts';
import type { ExplainInput } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { isObject } from './json-values.ts';
import { mayBeOne } from './lists/group.ts';
import { type Identity, SHAPES, type Shape } from './lists/identity.ts';
import type { Spoken } from './types.ts';

/**
 * Statements about entries that might be one with the entry asked about: they share a name and neither says what the other denies; with
 * those that might be one with these, and so on. Of medicines a shared name is enough: their other forms are told beside them.
 */
export function nearTo(input: ExplainInput, path: ExplainPath, types: readonly string[]): readonly Spoken[] {
  const spoken = input.statements.filter((one) => types.includes(one.resourceType));
  const asked = path.thing ?? '';
  if (!spoken.some((one) => (one.resourceId as string) === asked)) return spoken;
  const near = nearEntries(spoken, asked, namingOf(input, path.resourceType));
  return spoken.filter((one) => near.has(one.resourceId));
}

/** Statements about what ever spoke of this list. Types may speak of much else, which plays no part in what is said of the list. */
export function spokenOfList(input: ExplainInput, list: string): readonly Spoken[] {
  const { maySpeak } = SHAPES[list] ?? {};
  if (maySpeak === undefined) return input.statements;
  const { identityOf } = namingOf(input, list);
  const named = new Set<string>();
  for (const one of input.statements)
    if (maySpeak(one.text) && identityOf(one.resource) !== undefined)
      named.add(`${one.resourceType}/${one.resourceId}`);
  return input.statements.filter(({ resourceType, resourceId }) => named.has(`${resourceType}/${resourceId}`));
}

/** How the entries of a list are told apart under the policy. */
export type Naming = {
  readonly shape: Shape | undefined;
  readonly identityOf: (resource: Json) => Identity | undefined;
};

export function namingOf({ policy }: Pick<ExplainInput, 'policy'>, list: string): Naming {
  const shape = SHAPES[list];
  const sameTime = policy.elements[list]?.['*']?.sameTime ?? 'any';
  return { shape, identityOf: (resource) => (isObject(resource) ? shape?.identify(resource, sameTime) : undefined) };
}

/** Whether the two might be one thing: a shared name, and neither says what the other denies. */
export function mayName(a: Identity, b: Identity, shape: Shape | undefined): boolean {
  return a.concept.keys.some((key) => b.concept.keys.includes(key)) && mayFit(a, b, shape);
}

function mayFit(a: Identity, b: Identity, shape: Shape | undefined): boolean {
  return shape?.keysAreOne === true || mayBeOne(a.facts, b.facts);
}

type Claim = { readonly id: string; readonly identity: Identity };

function nearEntries(spoken: readonly Spoken[], asked: string, { shape, identityOf }: Naming): ReadonlySet<string> {
  const claims = spoken.flatMap((one): readonly Claim[] => {
    const identity = identityOf(one.resource);
    return identity === undefined ? [] : [{ id: one.resourceId, identity }];
  });
  const byEntry = Map.groupBy(claims, ({ id }) => id);
  const byKey = new Map<string, Claim[]>();
  for (const claim of claims) {
    for (const key of claim.identity.concept.keys) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [claim]);
      else known.push(claim);
    }
  }
  const near = new Set([asked]);
  for (const id of near) {
    for (const { identity } of byEntry.get(id) ?? []) {
      for (const key of identity.concept.keys) {
        const left = (byKey.get(key) ?? []).filter((other) => {
          if (!mayFit(identity, other.identity, shape)) return true;
          near.add(other.id);
          return false;
        });
        byKey.set(key, left);
      }
    }
  }
  return near;
}
