// Which entries of a person's list can play a part in an answer, told from as little of them as will do. What is left out is never a
// matter of judgement: it cannot be one with anything that is asked about.

import type { Json } from '../base/json.ts';
import type { ListPart } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { timeFact } from './lists/facts.ts';
import { membersKeyed } from './lists/group.ts';
import { SHAPES } from './lists/identity.ts';
import { mayBeDenied } from './lists/no-known.ts';
import { type Claims, exactOf, type Naming } from './near-claims.ts';

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

/** Where entries of a list have the time that tells them apart, if they are at a point in time: all that may hold it begins so. */
export type TimeProperty = { readonly property: string; readonly begins: string };

/** Undefined where time tells nothing apart in this list. */
export function timeProperty({ shape, sameTime }: Naming): TimeProperty | undefined {
  const begins = shape?.timed?.begins;
  return begins === undefined || sameTime === 'any' ? undefined : { property: `${begins}DateTime`, begins };
}

/** A time as the list compares it; undefined where it is not exact. */
export function exactTime(value: Json | undefined, { sameTime }: Naming): string | undefined {
  return exactOf(timeFact(value, sameTime));
}

/** The times at which an entry must be, if it states one, to be one with any of these; undefined where that tells nothing apart. */
export function timesOf({ all, naming }: Claims, names: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const dimension = naming.shape?.timed?.dimension;
  const times = new Set<string>();
  for (const { name, identity } of all) {
    if (!names.has(name)) continue;
    const time = exactOf(identity.facts.find((fact) => fact[0] === dimension)?.[1]);
    if (time === undefined) return undefined;
    times.add(time);
  }
  return times;
}
