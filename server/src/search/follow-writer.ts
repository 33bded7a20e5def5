// Follows the versions in the order of the ledger: gathers the words of what is current, and notes words that an update or a deletion may
// have taken from the last resource that had them. The mark moves with what was done, so a restart goes on from it.
import type { Db, Sql } from '../base/db.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { CustomTable } from './custom.ts';
import { readCustom } from './custom-reader.ts';
import { indexEntries } from './index-entries.ts';

/** Versions of one step, and all others of the same commit. */
const STEP_VERSIONS = 200;

/** One step; false when there is nothing to follow. */
export async function followStep(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ from: number; upto: number | null }>(
    `select p.followed as from, (select max(v.index) from (select index from version where index > p.followed order by index limit ${STEP_VERSIONS}) v) as upto
     from search_progress p`,
  );
  const [row] = rows;
  if (row === undefined || row.upto === null) return false;
  const { from, upto } = row;
  await db.transaction(async (tx) => {
    await gatherWords(tx, { from, upto });
    await noteLost(tx, { from, upto });
    await tx.query('update search_progress set followed = $1', [upto]);
  });
  return true;
}

type Stretch = { readonly from: number; readonly upto: number };

/** Of what was deleted since no words are kept. */
async function gatherWords(tx: Sql, { from, upto }: Stretch): Promise<void> {
  await tx.query(
    `with current as (
       select r.key, r.version, r.deleted, v.text
       from (select distinct type, id from version where index > $1 and index <= $2) due
       join resource r on r.type = due.type and r.id = due.id
       join version v on v.type = r.type and v.id = r.id and v.version = r.version
     ), gone as (
       delete from search_text t using current c where t.key = c.key and (c.deleted or c.text is null)
     )
     insert into search_text as t (key, version, narrative, content)
     select key, version, search_narrative(text), search_content(text) from current where not deleted and text is not null
     on conflict (key) do update set version = excluded.version, narrative = excluded.narrative, content = excluded.content
     where t.version < excluded.version`,
    [from, upto],
  );
}

async function noteLost(tx: Sql, { from, upto }: Stretch): Promise<void> {
  const { rows } = await tx.query<{ type: string; text: string }>(
    `select before.type, before.text from version v join version before on before.type = v.type and before.id = v.id and before.version = v.version - 1
     where v.index > $1 and v.index <= $2 and v.version > 1 and before.text is not null`,
    [from, upto],
  );
  if (rows.length === 0) return;
  const custom = await readCustom(tx);
  const words = rows.flatMap((row) => wordsOf(row, custom));
  await tx.query(
    `insert into search_word_due (param, value, term) select distinct * from unnest($1::smallint[], $2::text[], $3::bigint[]) on conflict do nothing`,
    [words.map(({ param }) => param), words.map(({ value }) => value), words.map(({ term }) => String(term))],
  );
}

function wordsOf({ type, text }: { type: string; text: string }, custom: CustomTable) {
  const entries = indexEntries(type, parseFaithful(text) as JsonObject, { custom });
  return [...entries.words, ...entries.contained.flatMap((one) => one.entries.words)];
}
