// Writes what is current of each resource after a batch, and what finds it.
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import type { IndexEntries } from '../search/types.ts';
import {
  isWrittenAtOnce,
  type NamedResource,
  presentText,
  termsText,
  writeIndex,
  writeIndexNamed,
} from '../search/writer.ts';
import { viewText } from '../truth/index.ts';
import type { Plan, PlannedVersion } from './types.ts';

type Current = PlannedVersion & { readonly at: string | undefined; readonly isNew: boolean };
type Changed = Current & { readonly search: IndexEntries };

/** Whether resources of these plans are written in statements of which none waits for the answer to another. */
export function areWrittenAtOnce(plans: readonly Plan[]): boolean {
  return plans.every(({ versions }) =>
    isWrittenAtOnce(
      versions.flatMap(({ type, search }) => (search === undefined ? [] : [{ type, entries: search, isNew: false }])),
    ),
  );
}

/** Of several versions of one resource in a batch, only the last is what is current. */
export async function writeResources(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const last = new Map<string, Current>();
  for (const plan of plans) {
    for (const version of plan.versions) {
      const name = `${version.type}/${version.id}`;
      const before = last.get(name);
      // A view that moved on without a new version leaves the time of the newest version, and what finds it, as they are.
      const at = version.text === undefined ? before?.at : plan.at;
      const storeView = version.storeView || before?.storeView === true;
      // Said again, it is as old as its version, whatever the number of that is.
      const isNew = before?.isNew === true || (version.version === 1 && version.text !== undefined);
      last.set(name, { ...version, at, storeView, isNew, search: version.search ?? before?.search });
    }
  }
  const all = [...last.values()];
  // Where the same was said again, nothing is written but now and then the view.
  const due = all.filter((one) => one.search === undefined && one.storeView);
  const changed = all.flatMap((one) => (one.search === undefined ? [] : [{ ...one, search: one.search }]));
  await Promise.all([storeViews(tx, due), indexResources(tx, changed)]);
}

async function indexResources(tx: Sql, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return;
  const written = upsertResources(tx, changed);
  const resources = changed.map(({ type, id, isNew, search }) => ({ type, id, isNew, entries: search }));
  if (isWrittenAtOnce(resources)) {
    await Promise.all([written, writeIndexNamed(tx, resources)]);
    return;
  }
  await written;
  const keys = await readKeys(tx, resources);
  await writeIndex(
    tx,
    resources.map((one) => ({ ...one, key: keyOf(keys, one) })),
  );
}

async function upsertResources(tx: Sql, changed: readonly Changed[]): Promise<void> {
  const rows = changed.map(({ search, view, storeView, text: _text, behind: _behind, isNew: _isNew, ...one }) => ({
    ...one,
    view: view === undefined || !storeView ? undefined : viewText(view),
    terms: termsText(search),
    present: presentText(search),
  }));
  await tx.query(
    `insert into resource as r (home, type, id, version, updated_at, subject, deleted, view, digest, search_terms, search_present)
     select home, type, id, version, coalesce(at, 'epoch'), subject, deleted, view, digest, terms::bigint[], present::bigint
     from json_to_recordset($1::json) as given (home bigint, type text, id text, version int, at timestamptz, subject text, deleted boolean,
       view text, digest text, terms text, present text)
     on conflict (type, id) do update set version = excluded.version,
       updated_at = case when excluded.updated_at = 'epoch' then r.updated_at else excluded.updated_at end,
       subject = excluded.subject, deleted = excluded.deleted, view = coalesce(excluded.view, r.view), digest = excluded.digest, search_terms = excluded.search_terms, search_present = excluded.search_present`,
    [JSON.stringify(rows)],
  );
}

type Name = Pick<NamedResource, 'type' | 'id'>;

async function readKeys(tx: Sql, names: readonly Name[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<Name & { readonly key: number }>(
    'select r.type, r.id, r.key from unnest($1::text[], $2::text[]) as n (type, id) join resource r on r.type = n.type and r.id = n.id',
    [names.map(({ type }) => type), names.map(({ id }) => id)],
  );
  return new Map(rows.map(({ type, id, key }) => [`${type}/${id}`, key]));
}

function keyOf(keys: ReadonlyMap<string, number>, { type, id }: Name): number {
  const key = keys.get(`${type}/${id}`);
  invariant(key !== undefined, 'the rows written are those that were given');
  return key;
}

/** No indexed column changes, so the database updates the row in place. */
async function storeViews(tx: Sql, due: readonly Current[]): Promise<void> {
  const rows = due.flatMap(({ type, id, view }) => (view === undefined ? [] : [{ type, id, view: viewText(view) }]));
  if (rows.length === 0) return;
  await tx.query(
    `update resource set view = given.view
     from json_to_recordset($1::json) as given (type text, id text, view text)
     where resource.type = given.type and resource.id = given.id`,
    [JSON.stringify(rows)],
  );
}
