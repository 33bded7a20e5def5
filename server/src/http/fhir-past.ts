// `_asOf` on what searches: the answer as it was when the ledger had that size.
import { readTimeOf } from '../operate/reader.ts';
import { everLinked, personsThen } from '../pipeline/persons-then.ts';
import { type SearchRequest, type SearchWorld, search } from '../search/index.ts';
import { searchPast } from '../search/past-reader.ts';
import type { SearchPage } from '../search/reader.ts';
import type { HttpContext } from './context.ts';
import { sizeAt } from './fhir-read.ts';
import { one, type Query } from './query.ts';
import { searchWorld } from './search-world.ts';

export type When = {
  /** As the caller wrote it; undefined: now. */
  readonly asOf: string | undefined;
  /** Ledger size; undefined: as it is now. */
  readonly size: number | undefined;
  readonly world: SearchWorld;
};
type How = {
  readonly size: number | undefined;
  /** The only types that are kept of what is included. */
  readonly included?: readonly string[];
};

/** Takes `_asOf` out of a query, and gives the world as it was then: "approximately" is measured from that time. */
export async function whenOf(
  context: HttpContext,
  query: Query,
  base: string,
): Promise<When & { readonly rest: Query }> {
  const asOf = one(query, '_asOf');
  const rest = query.filter(([name]) => name !== '_asOf');
  const library = rest.some(asksTerminology) ? await context.terminology.library() : undefined;
  if (asOf === undefined) return { asOf, size: undefined, world: searchWorld(context.clock, base, library), rest };
  const size = await sizeAt(context, asOf);
  const at = await readTimeOf(context.db, size);
  return { asOf, size, world: searchWorld({ now: () => at }, base, library), rest };
}

/** Value sets and hierarchies are those stored by now, also where resources are as they were. */
function asksTerminology([name]: Query[number]): boolean {
  return name === '_filter' || /:(?:in|not-in|above|below)\b/.test(name);
}

/** The page, as it is or as it was. */
export function searchWhen({ db }: HttpContext, request: SearchRequest, { size, included }: How): Promise<SearchPage> {
  if (size === undefined) return search(db, request);
  return searchPast(db, request, {
    size,
    persons: (sql) => personsThen(sql, size),
    everLinked,
    ...(included === undefined ? {} : { included }),
  });
}

/** `_asOf` again, where a link repeats the query. */
export function asOfParameter({ asOf }: Pick<When, 'asOf'>): readonly (readonly [string, string])[] {
  return asOf === undefined ? [] : [['_asOf', asOf]];
}
