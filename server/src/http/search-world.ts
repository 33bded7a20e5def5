// What searches are read with on this server.
import type { Clock } from '../base/clock.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import type { SearchWorld } from '../search/index.ts';
import { BASE_FHIR } from './context.ts';

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
