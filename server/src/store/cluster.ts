// Where the embedded PostgreSQL keeps its files and its socket, and how the files are made the first time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failed } from '../base/errors.ts';
import { type Account, canReach, databaseAccount } from './account.ts';

export type Place = {
  readonly cluster: string;
  readonly account: Account;
  /** True when the cluster could not live in the data directory. */
  readonly elsewhere: boolean;
};

/** For what must lie outside private folders; only root writes here. */
export const SHARED_HOME = '/var/lib/vouch';
const NOTE = 'postgres-is-at.txt';
// A socket's path may have about 100 characters, of which its own name takes 40.
const SOCKET_BASE_CHARS_MAX = 55;
/** After kill -9 an initdb may go on for a moment and put files where others are just being removed. */
const STILL_WRITTEN = { recursive: true, force: true, maxRetries: 20, retryDelay: 25 };
const WORDS_CHARS_MAX = 2_000;

/**
 * Where the cluster of a data directory lives, and for which account. As root, PostgreSQL's account must be able to walk to its files;
 * below a private folder it cannot, so the cluster then lives under /var/lib/vouch, and a note in the data directory says where.
 */
export function placeCluster(directory: string): Place {
  const real = realpathSync(directory);
  const inside = path.join(real, 'postgres');
  const note = path.join(real, NOTE);
  if (existsSync(note)) {
    const cluster = readFileSync(note, 'utf8').trim();
    return { cluster, account: databaseAccount(cluster), elsewhere: true };
  }
  const account = databaseAccount(inside);
  if (account === undefined || canReach(real, account)) return { cluster: inside, account, elsewhere: false };
  if (existsSync(path.join(inside, 'PG_VERSION'))) {
    throw new Failed(
      'database-unreachable',
      `PostgreSQL's account (${account.uid}) can no longer reach ${inside}: a folder above it became private. Let others enter those folders (chmod o+x).`,
    );
  }
  const cluster = path.join(SHARED_HOME, createHash('sha256').update(real).digest('hex').slice(0, 16));
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
  writeFileSync(note, `${cluster}\n`);
  return { cluster, account, elsewhere: true };
}

/**
 * PostgreSQL fills each new file of its log with zeros before the commit that needs it goes on. Until the first files are free for use
 * again that happens with every so many megabytes, and who waits for an acknowledgement then should wait 5 ms, not 20.
 */
const LOG_FILE_MB = 4;

/** Makes the cluster when there is none yet. Made beside and renamed when whole: an interrupted start leaves nothing half-made. */
export async function ensureCluster({ cluster, account }: Place, initdb: string): Promise<void> {
  if (isMade(cluster, account)) return;
  const [parent, name] = [path.dirname(cluster), path.basename(cluster)];
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith(`${name}.making-`)) rmSync(path.join(parent, entry), STILL_WRITTEN);
  }
  // A name of its own: after kill -9 the initdb of the start before may still be writing to the other one.
  const making = `${cluster}.making-${process.pid}`;
  mkdirSync(making, { mode: 0o700 });
  if (account !== undefined) chownSync(making, account.uid, account.gid);
  const args = [
    '-D',
    making,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    `--wal-segsize=${LOG_FILE_MB}`,
  ];
  const trouble = await runToEnd(initdb, args, account);
  if (trouble !== undefined) {
    rmSync(making, { recursive: true, force: true });
    throw new Failed('database-create', `The embedded database could not be created in ${cluster}: ${trouble}`);
  }
  putInPlace(making, cluster);
}

/** Undefined when it ended well, otherwise its last words. Detached, so that Ctrl-C does not cut it short: it is done in a second or two. */
function runToEnd(program: string, args: readonly string[], account: Account): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...account,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-WORDS_CHARS_MAX);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(code === 0 ? undefined : `${said.trim().split('\n').at(-1)} (${signal ?? code})`),
    );
  });
}

function putInPlace(making: string, cluster: string): void {
  try {
    renameSync(making, cluster);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw new Failed(
      'database-create',
      `The embedded database cannot be put in ${cluster}. If there are other files in it, move them away.`,
      { cause: error },
    );
  }
  // Durable before anything is acknowledged: a name lost with the power would be a database lost.
  const parent = openSync(path.dirname(cluster), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}

function isMade(cluster: string, account: Account): boolean {
  try {
    const { uid } = lstatSync(path.join(cluster, 'PG_VERSION'));
    const ours = account?.uid ?? process.getuid?.() ?? uid;
    if (uid === ours) return true;
    throw otherOwner(cluster, uid);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return false;
    if (error.code === 'EACCES') throw otherOwner(cluster, undefined);
    throw error;
  }
}

function otherOwner(cluster: string, uid: number | undefined): Failed {
  const owner = uid === undefined ? 'another account' : `another account (${uid})`;
  return new Failed(
    'database-owner',
    `The database in ${cluster} was made by ${owner}, and PostgreSQL starts only for that one. Start Vouch as that account or as root, or choose another directory with --data.`,
  );
}

/** A folder for the socket, which only PostgreSQL's account may enter. It does not live in the data directory, whose path may be long. */
export function socketDirectory({ cluster, account }: Place): string {
  const owner = account?.uid ?? process.getuid?.() ?? 0;
  const name = `vouch-${owner}-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`;
  const directory = path.join(socketBase(account), name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Anyone may write to a temporary directory: what lies there under our name is looked at, never followed or taken over.
  const found = lstatSync(directory);
  const root = account !== undefined && found.uid === 0;
  if (!found.isDirectory() || (found.uid !== owner && !root) || (found.mode & 0o077) !== 0) {
    throw new Failed(
      'database-socket',
      `${directory} belongs to another account or is open to others. Remove it, or set TMPDIR to a folder of your own.`,
    );
  }
  if (root) chownSync(directory, account.uid, account.gid);
  return directory;
}

function socketBase(account: Account): string {
  const base = realpathSync(tmpdir());
  const usable = base.length <= SOCKET_BASE_CHARS_MAX && (account === undefined || canReach(base, account));
  return usable ? base : '/tmp';
}
