// What conditional writes ask: which current resources a search matches.
import type { Db } from '../base/db.ts';
import { Refused } from '../base/errors.ts';
import { type SearchWorld, search, understand } from '../search/index.ts';
import { bearsIdentifiers } from './borne-out.ts';

/** How an answer is to look says nothing of what is looked for. */
const FORM = /^_(format|pretty)$/;
/** Only what was made to be found for another is passed over, so that one page is enough. */
const PAGES_MAX = 50;
const RENDERING = /^_(summary|elements|count|sort|total|include|revinclude|after)\b/;

/** Ids that `Type?parameters` matches, `most` at most. Throws `Refused` for an empty search, which would match everything. */
export async function findIds(
  db: Db,
  query: string,
  { world, most = 2 }: { readonly world: SearchWorld; readonly most?: number | undefined },
): Promise<readonly string[]> {
  const [type = '', parameters = ''] = query.split(/\?(.*)/s);
  const asked = [...new URLSearchParams(parameters)].filter(([name]) => !FORM.test(name));
  const [other] = asked.find(([name]) => RENDERING.test(name)) ?? [];
  if (other !== undefined)
    throw new Refused(
      'search-parameter',
      `"${other}" says how a search is answered, and nothing of what is looked for. Leave it out of the condition.`,
      other,
    );
  if (asked.length === 0)
    throw new Refused(
      'condition-empty',
      'The condition names nothing to search by. Say what only the one meant has, such as an identifier.',
      type,
    );
  const request = await understand(db, { type, query: [...asked, ['_count', String(most)]] }, world);
  const isMeant = bearsIdentifiers(asked);
  const found: string[] = [];
  for (let pages = 1, page = await search(db, request); ; pages += 1) {
    found.push(...page.matches.filter(({ text }) => isMeant(text)).map(({ id }) => id));
    if (found.length >= most || page.next === undefined) return found.slice(0, most);
    if (pages === PAGES_MAX) throw new Refused('search-cost', 'The condition finds too much that is not meant.', type);
    page = await search(db, { ...request, after: page.next });
  }
}
