// The embedded PostgreSQL: a real server with fsync on, made, started, watched and stopped by us, reached by a private socket.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from '../base/errors.ts';
import { findBinaries } from './binaries.ts';

export type Embedded = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Process id of the postmaster now running, for tests that kill it. */
  pid(): number | undefined;
  stop(): Promise<void>;
};
export type EmbeddedOptions = {
  readonly directory: string;
  /** Called once for each time PostgreSQL died and was started again, and when it cannot be. */
  readonly onIncident: (what: string) => void;
};
type Account = { readonly uid: number; readonly gid: number } | undefined;

const PORT = 5432;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const RESTART_DELAY_MS = 250;
// fsync and full_page_writes stay on: an acknowledgement rests on them. Sizes suit a small machine.
const SETTINGS = [
  'listen_addresses=',
  'max_connections=60',
  'shared_buffers=192MB',
  'max_wal_size=2GB',
  'min_wal_size=512MB',
  'checkpoint_timeout=15min',
  'checkpoint_completion_target=0.9',
  'wal_compression=on',
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'autovacuum_naptime=20s',
  'log_min_messages=error',
  'log_min_error_statement=panic',
];

/** Starts PostgreSQL on `directory`, creating it first when empty, taking over after a crash. Throws `Failed` with what to do. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const account = databaseAccount();
  const binaries = findBinaries(account !== undefined);
  const cluster = clusterDirectory(options.directory, account);
  const socket = socketDirectory(cluster, account);
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  await stopLeftover(cluster);
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) createCluster(binaries.initdb, cluster, account);
  const state: { child: ChildProcess | undefined; stopping: boolean } = { child: undefined, stopping: false };
  const launch = () => {
    const args = ['-D', cluster, '-k', socket, '-p', String(PORT), ...SETTINGS.flatMap((setting) => ['-c', setting])];
    // Detached: Ctrl-C reaches the server first, which then stops PostgreSQL in order.
    const child = spawn(binaries.postgres, args, {
      ...account,
      env,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString('utf8')).slice(-4_000);
    });
    child.on('exit', (code, signal) => {
      state.child = undefined;
      if (state.stopping) return;
      options.onIncident(
        `PostgreSQL ended (${signal ?? code}); starting it again. ${log.split('\n').slice(-3).join(' ')}`,
      );
      setTimeout(launch, RESTART_DELAY_MS);
    });
    state.child = child;
  };
  launch();
  await untilReady(socket, () => state.child !== undefined);
  return {
    host: socket,
    port: PORT,
    user: 'postgres',
    database: 'postgres',
    pid: () => state.child?.pid,
    stop: async () => {
      state.stopping = true;
      if (state.child?.pid !== undefined) await stopProcess(state.child.pid);
    },
  };
}

// PostgreSQL refuses to run as root: it gets an account of its own, which is made when there is none.
function databaseAccount(): Account {
  if (process.getuid?.() !== 0) return undefined;
  const look = (): Account => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith('postgres:'));
    const fields = line?.split(':');
    return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
  };
  const existing = look();
  if (existing !== undefined) return existing;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' });
  } catch (error) {
    throw new Failed(
      'database-account',
      'PostgreSQL cannot run as root and the account "postgres" could not be made. Run as an ordinary user, or create that account.',
      { cause: error },
    );
  }
  const made = look();
  if (made === undefined)
    throw new Failed(
      'database-account',
      'The account "postgres" was made but is not in /etc/passwd. Run as an ordinary user instead.',
    );
  return made;
}

/** True when another account may walk to `directory`. */
function isReachable(directory: string): boolean {
  for (let at = directory; ; at = path.dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

// As root, PostgreSQL's account must be able to walk to its files. Below a private folder it cannot, so the cluster then lives
// under /var/lib/vouch, and a note in the data directory says where.
function clusterDirectory(directory: string, account: Account): string {
  mkdirSync(directory, { recursive: true });
  const real = realpathSync(directory);
  const note = path.join(real, 'postgres-is-at.txt');
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  const cluster = path.join(real, 'postgres');
  if (account === undefined || isReachable(real)) {
    mkdirSync(cluster, { recursive: true, mode: 0o700 });
    if (account !== undefined) chownSync(cluster, account.uid, account.gid);
    return cluster;
  }
  const elsewhere = path.join('/var/lib/vouch', createHash('sha256').update(real).digest('hex').slice(0, 16));
  mkdirSync(elsewhere, { recursive: true });
  chmodSync('/var/lib/vouch', 0o755);
  chmodSync(elsewhere, 0o700);
  chownSync(elsewhere, account.uid, account.gid);
  writeFileSync(note, `${elsewhere}\n`);
  return elsewhere;
}

// A socket's path may have about 100 characters, so it does not live in the data directory. Only its owner may enter.
function socketDirectory(cluster: string, account: Account): string {
  const directory = path.join(tmpdir(), `vouch-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = account?.uid ?? process.getuid?.();
  const actual = statSync(directory).uid;
  if (actual !== owner && account !== undefined) chownSync(directory, account.uid, account.gid);
  else if (actual !== owner)
    throw new Failed(
      'database-socket',
      `${directory} belongs to another account. Remove it, or set TMPDIR to a folder of your own.`,
    );
  return directory;
}

function createCluster(initdb: string, cluster: string, account: Account): void {
  // Made beside and renamed when whole, so that an interrupted start leaves nothing half-made behind.
  const making = `${cluster}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  if (account !== undefined) chownSync(making, account.uid, account.gid);
  try {
    execFileSync(initdb, ['-D', making, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
      ...account,
      cwd: '/',
      stdio: 'pipe',
    });
  } catch (error) {
    const detail = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    throw new Failed('database-create', `The embedded database could not be created in ${cluster}: ${detail}`, {
      cause: error,
    });
  }
  rmSync(cluster, { recursive: true, force: true });
  try {
    renameSync(making, cluster);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    cpSync(making, cluster, { recursive: true });
  }
}

// After kill -9 of the server its PostgreSQL may live on, holding the directory: it is stopped in order and started anew.
async function stopLeftover(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && isPostgres(pid)) await stopProcess(pid);
}

function isPostgres(pid: number): boolean {
  try {
    return /postgres/.test(
      execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
    );
  } catch {
    // `ps` ends with 1 when there is no such process, and may be missing: then /proc answers, or nothing does.
    const comm = `/proc/${pid}/comm`;
    return existsSync(comm) && readFileSync(comm, 'utf8').startsWith('postgres');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

// SIGINT is PostgreSQL's fast shutdown; SIGQUIT leaves recovery to the next start, and is safe too.
async function stopProcess(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const until = performance.now() + STOP_TIMEOUT_MS;
    while (isAlive(pid) && performance.now() < until) await sleep(20);
  }
  if (isAlive(pid))
    throw new Failed('database-stop', `PostgreSQL (process ${pid}) does not stop. End it by hand, then start again.`);
}

async function untilReady(socket: string, running: () => boolean): Promise<void> {
  const { openDb } = await import('../base/db.ts');
  const until = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const db = openDb({ host: socket, port: PORT, user: 'postgres', database: 'postgres', connectionsMax: 1 });
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > until) {
        throw new Failed(
          'database-start',
          `The embedded PostgreSQL did not come up${running() ? '' : ' (it keeps ending)'}. Its last words are in the log above.`,
          { cause: error },
        );
      }
      await sleep(25);
    } finally {
      await db.close();
    }
  }
}
