// Takes words out of the dictionary that no resource has any more, so that what was deleted leaves nothing behind.
import type { Db, Sql } from '../base/db.ts';

const STEP_WORDS = 100;
/** Words taken out in one transaction, in which nothing else can be committed. */
const OUT_WORDS = 40;

type Word = { readonly param: number; readonly value: string; readonly term: string };

/** One step; false when no word is due. */
export async function wordsStep(db: Db): Promise<boolean> {
  const { rows } = await db.query<Word>(`select param, value, term::text from search_word_due limit ${STEP_WORDS}`);
  if (rows.length === 0) return false;
  const lost: Word[] = [];
  for (const word of rows) if (!(await isHeld(db, word.term))) lost.push(word);
  const kept = rows.filter((word) => !lost.includes(word));
  await settle(db, kept);
  for (let from = 0; from < lost.length; from += OUT_WORDS) await takeOut(db, lost.slice(from, from + OUT_WORDS));
  return true;
}

/** One term at a time: by what is known of how frequent it is, the planner looks it up or meets it at once. */
async function isHeld(sql: Sql, term: string): Promise<boolean> {
  const { rows } = await sql.query<{ held: boolean }>(
    `select exists (select 1 from search_part where term = $2::bigint)
       or exists (select 1 from search_contained where search_terms @> $1::bigint[])
       or exists (select 1 from resource where search_terms @> $1::bigint[]) as held`,
    [`{${term}}`, term],
  );
  return rows[0]?.held === true;
}

async function settle(sql: Sql, words: readonly Word[]): Promise<void> {
  await sql.query(
    `delete from search_word_due d using unnest($1::smallint[], $2::text[], $3::bigint[]) as w (param, value, term)
     where d.param = w.param and d.value = w.value and d.term = w.term`,
    columnsOf(words),
  );
}

/**
 * A commit under way may bring a word that is in the dictionary still, and so not write it. The epoch is moved first: such a commit
 * waits here, finds that its basis moved, and is planned and written again.
 */
async function takeOut(db: Db, words: readonly Word[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('update pipeline_head set epoch = epoch + 1');
    const lost: Word[] = [];
    for (const word of words) if (!(await isHeld(tx, word.term))) lost.push(word);
    await tx.query(
      `delete from search_word d using unnest($1::smallint[], $2::text[], $3::bigint[]) as w (param, value, term)
       where d.param = w.param and d.value = w.value and d.term = w.term`,
      columnsOf(lost),
    );
    await settle(tx, words);
  });
}

function columnsOf(words: readonly Word[]): readonly unknown[] {
  return [words.map(({ param }) => param), words.map(({ value }) => value), words.map(({ term }) => term)];
}
