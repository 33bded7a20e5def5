// Finds the entries of a person's list that an answer can rest on, by reading as little of the others as tells that it cannot.
import type { SubjectId } from '../base/ids.ts';
import {
  type ListAsked,
  readEntriesAround,
  readEntriesCalled,
  readEntriesSaying,
  readEntryNames,
  readOutlines,
  readOutlinesOf,
} from '../pipeline/list-reader.ts';
import {
  claimsOf,
  type ExplainPath,
  entriesKeyed,
  isToldInParts,
  type ListPart,
  type Naming,
  namingOf,
  nearEntries,
  type Outline,
  partAfter,
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

const ALL: Chosen = { names: undefined };
/** Beyond this much of a list around what is asked about it is as quick to look through all of it. */
const AROUND_MAX = 1_000;
const ROUNDS_MAX = 4;

/** Of what was said of the person's list. */
export async function chooseEntries(
  db: HttpContext['db'],
  choosing: Choosing,
  subjects: readonly SubjectId[],
): Promise<Chosen> {
  const { policy, path, asOf, after } = choosing;
  const naming = namingOf({ policy }, path.resourceType);
  const store: Store = { db, naming, asked: { subjects, types: typesAbout(path.resourceType), asOf } };
  if (naming.shape === undefined) return ALL;
  if (naming.shape.maySpeak !== undefined)
    return { names: await readEntriesSaying(db, store.asked, naming.shape.maySpeak) };
  if (path.thing !== undefined) return chooseThing(store, path.thing);
  if (!isToldInParts(path)) return ALL;
  const part = partAfter(await readEntryNames(db, store.asked), after);
  return part === undefined ? ALL : { names: await around(store, part.names), part };
}

async function chooseThing(store: Store, thing: string): Promise<Chosen> {
  const { db, naming, asked } = store;
  const called = await readEntriesCalled(db, asked, thing);
  if (called.length > 0) return { names: await around(store, new Set(called)) };
  const claims = claimsOf(await readOutlines(db, asked), naming);
  const keyed = entriesKeyed(claims, thing);
  return keyed.size === 0 ? ALL : { names: [...nearEntries(claims, keyed)] };
}

/** These, whatever might be one with them, and so on. Each round asks for what is about the times that the last one came to. */
async function around({ db, naming, asked }: Store, seeds: ReadonlySet<string>): Promise<readonly string[]> {
  const nearIn = (outlines: readonly Outline[]) => {
    const claims = claimsOf(outlines, naming);
    const near = nearEntries(claims, seeds);
    return { near, cut: timesOf(claims, near) };
  };
  let { near, cut } = nearIn(await readOutlinesOf(db, [...seeds], asked.asOf));
  let looked: ReadonlySet<string> = new Set();
  for (let round = 0; round < ROUNDS_MAX && cut !== undefined; round += 1) {
    if (cut.times.every((time) => looked.has(time))) return [...near];
    looked = new Set(cut.times);
    const names = await readEntriesAround(db, asked, cut);
    if (names.length > AROUND_MAX) break;
    ({ near, cut } = nearIn(await readOutlinesOf(db, [...new Set([...names, ...near])], asked.asOf)));
  }
  return [...nearIn(await readOutlines(db, asked)).near];
}
