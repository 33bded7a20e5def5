// What every entry of a list claims to be, statement by statement, and which of them might be one with which.
import type { Json, JsonObject } from '../base/json.ts';
import type { ElementSaid } from '../mapping/types.ts';
import type { Fact } from './lists/facts.ts';
import { mayBeOne } from './lists/group.ts';
import type { Identity, Shape } from './lists/identity.ts';
import type { SameTime, Spoken } from './types.ts';

/** How the entries of a list are told apart under the policy. */
export type Naming = {
  readonly shape: Shape | undefined;
  readonly sameTime: SameTime;
  readonly identityOf: (resource: Json) => Identity | undefined;
};
/** As much of a statement as tells what it is about. */
export type Outline = Pick<Spoken, 'resourceType' | 'resourceId' | 'replaces' | 'said' | 'resource'>;
export type Claim = { readonly name: string; readonly identity: Identity };
/** What the entries claim, and how their claims are compared. */
export type Claims = {
  readonly naming: Naming;
  readonly all: readonly Claim[];
  /** What an entry says now is one of its claims, and none of them was put together here. */
  readonly isCertain: boolean;
};

export function entryName({ resourceType, resourceId }: Pick<Outline, 'resourceType' | 'resourceId'>): string {
  return `${resourceType}/${resourceId}`;
}

/** Neither says what the other denies. */
export function mayFit(a: Identity, b: Identity, { shape }: Pick<Naming, 'shape'>): boolean {
  return shape?.keysAreOne === true || mayBeOne(a.facts, b.facts);
}

/** What each statement says by itself, and what statements that speak of parts may come to together. */
export function claimsOf(outlines: readonly Outline[], naming: Naming): Claims {
  const own = outlines.flatMap((one) => claimOf(entryName(one), naming.identityOf(one.resource)));
  const inParts = new Set(outlines.filter((one) => !saysAllOfItself(one)).map(entryName));
  if (inParts.size === 0) return { naming, all: own, isCertain: naming.shape?.keysAreOne !== true };
  const parts = Map.groupBy(
    outlines.filter((one) => inParts.has(entryName(one))),
    entryName,
  );
  const together = [...parts].flatMap(([name, some]) =>
    togetherOf(some, naming).map((identity) => ({ name, identity })),
  );
  return { naming, all: [...own, ...together], isCertain: false };
}

function claimOf(name: string, identity: Identity | undefined): readonly Claim[] {
  return identity === undefined ? [] : [{ name, identity }];
}

const SERVER_OWNED: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'contained']);
const saidSets = new WeakMap<readonly ElementSaid[], ReadonlySet<string>>();

/** A whole resource of which everything counts: whatever was said before, the entry then says what this says. */
function saysAllOfItself({ replaces, said, resource }: Outline): boolean {
  if (!replaces) return false;
  const counts = setOf(said);
  for (const property in resource)
    if (!counts.has(property) && !SERVER_OWNED.has(property) && !property.startsWith('_')) return false;
  return true;
}

function setOf(said: readonly ElementSaid[]): ReadonlySet<string> {
  const known = saidSets.get(said) ?? new Set(said.filter((one) => one.action === 'set').map((one) => one.element));
  saidSets.set(said, known);
  return known;
}

/**
 * What is left out or taken back may leave anything that was said before. So each name may stand with what all of the statements say;
 * of the rest nothing is certain, which might be one with everything.
 */
function togetherOf(some: readonly Outline[], { identityOf }: Naming): readonly Identity[] {
  const identities = some.flatMap((one) => [identityOf(one.resource) ?? [], identityOf(countedOf(one)) ?? []].flat());
  const [first] = identities;
  if (first === undefined) return [];
  const keys = [...new Set(identities.flatMap(({ concept }) => concept.keys))];
  const facts = first.facts.map(([dimension, fact], place): Identity['facts'][number] => {
    const isCertain = identities.every((one) => isSameFact(one.facts[place]?.[1], fact));
    return [dimension, isCertain ? fact : undefined];
  });
  return [{ named: first.named, concept: { keys, words: '' }, facts }];
}

function isSameFact(a: Fact, b: Fact): boolean {
  return exactOf(a) === exactOf(b) && beginningOf(a) === beginningOf(b);
}

export function exactOf(fact: Fact): string | undefined {
  return fact !== undefined && 'exact' in fact ? fact.exact : undefined;
}

function beginningOf(fact: Fact): string | undefined {
  return fact !== undefined && 'begins' in fact ? fact.begins : undefined;
}

/** Only what the statement may speak of: the rest it carries is not its word. */
function countedOf({ said, resource }: Outline): JsonObject {
  const counts = setOf(said);
  return Object.fromEntries(Object.entries(resource).filter(([property]) => counts.has(property)));
}

/** Claims under one name of entries not found yet; and by each fact that some state exactly, with those that do not. */
type Shelf = {
  all: readonly Claim[];
  readonly by: readonly { readonly exact: ReadonlyMap<string | undefined, readonly Claim[]> }[];
};

/** The entries of `asked`, those that might be one with them, those that might be one with these, and so on. */
export function nearEntries({ all, naming }: Claims, asked: ReadonlySet<string>): ReadonlySet<string> {
  const byEntry = Map.groupBy(all, ({ name }) => name);
  const shelves = shelvesOf(all, naming);
  const near = new Set(asked);
  for (const name of near) {
    for (const { identity } of byEntry.get(name) ?? []) {
      for (const key of identity.concept.keys) {
        const shelf = shelves.get(key);
        const might = fitting(shelf, identity);
        for (const other of might)
          if (!near.has(other.name) && mayFit(identity, other.identity, naming)) near.add(other.name);
        // Thousands that state little would be compared with each other again and again.
        if (shelf !== undefined && might === shelf.all) shelf.all = might.filter((one) => !near.has(one.name));
      }
    }
  }
  return near;
}

function shelvesOf(claims: readonly Claim[], { shape }: Naming): ReadonlyMap<string, Shelf> {
  const byKey = new Map<string, Claim[]>();
  for (const claim of claims) for (const key of claim.identity.concept.keys) put(byKey, key, claim);
  const dimensions = shape?.keysAreOne === true ? [] : [...(claims[0]?.identity.facts.keys() ?? [])];
  return new Map(
    [...byKey].map(([key, all]) => {
      const by = dimensions.map((place) => ({
        exact: Map.groupBy(all, ({ identity }) => exactOf(identity.facts[place]?.[1])),
      }));
      return [key, { all, by }];
    }),
  );
}

function put(shelf: Map<string, Claim[]>, key: string, claim: Claim): void {
  const known = shelf.get(key);
  if (known === undefined) shelf.set(key, [claim]);
  else known.push(claim);
}

/** Of the claims under a name no fewer than might fit: where the fact that the fewest share is stated, those and the vague ones. */
function fitting(shelf: Shelf | undefined, { facts }: Identity): readonly Claim[] {
  if (shelf === undefined) return [];
  let best = shelf.all;
  for (const [place, { exact }] of shelf.by.entries()) {
    const said = exactOf(facts[place]?.[1]);
    if (said === undefined) continue;
    const [alike, vague] = [exact.get(said) ?? [], exact.get(undefined) ?? []];
    if (alike.length + vague.length < best.length) best = vague.length === 0 ? alike : [...alike, ...vague];
  }
  return best;
}
