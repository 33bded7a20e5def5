// Finds the entries of a person's list that an answer can rest on, by reading as little of the others as tells that it cannot.
import type { JsonObject } from '../base/json.ts';
import { type EntryText, eachEntryText, type ListAsked, readEntriesCalled } from '../pipeline/list-reader.ts';
import { readNamedStatements } from '../pipeline/person-reader.ts';
import {
  type Claims,
  claimsOf,
  type ExplainPath,
  entriesKeyed,
  entryName,
  foldedClaims,
  glancedTime,
  isKey,
  isTimed,
  isToldInParts,
  type ListPart,
  type Naming,
  namingOf,
  nearEntries,
  ownClaims,
  partAfter,
  timesOf,
} from '../truth/index.ts';
import type { Policy, Spoken } from '../truth/types.ts';
import type { HttpContext } from './context.ts';

export type Chosen = {
  /** `Type/id` of each; undefined: all of these types. */
  readonly names: readonly string[] | undefined;
  readonly part?: ListPart;
};
export type Choosing = {
  readonly policy: Policy;
  readonly path: ExplainPath;
  /** The part of a long list that follows this entry. */
  readonly after: string | undefined;
};
/** What is read of a list. */
export type ListReader = {
  called(id: string): Promise<readonly string[]>;
  /** Every statement about it, one by one: a long list need not be held to be looked through. */
  each(see: (one: EntryText) => void): Promise<void>;
  statementsOf(names: readonly string[]): Promise<readonly Spoken[]>;
};
type Store = { readonly list: ListReader; readonly naming: Naming };

const ALL: Chosen = { names: undefined };
/** Beyond this much of a list around what is asked about it is as quick to look through all of it. */
const AROUND_MAX = 500;

/** The list as it is stored. */
export function storedList(db: HttpContext['db'], asked: ListAsked): ListReader {
  return {
    called: (id) => readEntriesCalled(db, asked, id),
    each: (see) => eachEntryText(db, asked, see),
    statementsOf: (names) => readNamedStatements(db, names, asked.asOf),
  };
}

/** Of what was said of the person's list. */
export async function chooseEntries(list: ListReader, { policy, path, after }: Choosing): Promise<Chosen> {
  const naming = namingOf({ policy }, path.resourceType);
  const { shape } = naming;
  const store: Store = { list, naming };
  if (shape === undefined) return ALL;
  const { maySpeak } = shape;
  if (maySpeak !== undefined) return { names: await speaking(list, maySpeak) };
  if (path.thing !== undefined) return chooseThing(store, path.thing);
  if (!isToldInParts(path)) return ALL;
  const timetable = await timetableOf(store);
  const part = partAfter([...new Set(timetable.map(({ name }) => name))].sort(), after);
  return part === undefined ? ALL : { names: await around(store, part.names, timetable), part };
}

async function speaking(list: ListReader, maySpeak: (text: string) => boolean): Promise<readonly string[]> {
  const names = new Set<string>();
  await list.each((one) => {
    if (maySpeak(one.text)) names.add(entryName(one));
  });
  return [...names];
}

async function chooseThing(store: Store, thing: string): Promise<Chosen> {
  const { list } = store;
  // What looks like a key may all the same be the id of an entry.
  const called = await list.called(thing);
  if (called.length > 0) return { names: await around(store, new Set(called), await timetableOf(store)) };
  if (!isKey(thing)) return { names: [] };
  const claims = await allClaims(store);
  const keyed = entriesKeyed(claims, thing);
  // Where names lead to each other a thing may go by one that no claim has alone.
  return keyed.size === 0 && store.naming.shape?.keysAreOne === true ? ALL : { names: [...nearEntries(claims, keyed)] };
}

/** What every entry of the list claims; of those that speak in parts what they come to. */
async function allClaims({ list, naming }: Store): Promise<Claims> {
  // No number tells one thing from another, so their digits need not be kept.
  const { hear, claims, inParts } = ownClaims<EntryText>(naming, ({ text }) => JSON.parse(text) as JsonObject);
  await list.each(hear);
  if (inParts.size === 0) return claims;
  const folded = foldedClaims(await list.statementsOf([...inParts]), naming);
  return { naming, all: [...claims.all, ...folded.all] };
}

/** These, whatever might be one with them, and so on. Each round looks at what is about the times that the last one came to. */
async function around(
  store: Store,
  seeds: ReadonlySet<string>,
  timetable: readonly EntryTime[],
): Promise<readonly string[]> {
  const { list, naming } = store;
  let reading = seeds;
  while (isTimed(naming) && reading.size <= AROUND_MAX) {
    const claims = claimsOf(await list.statementsOf([...reading]), naming);
    const near = nearEntries(claims, seeds);
    const times = timesOf(claims, near);
    if (times === undefined) break;
    const might = timetable.filter(({ time }) => time === undefined || times.has(time));
    const next = new Set([...reading, ...might.map(({ name }) => name)]);
    if (next.size === reading.size) return [...near];
    reading = next;
  }
  return [...nearEntries(await allClaims(store), seeds)];
}

type EntryTime = { readonly name: string; readonly time: string | undefined };

/** What each statement says of when its entry was, if that is certain. */
async function timetableOf({ list, naming }: Store): Promise<readonly EntryTime[]> {
  const timed = isTimed(naming);
  const saids = new Map<EntryText['said'], ReadonlySet<string>>();
  const times: EntryTime[] = [];
  await list.each((one) => {
    const said = saids.get(one.said) ?? setIn(one.said);
    saids.set(one.said, said);
    times.push({ name: entryName(one), time: timed ? glancedTime(one.text, said, naming) : undefined });
  });
  return times;
}

function setIn(said: EntryText['said']): ReadonlySet<string> {
  return new Set(said.flatMap(({ element, action }) => (action === 'set' ? [element] : [])));
}
