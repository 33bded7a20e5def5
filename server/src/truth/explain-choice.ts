// Which entries of a person's list can play a part in an answer, told from as little of them as will do. What is left out is never a
// matter of judgement: it cannot be one with anything that is asked about.

import type { ListPart } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { timeFact } from './lists/facts.ts';
import { membersKeyed } from './lists/group.ts';
import { SHAPES } from './lists/identity.ts';
import { mayBeDenied } from './lists/no-known.ts';
import { type Claims, exactOf, type Naming } from './near-claims.ts';

/** A list of more entries than one answer holds is told in parts of so many: what takes long is to decide and to write. */
const WHOLE_MAX = 100;
const PART = 50;

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

const KEY = /^[0-9a-f]{12}$/;

/** Whether a thing may go by this key: other words are ids of entries. */
export function isKey(thing: string): boolean {
  return KEY.test(thing);
}

/** The entries that go by the key of a thing, `Observation:0123456789ab`. */
export function entriesKeyed({ all, naming }: Claims, key: string): ReadonlySet<string> {
  const members = all.map(({ name, identity }) => ({ entry: name, identity }));
  return new Set(membersKeyed(members, naming.shape?.keysAreOne === true, key).map(({ entry }) => entry));
}

/**
 * The exact time that a statement gives its entry, where its text tells it at a glance; undefined where more would have to be read: it
 * gives none, or one that is not exact, or may give several. `said`: the elements that it speaks of.
 */
export function glancedTime(text: string, said: ReadonlySet<string>, { shape, sameTime }: Naming): string | undefined {
  const begins = shape?.timed?.begins ?? '';
  const property = `${begins}DateTime`;
  const start = begins === '' || !said.has(property) ? -1 : text.indexOf(`"${begins}`);
  const value = start + property.length + '"":'.length;
  if (start < 0 || text.indexOf(`"${begins}`, start + 1) >= 0 || !text.startsWith(`"${property}":"`, start))
    return undefined;
  const end = text.indexOf('"', value + 1);
  const written = text.slice(value + 1, end);
  // An escape may write the name of the property another time.
  if (written.includes('\\') || text.includes('\\u') || !isOfTheResource(text, start)) return undefined;
  return exactOf(timeFact(written, sameTime));
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [...'"\\{}[]'].map((one) => one.charCodeAt(0));

/** Whether what stands at this place of a JSON object is a property of it, and neither of what is in it nor text. */
function isOfTheResource(text: string, place: number): boolean {
  let depth = 0;
  for (let at = 0; at < place; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = text.indexOf('"', at + 1);
      if (at < 0 || at >= place || text.charCodeAt(at - 1) === BACKSLASH) return false;
    } else if (code === OPEN || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE || code === CLOSE_LIST) depth -= 1;
  }
  return depth === 1;
}

/** Whether a glance may tell the times of this list. */
export function isTimed({ shape, sameTime }: Naming): boolean {
  return shape?.timed !== undefined && sameTime !== 'any';
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
