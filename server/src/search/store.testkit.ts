// Resources put straight into a test's database with all that finds them, and searches run on it.
import type { Db, Sql } from '../base/db.ts';
import { Failed, Refused } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import { readCustom } from './custom-reader.ts';
import { emptyEntries, indexEntries } from './index-entries.ts';
import type { SearchAsked } from './parse/request.ts';
import type { SearchPage } from './reader.ts';
import { search } from './reader.ts';
import { understand } from './understand.ts';
import { isWrittenAtOnce, presentText, termsText, writeIndex, writeIndexNamed } from './writer.ts';

export const WORLD = {
  now: Date.parse('2026-03-02T12:00:00Z'),
  baseUrl: 'http://vouch.test/fhir/R4',
  library: baseLibrary(),
};

export type Stored = { readonly resource: JsonObject; readonly at?: string; readonly deleted?: boolean };

const TRIES_MAX = 3;

/**
 * Work again when the world was at fault: a machine that stands still for seconds loses connections, and meets limits of time, that say
 * nothing of what is tested.
 */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isWorld = error instanceof Failed || (error instanceof Refused && error.code === 'search-cost');
      if (!isWorld || attempt === TRIES_MAX) throw error;
    }
  }
}

/** Writes each as its resource's newest version, as the pipeline does. */
export async function store(db: Db, all: readonly Stored[]): Promise<void> {
  await persistently(() =>
    db.transaction(async (tx) => {
      for (const one of all) await storeOne(tx, one);
    }),
  );
}

async function storeOne(
  tx: Sql,
  { resource, at = '2026-03-01T00:00:00.000Z', deleted = false }: Stored,
): Promise<void> {
  const type = String(resource['resourceType']);
  const id = String(resource['id']);
  const entries = deleted ? emptyEntries() : indexEntries(type, resource, { custom: await readCustom(tx) });
  const { rows } = await tx.query<{ key: number; version: number }>(
    `insert into resource as r (home, type, id, version, updated_at, deleted, search_terms, search_present) values (1, $1, $2, 1, $3, $4, $5::bigint[], $6::bigint)
     on conflict (type, id) do update set version = r.version + 1, updated_at = excluded.updated_at, deleted = excluded.deleted,
       search_terms = excluded.search_terms, search_present = excluded.search_present
     returning key, version`,
    [type, id, at, deleted, termsText(entries), presentText(entries)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no row');
  await tx.query(
    `insert into version (home, type, id, version, at, index, receipt, deleted, text)
     select 1, $1, $2, $3, $4, coalesce(max(index), 0) + 1, 0, $5, $6 from version`,
    [...[type, id, row.version, at, deleted], deleted ? null : JSON.stringify(resource)],
  );
  const written = { type, id, isNew: row.version === 1, entries };
  if (isWrittenAtOnce([written])) await writeIndexNamed(tx, [written]);
  else await writeIndex(tx, [{ ...written, key: row.key }]);
}

/** A search as its URL says it: `Patient?name=x`, `?_type=…`, `Patient/1/Observation?…`. */
export function askedOf(url: string): SearchAsked {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = [...new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))];
  const [type = '', id, inner] = path.split('/');
  if (id !== undefined) return { type: inner === '*' ? undefined : inner, compartment: { type, id }, query };
  return { type: type === '' ? undefined : type, query };
}

export async function searchUrl(db: Db, url: string): Promise<SearchPage> {
  const request = await understand(db, askedOf(url), WORLD);
  return persistently(() => search(db, request));
}

export function namesOf(page: SearchPage): readonly string[] {
  return page.matches.map((one) => `${one.type}/${one.id}`);
}

/** Takes away all resources and what finds them. */
export async function empty(owner: Db): Promise<void> {
  await owner.query(
    `truncate resource, version, search_string, search_date, search_number, search_quantity, search_reference, search_word, search_part,
     search_contained, search_text, search_parameter, search_word_due`,
  );
  await owner.query('update search_progress set followed = -1');
}

/**
 * Runs of a property on a database: VOUCH_SEED has one again, VOUCH_PROPERTY_RUNS makes it long. A run that failed is told as it was: to
 * make it smaller would play its story hundreds of times.
 */
export function runsOf(numRuns: number) {
  const seed = process.env['VOUCH_SEED'];
  const asked = process.env['VOUCH_PROPERTY_RUNS'];
  return {
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    numRuns: asked === undefined ? numRuns : Number(asked),
    endOnFailure: true,
  };
}
