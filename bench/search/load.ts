// Fills a store with the bench's records by the server's own writers, in batches as the pipeline commits them.
import type { Db } from '../../server/src/base/db.ts';
import type { JsonObject } from '../../server/src/base/json.ts';
import { type IndexEntries, indexEntries, presentText, termsText, writeIndex } from '../../server/src/search/index.ts';
import { PER_PATIENT, resourcesOf } from './people.ts';

const PATIENTS_A_BATCH = 20;
const SECOND_MS = 1_000;

export type Loaded = { readonly resources: number; readonly seconds: number; readonly indexSeconds: number };

/** Loads patients `from` to before `to`. */
export async function load(db: Db, from: number, to: number): Promise<Loaded> {
  const started = process.hrtime.bigint();
  let index = 0;
  for (let number = from; number < to; number += PATIENTS_A_BATCH) {
    const resources: JsonObject[] = [];
    for (let one = number; one < Math.min(to, number + PATIENTS_A_BATCH); one += 1) resources.push(...resourcesOf(one));
    index += await writeBatch(db, resources, number);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { resources: (to - from) * PER_PATIENT, seconds, indexSeconds: index };
}

async function writeBatch(db: Db, resources: readonly JsonObject[], number: number): Promise<number> {
  const at = new Date(Date.UTC(2026, 0, 1) + number * SECOND_MS).toISOString();
  const started = process.hrtime.bigint();
  const entries: IndexEntries[] = resources.map((one) => indexEntries(String(one['resourceType']), one));
  let spent = Number(process.hrtime.bigint() - started);
  await db.transaction(async (tx) => {
    const types = resources.map((one) => one['resourceType']);
    const ids = resources.map((one) => one['id']);
    const { rows } = await tx.query<{ key: number }>(
      `insert into resource (home, type, id, version, updated_at, search_terms, search_present)
       select 1, type, id, 1, $3::timestamptz, terms::bigint[], present from unnest($1::text[], $2::text[], $4::text[], $5::bigint[]) as g (type, id, terms, present) returning key`,
      [types, ids, at, entries.map(termsText), entries.map(presentText)],
    );
    await tx.query(
      `insert into version (home, type, id, version, at, index, receipt, text)
       select 1, type, id, 1, $3::timestamptz, 0, 0, text from unnest($1::text[], $2::text[], $4::text[]) as g (type, id, text)`,
      [types, ids, at, resources.map((one) => JSON.stringify(one))],
    );
    const before = process.hrtime.bigint();
    await writeIndex(
      tx,
      rows.map(({ key }, place) => ({ key, isNew: true, entries: entries[place] ?? missing() })),
    );
    spent += Number(process.hrtime.bigint() - before);
  });
  return spent / 1e9;
}

function missing(): never {
  throw new Error('a row without a resource');
}
