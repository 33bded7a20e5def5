// One pipeline a database: the lock that makes it so, held on a connection of its own and ending with it.
import type { Db } from '../base/db.ts';
import { Failed } from '../base/errors.ts';

// Any constant does, as long as nobody else uses it: the one after the migrations' lock.
const PIPELINE_LOCK = 508_704_875_369;

/** Takes the lock, or throws `Failed('database-in-use')` when another server has it. Resolves with what lets it go. */
export async function holdPipelineLock(db: Db): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await new Promise<void>((resolve, reject) => {
    const session = db.session(async (connection) => {
      const taken = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
        PIPELINE_LOCK,
      ]);
      if (taken.rows[0]?.taken !== true)
        throw new Failed('database-in-use', 'Another Vouch is running on this database. Stop it first.');
      resolve();
      await held.promise;
      await connection.query('select pg_advisory_unlock($1)', [PIPELINE_LOCK]);
    });
    session.catch(reject);
  });
  return held.resolve;
}
