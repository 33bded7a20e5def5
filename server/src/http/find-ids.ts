// What conditional writes ask: which current resources a search matches.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { readSearch, type SearchWorld, search } from '../search/index.ts';

/** How an answer is to look says nothing of what is looked for. */
const RENDERING = /^_(format|pretty|summary|elements|count|sort|total|include|revinclude|after)\b/;

/** Ids that `Type?parameters` matches, two at most. Throws `Refused` for an empty search, which would match everything. */
export async function findIds(db: Db, query: string, world: SearchWorld): Promise<readonly string[]> {
  const [type = '', parameters = ''] = query.split(/\?(.*)/s);
  const asked = [...new URLSearchParams(parameters)].filter(([name]) => !RENDERING.test(name));
  if (asked.length === 0) throw new Refused('condition-empty', 'The condition names nothing to search by.', type);
  const page = await search(db, readSearch({ type, query: [...asked, ['_count', '2']] }, world));
  return page.matches.slice(0, 2).map(({ id }) => id);
}
