// Rows of contained resources: each keeps its key as long as its place in its container does, so that what did not change stays.
import type { Sql } from '../base/db.ts';
import { presentText, termsText } from './columns.ts';
import type { IndexEntries } from './types.ts';

/** Entries and the row that they are of. */
export type Keyed = { readonly key: number; readonly entries: IndexEntries };

/** Writes what the resources contain, and returns it by its own keys. */
export async function writeContained(tx: Sql, resources: readonly Keyed[]): Promise<readonly Keyed[]> {
  const all = resources.flatMap(({ key, entries }) => entries.contained.map((one) => ({ container: key, ...one })));
  if (all.length === 0) return [];
  const given = all.map(({ entries, ...one }) => ({
    ...one,
    terms: termsText(entries),
    present: presentText(entries),
  }));
  const { rows } = await tx.query<{ key: number; container: number; place: number }>(
    `insert into search_contained as c (container, place, type, id, search_terms, search_present)
     select container, place, type, id, terms::bigint[], present::bigint
     from json_to_recordset($1::json) as g (container bigint, place smallint, type text, id text, terms text, present text)
     on conflict (container, place) do update set type = excluded.type, id = excluded.id,
       search_terms = excluded.search_terms, search_present = excluded.search_present
     returning key, container, place`,
    [JSON.stringify(given)],
  );
  const keys = new Map(rows.map(({ key, container, place }) => [`${container} ${place}`, key]));
  return all.flatMap(({ container, place, entries }) => {
    const key = keys.get(`${container} ${place}`);
    return key === undefined ? [] : [{ key, entries }];
  });
}
