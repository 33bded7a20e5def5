// Which entries speak of the same thing. Entries with the same signature do; one that says less joins a fuller one when it fits
// that one and no other. It never depends on order, and a class is never made one with its substance.
import { hash } from 'node:crypto';
import { byCodeUnit } from '../json-values.ts';
import { languageOf, rankOf } from './concept.ts';
import type { Fact } from './facts.ts';
import type { Identity } from './identity.ts';
import type { Dimension } from './types.ts';

export type Member<E> = { readonly entry: E; readonly identity: Identity };
export type Group<E> = {
  readonly key: string;
  readonly about: { readonly [dimension in Dimension]?: string };
  readonly members: readonly (Member<E> & {
    readonly agrees: readonly Dimension[];
    readonly unsaid: readonly Dimension[];
  })[];
  /** Keys of groups that it might be one with, or that keep it apart from another. */
  readonly related: readonly string[];
};

type Signature<E> = {
  readonly text: string;
  readonly key: string;
  readonly hints: Set<string>;
  readonly identity: Identity;
  readonly members: Member<E>[];
};

const KEY_CHARACTERS = 12;

export function groupEntries<E>(members: readonly Member<E>[], keysAreOne: boolean): readonly Group<E>[] {
  const keyOf = keysAreOne ? commonKeys(members) : (identity: Identity) => identity.concept.keys[0] ?? '';
  const signatures = signaturesOf(members, keyOf);
  const index = indexed(signatures);
  const fuller = new Map(signatures.map((one) => [one, fullerThan(one, index)]));
  const roots = new Map(signatures.map((one) => [one, rootOf(one, fuller)]));
  const related = relations(signatures, { fuller, roots, keysAreOne });
  const groups = [...Map.groupBy(signatures, (one) => roots.get(one) ?? one)].map(([root, own]) =>
    groupOf(root, own, [...(related.get(root) ?? [])]),
  );
  return groups.sort((a, b) => byCodeUnit(a.key, b.key));
}

type Roots<E> = ReadonlyMap<Signature<E>, Signature<E>>;

/**
 * Groups that would be told apart differently if one of them were not there: those that an entry fits equally well, with the group
 * of that entry, and one medicine by other routes and in other forms. Whoever explains one of them must cite the others.
 */
function relations<E>(
  signatures: readonly Signature<E>[],
  by: { fuller: ReadonlyMap<Signature<E>, readonly Signature<E>[]>; roots: Roots<E>; keysAreOne: boolean },
): ReadonlyMap<Signature<E>, ReadonlySet<Signature<E>>> {
  const rootOf = (one: Signature<E>) => by.roots.get(one) ?? one;
  const found = new Map<Signature<E>, Set<Signature<E>>>();
  const relate = (some: readonly Signature<E>[]) => {
    for (const one of some) {
      const known = found.get(one) ?? new Set<Signature<E>>();
      found.set(one, known);
      for (const other of some) if (other !== one) known.add(other);
    }
  };
  for (const one of signatures) {
    const above = by.fuller.get(one) ?? [];
    if (above.length > 1) relate([...new Set([one, ...above].map(rootOf))]);
  }
  if (by.keysAreOne)
    for (const own of Map.groupBy(signatures, (one) => one.key).values()) relate([...new Set(own.map(rootOf))]);
  return found;
}

/** Keys that stand together in one entry are one: a name and a product's code lead to each other. */
function commonKeys<E>(members: readonly Member<E>[]): (identity: Identity) => string {
  const parents = new Map<string, string>();
  const find = (key: string): string => {
    const parent = parents.get(key) ?? key;
    return parent === key ? key : find(parent);
  };
  for (const { identity } of members) {
    const [first = ''] = identity.concept.keys;
    for (const key of identity.concept.keys) {
      const [a, b] = [find(first), find(key)].sort(inKeyOrder);
      if (a !== undefined && b !== undefined && a !== b) parents.set(b, a);
    }
  }
  return (identity) => find(identity.concept.keys[0] ?? '');
}

function inKeyOrder(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || byCodeUnit(a, b);
}

function signaturesOf<E>(
  members: readonly Member<E>[],
  keyOf: (identity: Identity) => string,
): readonly Signature<E>[] {
  const found = new Map<string, Signature<E>>();
  for (const member of members) {
    const { identity } = member;
    const key = keyOf(identity);
    const text = signatureText(identity, key);
    const known = found.get(text) ?? { text, key, hints: new Set<string>(), identity, members: [] };
    found.set(text, known);
    known.members.push(member);
    for (const hint of identity.concept.keys) known.hints.add(hint);
    known.hints.add(key);
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.text, b.text));
}

/** By name, and by name with each exact fact: a fuller signature has every exact fact of the one it is fuller than. */
function indexed<E>(signatures: readonly Signature<E>[]): ReadonlyMap<string, readonly Signature<E>[]> {
  const places = new Map<string, Signature<E>[]>();
  for (const one of signatures) {
    for (const place of [...one.hints].flatMap((hint) => [hint, ...exactPlaces(one, hint)])) {
      const known = places.get(place);
      if (known === undefined) places.set(place, [one]);
      else known.push(one);
    }
  }
  return places;
}

