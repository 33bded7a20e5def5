// One rebuild a store, and moments at which nothing is committed.
import type { Db, Sql } from '../base/db.ts';
import { Failed } from '../base/errors.ts';

// Any constant does, as long as nobody else uses it: the one after the pipeline's lock.
const REBUILD_LOCK = 508_704_875_370;

/** Throws `Failed('rebuild-running')` when another one runs on this store. */
export async function alone<T>(owner: Db, work: () => Promise<T>): Promise<T> {
  return owner.session(async (connection) => {
    const { rows } = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      REBUILD_LOCK,
    ]);
    if (rows[0]?.taken !== true)
      throw new Failed('rebuild-running', 'Another vouch rebuild runs on this store. Let it end, or stop it first.');
    try {
      return await work();
    } finally {
      await connection.query('select pg_advisory_unlock($1)', [REBUILD_LOCK]);
    }
  });
}

/**
 * `catchUp` runs while commits wait for the head of the pipeline, with the number of the last one; `work` then sees the store as it was
 * at that moment, for as long as it takes, while commits go on.
 */
export async function seenStill<T>(
  owner: Db,
  catchUp: (epoch: number) => Promise<void>,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  const { seen } = await owner.transaction(async (tx) => {
    const head = await tx.query<{ epoch: number }>('select epoch from vouch.pipeline_head for update');
    await catchUp(head.rows[0]?.epoch ?? 0);
    const began = Promise.withResolvers<void>();
    const looking = owner.transaction(async (still) => {
      await still.query('set transaction isolation level repeatable read');
      await still.query('select 1 from vouch.pipeline_head');
      began.resolve();
      return work(still);
    });
    await Promise.race([began.promise, looking]);
    return { seen: looking };
  });
  return seen;
}
