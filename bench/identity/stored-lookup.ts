// One record looked up among many in PostgreSQL, as Patient/$match and the running matcher do it: keys, candidates, scores.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Db } from '../../server/src/base/db.ts';
import type { Home, SubjectId } from '../../server/src/base/ids.ts';
import { type LinkageRecord, type Model, ready, type Scorer, scorerOf } from '../../server/src/identity/index.ts';
import { findCandidates } from '../../server/src/matching/find.ts';
import { hashedKeys } from '../../server/src/matching/keys.ts';
import type { StoredRecord } from '../../server/src/matching/types.ts';
import { writeRecords } from '../../server/src/matching/writer.ts';
import { type TestDatabase, withDatabase } from '../../server/src/testkit/database.ts';
import { type Held, keptOf, timesOf } from './held-out.ts';

const BATCH = 2_000;
const WARM = 100;
const ROUNDS = 4;
const LATE = 5 * BATCH;
const INDEX = 'linkage_record_keys';

export function storedLookups(size: number, model: Model) {
  return withDatabase(async (database) => {
    const scorer = scorerOf(model);
    const asked: Held[] = [];
    await fill(database, { size, asked }, scorer);
    const summary = { records: size, ...(await askAll(database.db, asked, scorer)) };
    process.stdout.write(`stored lookup ${JSON.stringify(summary)}\n`);
    return summary;
  });
}

/**
 * Asks for everybody several times over. Beside each lookup the time of a query that does nothing is taken: what a busy machine adds
 * shows there too. The least of each lookup's times is what it takes by itself: a record that is slow to look up is slow every time.
 */
async function askAll(db: Db, asked: readonly Held[], scorer: Scorer) {
  for (const { record } of asked.slice(0, WARM)) await lookUp(db, record, scorer);
  const rounds: (readonly number[])[] = [];
  const nothing: number[] = [];
  let [linked, wrong, candidatesMost] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = [];
    for (const { record, person } of asked) {
      nothing.push((await timeOf(() => db.query('select 1'))).ms);
      const { ms, made: found } = await timeOf(() => lookUp(db, record, scorer));
      times.push(ms);
      candidatesMost = Math.max(candidatesMost, found.length);
      const [best] = found;
      if (round > 0 || best === undefined || best.waterfall.score < scorer.model.decision.link) continue;
      if (best.person === personId(person)) linked++;
      else wrong++;
    }
    rounds.push(times);
  }
  return {
    lookups: asked.length * ROUNDS,
    ...timesOf(rounds.flat()),
    p99MsOfRounds: rounds.map((times) => timesOf(times).p99Ms),
    doingNothing: timesOf(nothing),
    leastOfRounds: timesOf(
      asked.map((_, at) => Math.min(...rounds.map((times) => times[at] ?? Number.POSITIVE_INFINITY))),
    ),
    candidatesMost,
    linked,
    wrong,
  };
}

async function lookUp(db: Db, record: LinkageRecord, scorer: Scorer) {
  return findCandidates(db, { record: ready(record, scorer), least: scorer.model.decision.review }, scorer);
}

async function timeOf<Made>(work: () => Promise<Made>): Promise<{ readonly ms: number; readonly made: Made }> {
  const start = performance.now();
  const made = await work();
  return { ms: performance.now() - start, made };
}

async function fill(
  { db, owner }: TestDatabase,
  { size, asked }: { readonly size: number; readonly asked: Held[] },
  scorer: Scorer,
): Promise<void> {
  const { rows } = await owner.query<{ made: string }>(`select pg_get_indexdef('${INDEX}'::regclass) as made`);
  await owner.query(`drop index ${INDEX}`);
  let batch: (StoredRecord & { readonly person: string })[] = [];
  let number = 0;
  for (const { record, person } of keptOf(size, asked)) {
    const keys = [...hashedKeys(ready(record, scorer)).keys()];
    const subject = `s${number}` as SubjectId;
    batch.push({ subject, home: number as Home, record, keys, person: personId(person) });
    number += 1;
    if (batch.length < BATCH && number < size) continue;
    await writeRecords(db, batch, { gone: [], next: 0 });
    await owner.query(
      `insert into subject (home, id, source, key, first_seen, person)
       select home, id, 'gp', id, home, person from unnest($1::bigint[], $2::text[], $3::text[]) as s (home, id, person)`,
      [batch.map(({ home }) => home), batch.map(({ subject: id }) => id), batch.map((one) => one.person)],
    );
    batch = [];
    // The last are written as a running server writes them: to an index that is there, and before any vacuum.
    if (size - number > LATE || size - number <= LATE - BATCH) continue;
    await owner.query(rows[0]?.made ?? '');
    await owner.query('vacuum analyze linkage_record, subject');
  }
}

function personId(person: number): string {
  return `p${person}`;
}
