// Finds the entries of a person's list that an answer can rest on, by reading as little of the others as tells that it cannot.
import type { JsonObject } from '../base/json.ts';
import { type EntryText, type ListAsked, readEntriesCalled, readEntryTexts } from '../pipeline/list-reader.ts';
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
/** What is read of a list, each no more often than it is needed. */
export type ListReader = {
  called(id: string): Promise<readonly string[]>;
  texts(): Promise<readonly EntryText[]>;
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
    texts: () => readEntryTexts(db, asked),
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
  if (maySpeak !== undefined) return { names: namesOf((await list.texts()).filter(({ text }) => maySpeak(text))) };
  if (path.thing !== undefined) return chooseThing(store, path.thing);
  if (!isToldInParts(path)) return ALL;
  const texts = await list.texts();
  const part = partAfter([...namesOf(texts)].sort(), after);
  return part === undefined ? ALL : { names: await around(store, part.names, texts), part };
}

function namesOf(texts: readonly EntryText[]): readonly string[] {
  return [...new Set(texts.map(entryName))];
}

async function chooseThing(store: Store, thing: string): Promise<Chosen> {
  const { list } = store;
  // What looks like a key may all the same be the id of an entry; the list is read for either.
  const [called, texts] = await Promise.all([list.called(thing), isKey(thing) ? list.texts() : undefined]);
  if (called.length > 0) return { names: await around(store, new Set(called), texts ?? (await list.texts())) };
  if (texts === undefined) return { names: [] };
  const claims = await allClaims(store, texts);
  const keyed = entriesKeyed(claims, thing);
  // Where names lead to each other a thing may go by one that no claim has alone.
  return keyed.size === 0 && store.naming.shape?.keysAreOne === true ? ALL : { names: [...nearEntries(claims, keyed)] };
}

/** What every entry of the list claims; of those that speak in parts what they come to. */
async function allClaims({ list, naming }: Store, texts: readonly EntryText[]): Promise<Claims> {
  // No number tells one thing from another, so their digits need not be kept.
  const { claims, inParts } = ownClaims(texts, naming, ({ text }) => JSON.parse(text) as JsonObject);
  if (inParts.size === 0) return claims;
  const folded = foldedClaims(await list.statementsOf([...inParts]), naming);
  return { naming, all: [...claims.all, ...folded.all] };
}

/** These, whatever might be one with them, and so on. Each round looks at what is about the times that the last one came to. */
async function around(
  store: Store,
  seeds: ReadonlySet<string>,
  texts: readonly EntryText[],
): Promise<readonly string[]> {
  const { list, naming } = store;
  const timetable = isTimed(naming) ? timetableOf(texts, naming) : undefined;
  let reading = seeds;
  while (timetable !== undefined && reading.size <= AROUND_MAX) {
    const claims = claimsOf(await list.statementsOf([...reading]), naming);
    const near = nearEntries(claims, seeds);
    const times = timesOf(claims, near);
    if (times === undefined) break;
    const might = timetable.filter(({ time }) => time === undefined || times.has(time));
    const next = new Set([...reading, ...might.map(({ name }) => name)]);
    if (next.size === reading.size) return [...near];
    reading = next;
  }
  return [...nearEntries(await allClaims(store, texts), seeds)];
}

type EntryTime = { readonly name: string; readonly time: string | undefined };

/** What each statement says of when its entry was, if that is certain. */
function timetableOf(texts: readonly EntryText[], naming: Naming): readonly EntryTime[] {
  const saids = new Map<EntryText['said'], ReadonlySet<string>>();
  return texts.map((one) => {
    const said = saids.get(one.said) ?? setIn(one.said);
    saids.set(one.said, said);
    return { name: entryName(one), time: glancedTime(one.text, said, naming) };
  });
}

function setIn(said: EntryText['said']): ReadonlySet<string> {
  return new Set(said.flatMap(({ element, action }) => (action === 'set' ? [element] : [])));
}
