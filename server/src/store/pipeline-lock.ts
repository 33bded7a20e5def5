// One pipeline a database: the lock that makes it so. It lives on a connection, and is taken again when that connection breaks.
import type { Db, Sql } from '../base/db.ts';
import { Failed } from '../base/errors.ts';

export type PipelineLock = { release(): Promise<void> };

// Any constant does, as long as nobody else uses it: the one after the migrations' lock.
const PIPELINE_LOCK = 508_704_875_369;
const LOOK_MS = 1_000;

/**
 * Takes the lock, or throws `Failed('database-in-use')`. When the database restarts, the lock is gone with its connection: it is
 * taken again, and should another server have been quicker, `onLost` is told once. The pipeline's epoch keeps the data right meanwhile.
 */
export async function holdPipelineLock(db: Db, onLost: (what: string) => void): Promise<PipelineLock> {
  const ending = new AbortController();
  const first = Promise.withResolvers<void>();
  const keep = async () => {
    let heldBy = 0;
    let told = false;
    let stood = false;
    while (!ending.signal.aborted) {
      try {
        await db.session(async (connection) => {
          await take(connection, heldBy);
          heldBy = await backendOf(connection);
          told = false;
          stood = true;
          first.resolve();
          await untilEnd(connection, ending.signal);
        });
      } catch (error) {
        if (heldBy === 0) {
          first.reject(error);
          return;
        }
        const lost = error instanceof Failed && error.code === 'database-in-use';
        if (lost && !told) onLost('Another Vouch took over this database while it was away. Stop one of the two.');
        told ||= lost;
        // A connection that has just broken is replaced at once, so that nobody comes between; a failed attempt is repeated at leisure.
        if (!stood) await pause(ending.signal);
        stood = false;
      }
    }
  };
  const kept = keep();
  await first.promise;
  return {
    release: async () => {
      ending.abort();
      await kept;
    },
  };
}

/** `before` is the backend that held it for us until its connection broke: it may not have noticed yet, and is not another Vouch. */
async function take(connection: Sql, before: number): Promise<void> {
  const taken = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [PIPELINE_LOCK]);
  if (taken.rows[0]?.taken === true) return;
  const ours = await connection.query(
    `select 1 from pg_locks where locktype = 'advisory' and granted and pid = $1
     and ((classid::bigint << 32) | objid::bigint) = $2`,
    [before, PIPELINE_LOCK],
  );
  if (ours.rowCount > 0) throw new Failed('database-lock', 'The connection before still has the lock.');
  throw new Failed('database-in-use', 'Another Vouch is running on this database. Stop it first.');
}

async function backendOf(connection: Sql): Promise<number> {
  return (await connection.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
}

/** Looks now and then whether the connection still stands. The lock is given back before the connection returns to its pool. */
async function untilEnd(connection: Sql, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await pause(ending);
    if (!ending.aborted) await connection.query('select 1');
  }
  await connection.query('select pg_advisory_unlock($1)', [PIPELINE_LOCK]);
}

function pause(ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      ending.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_MS);
    ending.addEventListener('abort', done);
    if (ending.aborted) done();
  });
}
