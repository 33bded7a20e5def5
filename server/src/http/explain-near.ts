// Finds the entries of a person's list that an answer can rest on, by reading as little of the others as tells that it cannot.
import {
  type EntryTime,
  type ListAsked,
  readEntriesCalled,
  readEntriesSaying,
  readEntryNames,
  readEntryTimes,
} from '../pipeline/list-reader.ts';
import { readListStatements, readNamedStatements } from '../pipeline/person-reader.ts';
import {
  claimsOf,
  type ExplainPath,
  entriesKeyed,
  exactTime,
  isToldInParts,
  type ListPart,
  type Naming,
  namingOf,
  nearEntries,
  partAfter,
  type TimeProperty,
  timeProperty,
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
  names(): Promise<readonly string[]>;
  times(property: TimeProperty): Promise<readonly EntryTime[]>;
  statements(): Promise<readonly Spoken[]>;
  statementsOf(names: readonly string[]): Promise<readonly Spoken[]>;
  saying(isSuch: (text: string) => boolean): Promise<readonly string[]>;
};
type Store = { readonly list: ListReader; readonly naming: Naming };
/** Of each entry of a list the times that its statements give; undefined among them where one of them gives none that is certain. */
type Timetable = ReadonlyMap<string, readonly (string | undefined)[]>;

const ALL: Chosen = { names: undefined };
/** Beyond this much of a list around what is asked about it is as quick to look through all of it. */
const AROUND_MAX = 1_000;

/** The list as it is stored. */
export function storedList(db: HttpContext['db'], asked: ListAsked): ListReader {
  return {
    called: (id) => readEntriesCalled(db, asked, id),
    names: () => readEntryNames(db, asked),
    times: (property) => readEntryTimes(db, asked, property),
    statements: () => readListStatements(db, asked),
    statementsOf: (names) => readNamedStatements(db, names, asked.asOf),
    saying: (isSuch) => readEntriesSaying(db, asked, isSuch),
  };
}

/** Of what was said of the person's list. */
export async function chooseEntries(list: ListReader, { policy, path, after }: Choosing): Promise<Chosen> {
  const naming = namingOf({ policy }, path.resourceType);
  const { shape } = naming;
  const store: Store = { list, naming };
  if (shape === undefined) return ALL;
  if (shape.maySpeak !== undefined) return { names: await list.saying(shape.maySpeak) };
  if (path.thing !== undefined) return chooseThing(store, path.thing);
  if (!isToldInParts(path)) return ALL;
  const times = await timetable(store);
  const names = times === undefined ? await list.names() : [...times.keys()];
  const part = partAfter([...names].sort(), after);
  return part === undefined ? ALL : { names: await around(store, part.names, times), part };
}

async function chooseThing(store: Store, thing: string): Promise<Chosen> {
  const { list, naming } = store;
  const called = await list.called(thing);
  if (called.length > 0) return { names: await around(store, new Set(called), await timetable(store)) };
  const claims = claimsOf(await list.statements(), naming);
  const keyed = entriesKeyed(claims, thing);
  // Where names lead to each other a thing may go by one that no claim has alone.
  return keyed.size === 0 && naming.shape?.keysAreOne === true ? ALL : { names: [...nearEntries(claims, keyed)] };
}

async function timetable({ list, naming }: Store): Promise<Timetable | undefined> {
  const property = timeProperty(naming);
  if (property === undefined) return undefined;
  const found = new Map<string, (string | undefined)[]>();
  for (const { name, time } of await list.times(property)) {
    const exact = exactTime(time, naming);
    const known = found.get(name);
    if (known === undefined) found.set(name, [exact]);
    else known.push(exact);
  }
  return found;
}

/** These, whatever might be one with them, and so on. Each round looks at what is about the times that the last one came to. */
async function around(
  { list, naming }: Store,
  seeds: ReadonlySet<string>,
  timetable: Timetable | undefined,
): Promise<readonly string[]> {
  let reading: ReadonlySet<string> = seeds;
  while (timetable !== undefined && reading.size <= AROUND_MAX) {
    const claims = claimsOf(await list.statementsOf([...reading]), naming);
    const near = nearEntries(claims, seeds);
    const times = timesOf(claims, near);
    if (times === undefined) break;
    const might = [...timetable].filter(([, own]) => own.some((one) => one === undefined || times.has(one)));
    const next = new Set([...reading, ...might.map(([name]) => name)]);
    if (next.size === reading.size) return [...near];
    reading = next;
  }
  return [...nearEntries(claimsOf(await list.statements(), naming), seeds)];
}
