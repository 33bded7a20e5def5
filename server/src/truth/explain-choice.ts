// Which entries of a person's list can play a part in an answer, told from as little of them as will do. What is left out is never a
// matter of judgement: it cannot be one with anything that is asked about.

import type { ListPart } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { LENGTHS } from './lists/facts.ts';
import { membersKeyed } from './lists/group.ts';
import { SHAPES } from './lists/identity.ts';
import { mayBeDenied } from './lists/no-known.ts';
import { type Claims, exactOf } from './near-claims.ts';

/** A list of more entries is told in parts of this many. */
const WHOLE_MAX = 200;
const PART = 100;

/** Whether a list may be told in parts: not if one entry may deny all others, which have to stand beside it. */
export function isToldInParts(path: ExplainPath): boolean {
  const shape = SHAPES[path.resourceType];
  return (
    path.thing === undefined && shape !== undefined && shape.maySpeak === undefined && !mayBeDenied(path.resourceType)
  );
}

/** The part after the entry of this name, of all the names in order; undefined where all fits into one answer. */
export function partAfter(names: readonly string[], after: string | undefined): ListPart | undefined {
  if (after === undefined && names.length <= WHOLE_MAX) return undefined;
  const found = after === undefined ? 0 : names.findIndex((name) => name > after);
  const start = found < 0 ? names.length : found;
  const told = names.slice(start, start + PART);
  return { names: new Set(told), from: start + 1, to: start + told.length, of: names.length };
}

/** The entries that go by the key of a thing, `Observation:0123456789ab`. */
export function entriesKeyed({ all, naming }: Claims, key: string): ReadonlySet<string> {
  const members = all.map(({ name, identity }) => ({ entry: name, identity }));
  return new Set(membersKeyed(members, naming.shape?.keysAreOne === true, key).map(({ entry }) => entry));
}

/** A time that stands in a resource: in which property, how it begins where all is known of it, and what it may be. */
export type TimesAsked = {
  readonly property: string;
  /** Every property that may hold the time begins so. */
  readonly begins: string;
  /** The pattern of a JSON string of which the first `length` characters are the time. */
  readonly written: string;
  readonly length: number;
  readonly times: readonly string[];
};

// On a day that every month has, to the second and in UTC: nothing is to be worked out.
const MOMENT =
  '^"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]+)?Z"$';
const YEAR = 4;
const DAY = 10;

/** The times at which an entry must be, if it states one, to be one with any of these; undefined where that tells nothing apart. */
export function timesOf({ all, naming }: Claims, names: ReadonlySet<string>): TimesAsked | undefined {
  const { shape, sameTime } = naming;
  const length = LENGTHS[sameTime];
  const timed = shape?.timed;
  if (timed === undefined || length === 0) return undefined;
  const times = new Set<string>();
  for (const { name, identity } of all) {
    if (!names.has(name)) continue;
    const time = exactOf(identity.facts.find(([dimension]) => dimension === timed.dimension)?.[1]);
    if (time === undefined) return undefined;
    times.add(time);
  }
  const written = length > DAY ? MOMENT : `^"[0-9]{${YEAR}}[0-9-]{${length - YEAR}}`;
  return { property: `${timed.begins}DateTime`, begins: timed.begins, written, length, times: [...times] };
}
