// What searches are read with on this server.
import type { Clock } from '../base/clock.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import { readCustom, type SearchWorld } from '../search/index.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';

/** The definitions are loaded when a search first needs them, not at the start. */
export function searchWorld(clock: Clock, baseUrl = BASE_FHIR, library?: Library): SearchWorld {
  return {
    now: Date.parse(clock.now()),
    baseUrl,
    get library() {
      return library ?? baseLibrary();
    },
  };
}

/** With all that is defined here: for searches that are read where nothing can be looked up. */
export async function wholeWorld({ db, terminology }: HttpContext, clock: Clock): Promise<SearchWorld> {
  const library = await terminology.library();
  return { now: Date.parse(clock.now()), baseUrl: BASE_FHIR, library, custom: await readCustom(db) };
}
