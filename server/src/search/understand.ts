// A search read with what is defined at the moment. Custom parameters are looked up only where R4's own do not answer alone, so that
// ordinary searches cost nothing for them, and no process has to remember what another may have changed.
import type { Sql } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { NO_CUSTOM } from './custom.ts';
import { readCustom } from './custom-reader.ts';
import type { SearchWorld } from './parse/context.ts';
import { readSearch, type SearchAsked } from './parse/request.ts';
import type { SearchRequest } from './query.ts';

/** As `readSearch`. Throws `Refused` with the code `search-parameter-building` for a parameter whose index is not complete. */
export async function understand(sql: Sql, asked: SearchAsked, world: SearchWorld): Promise<SearchRequest> {
  let missed = false;
  const onMissed = () => {
    missed = true;
  };
  try {
    const request = readSearch(asked, worldWith(world, { custom: NO_CUSTOM, onMissed }));
    if (!missed) return request;
  } catch (error) {
    if (!missed || !(error instanceof Refused)) throw error;
  }
  const custom = await readCustom(sql);
  return readSearch(asked, worldWith(world, { custom, onMissed: () => undefined }));
}

/** The library is loaded when a search first needs it, so it must not be asked for here. */
function worldWith(world: SearchWorld, more: Required<Pick<SearchWorld, 'custom' | 'onMissed'>>): SearchWorld {
  const { now, baseUrl } = world;
  return {
    now,
    baseUrl,
    get library() {
      return world.library;
    },
    ...more,
  };
}
