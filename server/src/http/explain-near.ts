// Finds the entries of a person's list that an answer can rest on, by reading as little of the others as tells that it cannot.
import type { SubjectId } from '../base/ids.ts';
import {
  type ListAsked,
  readEntriesCalled,
  readEntriesSaying,
  readEntryNames,
  readEntryTimes,
  readOutlines,
  readOutlinesOf,
} from '../pipeline/list-reader.ts';
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
  timeProperty,
  timesOf,
  typesAbout,
} from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import type { HttpContext } from './context.ts';

export type Chosen = {
  /** `Type/id` of each; undefined: all of these types. */
  readonly names: readonly string[] | undefined;
  readonly part?: ListPart;
};
export type Choosing = {
  readonly policy: Policy;
  readonly path: ExplainPath;
  readonly asOf: number;
  /** The part of a long list that follows this entry. */
  readonly after: string | undefined;
};
type Store = { readonly db: HttpContext['db']; readonly asked: ListAsked; readonly naming: Naming };
/** Of each entry of a list the times that its statements give; undefined among them where one of them gives none that is certain. */
type Timetable = ReadonlyMap<string, readonly (string | undefined)[]>;

const ALL: Chosen = { names: undefined };
/** Beyond this much of a list around what is asked about it is as quick to look through all of it. */
const AROUND_MAX = 1_000;

/** Of what was said of the person's list. */
export async function chooseEntries(
  db: HttpContext['db'],
  { policy, path, asOf, after }: Choosing,
  subjects: readonly SubjectId[],
): Promise<Chosen> {
  const naming = namingOf({ policy }, path.resourceType);
  const { shape } = naming;
  const store: Store = { db, naming, asked: { subjects, types: typesAbout(path.resourceType), asOf } };
  if (shape === undefined) return ALL;
  if (shape.maySpeak !== undefined) return { names: await readEntriesSaying(db, store.asked, shape.maySpeak) };
  if (path.thing !== undefined) return chooseThing(store, path.thing);
  if (!isToldInParts(path)) return ALL;
  const times = await timetable(store);
  const names = times === undefined ? await readEntryNames(db, store.asked) : [...times.keys()];
  const part = partAfter([...names].sort(), after);
  return part === undefined ? ALL : { names: await around(store, part.names, times), part };
}

async function chooseThing(store: Store, thing: string): Promise<Chosen> {
  const { db, naming, asked } = store;
  const called = await readEntriesCalled(db, asked, thing);
  if (called.length > 0) return { names: await around(store, new Set(called), await timetable(store)) };
  const claims = claimsOf(await readOutlines(db, asked), naming);
  const keyed = entriesKeyed(claims, thing);
  return keyed.size === 0 && !claims.isCertain ? ALL : { names: [...nearEntries(claims, keyed)] };
}

async function timetable({ db, naming, asked }: Store): Promise<Timetable | undefined> {
  const property = timeProperty(naming);
  if (property === undefined) return undefined;
  const found = new Map<string, (string | undefined)[]>();
  for (const { name, time } of await readEntryTimes(db, asked, property)) {
    const exact = exactTime(time, naming);
    const known = found.get(name);
    if (known === undefined) found.set(name, [exact]);
    else known.push(exact);
  }
  return found;
}

/** These, whatever might be one with them, and so on. Each round looks at what is about the times that the last one came to. */
async function around(
  { db, naming, asked }: Store,
  seeds: ReadonlySet<string>,
  timetable: Timetable | undefined,
): Promise<readonly string[]> {
  let reading: ReadonlySet<string> = seeds;
  while (timetable !== undefined && reading.size <= AROUND_MAX) {
    const claims = claimsOf(await readOutlinesOf(db, [...reading], asked.asOf), naming);
    const near = nearEntries(claims, seeds);
    const times = timesOf(claims, near);
    if (times === undefined) break;
    const might = [...timetable].filter(([, own]) => own.some((one) => one === undefined || times.has(one)));
    const next = new Set([...reading, ...might.map(([name]) => name)]);
    if (next.size === reading.size) return [...near];
    reading = next;
  }
  return [...nearEntries(claimsOf(await readOutlines(db, asked), naming), seeds)];
}
