// What conditional writes ask: which current resources a search matches.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { search } from './reader.ts';
import { searchType } from './search-type.ts';

/** Ids that `Type?parameters` matches, two at most. Throws `Refused` for an empty search, which would match everything. */
export async function findIds(db: Db, query: string): Promise<readonly string[]> {
  const [type = '', parameters = ''] = query.split(/\?(.*)/s);
  const asked = [...new URLSearchParams(parameters)].filter(
    ([name]) => !/^_(format|pretty|summary|elements|count|sort)$/.test(name),
  );
  if (asked.length === 0) throw new Refused('condition-empty', 'The condition names nothing to search by.', type);
  const page = await search(db, { ...searchType(type, asked), count: 2 });
  return page.versions.slice(0, 2).map((version) => version.id);
}
