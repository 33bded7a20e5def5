// One Vouch a data directory. The lock is the operating system's, on a file in the directory: it ends with its process, so none goes stale.
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failed } from '../base/errors.ts';

export type Lock = { release(): Promise<void> };

const LOCK_FILE = 'vouch.lock';
/** Who holds the lock, for the message only: the lock itself is what counts. */
const HOLDER_FILE = 'vouch.pid';
const SQLITE_BUSY = 5;
// A lock whose handle is collected is a lock lost.
const held = new Set<DatabaseSync>();

/**
 * Takes the directory, making it when it is not there. Throws `Failed('data-in-use')` when a living process has it.
 * Node has no file locks of its own; an exclusive transaction of SQLite on an empty file is one, also between containers and accounts.
 */
export async function lockDirectory(directory: string): Promise<Lock> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw unusable(directory, error);
  }
  const real = realpathSync(directory);
  const handle = take(real);
  held.add(handle);
  return {
    release: async () => {
      if (held.delete(handle)) handle.close();
    },
  };
}

function take(directory: string): DatabaseSync {
  let handle: DatabaseSync | undefined;
  try {
    handle = new DatabaseSync(path.join(directory, LOCK_FILE), { timeout: 0 });
    // Nothing is ever written to it, so no journal has to be left in the directory by a kill.
    handle.exec('pragma journal_mode = memory; begin exclusive');
    writeFileSync(path.join(directory, HOLDER_FILE), `${process.pid}\n`);
    return handle;
  } catch (error) {
    handle?.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY))
      throw unusable(directory, error);
    throw new Failed(
      'data-in-use',
      `Another Vouch${holder(directory)} is running on ${directory}. Stop it first, or give this one a directory of its own with --data.`,
    );
  }
}

function holder(directory: string): string {
  try {
    return ` (process ${readFileSync(path.join(directory, HOLDER_FILE), 'utf8').trim()})`;
  } catch {
    // The holder has not written it yet, or belongs to another account: the message does without.
    return '';
  }
}

function unusable(directory: string, cause: unknown): Failed {
  const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new Failed(
    'data-directory',
    `The data directory ${directory} cannot be made or written by this account${reason}. Give it to this account, or choose another with --data.`,
    { cause },
  );
}
