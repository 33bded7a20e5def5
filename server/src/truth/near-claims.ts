// What every entry of a list claims to be, statement by statement, and which of them might be one with which.
import type { Json, JsonObject } from '../base/json.ts';
import type { ElementSaid } from '../mapping/types.ts';
import { fold } from './fold.ts';
import type { Fact } from './lists/facts.ts';
import { mayBeOne } from './lists/group.ts';
import type { Identity, Shape } from './lists/identity.ts';
import { resourceOf } from './render-view.ts';
import type { SameTime, Spoken } from './types.ts';

/** How the entries of a list are told apart under the policy. */
export type Naming = {
  readonly shape: Shape | undefined;
  readonly sameTime: SameTime;
  readonly identityOf: (resource: Json) => Identity | undefined;
};
export type Claim = { readonly name: string; readonly identity: Identity };
/** What the entries claim, and how their claims are compared. */
export type Claims = { readonly naming: Naming; readonly all: readonly Claim[] };

export function entryName({ resourceType, resourceId }: Pick<Spoken, 'resourceType' | 'resourceId'>): string {
  return `${resourceType}/${resourceId}`;
}

/** Neither says what the other denies. */
export function mayFit(a: Identity, b: Identity, { shape }: Pick<Naming, 'shape'>): boolean {
  return shape?.keysAreOne === true || mayBeOne(a.facts, b.facts);
}

/** As much of a statement as tells, with its resource, what it says by itself. */
export type Outline = Pick<Spoken, 'resourceType' | 'resourceId' | 'replaces' | 'said'>;

/** What each statement says by itself, and what statements that speak of parts come to together. */
export function claimsOf(statements: readonly Spoken[], naming: Naming): Claims {
  const { hear, claims, inParts } = ownClaims<Spoken>(naming, ({ resource }) => resource);
  for (const one of statements) hear(one);
  if (inParts.size === 0) return claims;
  const parts = statements.filter((one) => inParts.has(entryName(one)));
  return { naming, all: [...claims.all, ...foldedClaims(parts, naming).all] };
}

/** What each statement says by itself, and the entries that may say what none of their statements says. */
export type OwnClaims<S> = {
  readonly hear: (statement: S) => void;
  /** Of the statements heard so far. */
  readonly claims: Claims;
  readonly inParts: ReadonlySet<string>;
};

/** Each resource is read, looked at and let go before the next, for a list may be long. */
export function ownClaims<S extends Outline>(naming: Naming, resourceIn: (statement: S) => JsonObject): OwnClaims<S> {
  const all: Claim[] = [];
  const inParts = new Set<string>();
  const hear = (one: S) => {
    const [name, resource] = [entryName(one), resourceIn(one)];
    const identity = naming.identityOf(resource);
    if (identity !== undefined) all.push({ name, identity });
    if (!saysAllOfItself(one, resource)) inParts.add(name);
  };
  return { hear, claims: { naming, all }, inParts };
}

/** What the statements of each entry come to. */
export function foldedClaims(statements: readonly Spoken[], naming: Naming): Claims {
  const all = [...Map.groupBy(statements, entryName)].flatMap(([name, own]) => {
    const view = fold(own);
    const identity = view === undefined ? undefined : naming.identityOf(resourceOf(view));
    return identity === undefined ? [] : [{ name, identity }];
  });
  return { naming, all };
}

const SERVER_OWNED: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'contained']);
const saidSets = new WeakMap<readonly ElementSaid[], ReadonlySet<string>>();

/** A whole resource of which everything counts: whatever was said before, the entry then says what this says. */
function saysAllOfItself({ replaces, said }: Outline, resource: JsonObject): boolean {
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

export function exactOf(fact: Fact): string | undefined {
  return fact !== undefined && 'exact' in fact ? fact.exact : undefined;
}

/** Claims under one name of entries not found yet; and by each fact that some state exactly, with those that do not. */
type Shelf = {
  all: readonly Claim[];
  readonly by: readonly { readonly exact: ReadonlyMap<string | undefined, readonly Claim[]> }[];
};

/** The entries of `asked`, those that might be one with them, those that might be one with these, and so on. */
export function nearEntries({ all, naming }: Claims, asked: ReadonlySet<string>): ReadonlySet<string> {
  const byEntry = Map.groupBy(all, ({ name }) => name);
  const shelfOf = shelvesOf(all, naming);
  const near = new Set(asked);
  for (const name of near) {
    for (const { identity } of byEntry.get(name) ?? []) {
      for (const key of identity.concept.keys) {
        const shelf = shelfOf(key);
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

/** Most names are never asked about, so what stands under one is sorted by facts when it first is. */
function shelvesOf(claims: readonly Claim[], { shape }: Naming): (key: string) => Shelf | undefined {
  const byKey = new Map<string, Claim[]>();
  for (const claim of claims) for (const key of claim.identity.concept.keys) put(byKey, key, claim);
  const dimensions = shape?.keysAreOne === true ? [] : [...(claims[0]?.identity.facts.keys() ?? [])];
  const sorted = new Map<string, Shelf>();
  return (key) => {
    const all = byKey.get(key);
    const known = sorted.get(key);
    if (known !== undefined || all === undefined) return known;
    const by = dimensions.map((place) => ({
      exact: Map.groupBy(all, ({ identity }) => exactOf(identity.facts[place]?.[1])),
    }));
    const shelf = { all, by };
    sorted.set(key, shelf);
    return shelf;
  };
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