function exactPlaces({ identity }: Signature<unknown>, hint: string): readonly string[] {
  return identity.facts.flatMap(([dimension, fact]) =>
    fact !== undefined && 'exact' in fact ? [`${hint} ${dimension} ${fact.exact}`] : [],
  );
}

/** The fullest signatures that say everything this one says, and more. Looked for where the fewest stand: there are thousands. */
function fullerThan<E>(
  one: Signature<E>,
  index: ReadonlyMap<string, readonly Signature<E>[]>,
): readonly Signature<E>[] {
  const near = new Set([...one.hints].flatMap((hint) => fewest(index, [hint, ...exactPlaces(one, hint)])));
  const above = [...near].filter((other) => other !== one && says(other, one));
  return above.filter((other) => !above.some((third) => third !== other && says(third, other)));
}

function fewest<E>(
  index: ReadonlyMap<string, readonly Signature<E>[]>,
  places: readonly string[],
): readonly Signature<E>[] {
  const found = places.map((place) => index.get(place) ?? []);
  return found.reduce((a, b) => (b.length < a.length ? b : a));
}

/** Does `full` say all that `part` says? */
function says(full: Signature<unknown>, part: Signature<unknown>): boolean {
  return (
    nameSays(full, part) &&
    part.identity.facts.every(([, fact], place) => factSays(full.identity.facts[place]?.[1], fact))
  );
}

function nameSays(full: Signature<unknown>, part: Signature<unknown>): boolean {
  if (full.key === part.key) return true;
  if (languageOf(full.key) === languageOf(part.key)) return false;
  if (inKeyOrder(full.key, part.key) > 0) return false;
  return [...part.hints].some((hint) => full.hints.has(hint));
}

function factSays(full: Fact, part: Fact): boolean {
  if (part === undefined) return true;
  if (full === undefined) return false;
  if ('exact' in part) return 'exact' in full && full.exact === part.exact;
  return ('exact' in full ? full.exact : full.begins).startsWith(part.begins);
}

/** Whether two entries might be the same thing, as far as these facts go: neither says what the other denies. */
export function mayBeOne(a: Identity['facts'], b: Identity['facts']): boolean {
  return a.every(([, fact], place) => {
    const other = b[place]?.[1];
    return factSays(fact, other) || factSays(other, fact);
  });
}

function rootOf<E>(one: Signature<E>, fuller: ReadonlyMap<Signature<E>, readonly Signature<E>[]>): Signature<E> {
  const above = fuller.get(one) ?? [];
  const [only] = above;
  return above.length === 1 && only !== undefined ? rootOf(only, fuller) : one;
}

function groupOf<E>(root: Signature<E>, own: readonly Signature<E>[], related: readonly Signature<E>[]): Group<E> {
  const { named, concept, facts } = root.identity;
  const about: { [dimension in Dimension]?: string } = { [named]: concept.words };
  for (const [dimension, fact] of facts) {
    if (fact !== undefined) about[dimension] = 'exact' in fact ? fact.exact : fact.begins;
  }
  const members = own.flatMap((signature) =>
    signature.members.map((member) => ({ ...member, ...comparison(root, signature) })),
  );
  return { key: shortKey(root), about, members, related: related.map(shortKey).sort(byCodeUnit) };
}

function comparison(root: Signature<unknown>, own: Signature<unknown>) {
  const agrees: Dimension[] = [];
  const unsaid: Dimension[] = [];
  (own.key === root.key ? agrees : unsaid).push(root.identity.named);
  for (const [place, [dimension, fact]] of root.identity.facts.entries()) {
    if (fact === undefined) continue;
    const said = own.identity.facts[place]?.[1];
    (JSON.stringify(said) === JSON.stringify(fact) ? agrees : unsaid).push(dimension);
  }
  return { agrees, unsaid };
}

function signatureText({ facts }: Identity, key: string): string {
  return JSON.stringify([key, ...facts.map(([, fact]) => fact ?? null)]);
}

function shortKey(one: { readonly text: string }): string {
  return hash('sha256', one.text, 'hex').slice(0, KEY_CHARACTERS);
}

/** Those of which some say just what the thing of this key goes by. */
export function membersKeyed<E>(members: readonly Member<E>[], keysAreOne: boolean, key: string): readonly Member<E>[] {
  const keyOf = keysAreOne ? commonKeys(members) : (identity: Identity) => identity.concept.keys[0] ?? '';
  const isAsked = new Map<string, boolean>();
  return members.filter(({ identity }) => {
    const text = signatureText(identity, keyOf(identity));
    const known = isAsked.get(text) ?? shortKey({ text }) === key;
    isAsked.set(text, known);
    return known;
  });
}
