// The embedded PostgreSQL: a real server with fsync on, made, started, watched and stopped by us, reached by a private socket.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, type Place, placeCluster, socketDirectory } from './cluster.ts';
import { type Lock, lockDirectory } from './lock.ts';
import { clearLeftover, stopProcess } from './postmaster.ts';

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
  /** Called once for each time PostgreSQL died and is started again. */
  readonly onIncident: (what: string) => void;
  /** Room for one server and what an operator opens beside it, unless said otherwise. */
  readonly connectionsMax?: number;
};

const CONNECTIONS_MAX = 60;
const PORT = 5432;
const START_TIMEOUT_MS = 120_000;
/** An end while starting may only mean that the old server's processes are not all gone; more in a row means something else. */
const START_ENDS_MAX = 3;
const RESTART_DELAY_MS = 250;
const RESTART_DELAY_MAX_MS = 5_000;
/** After this long PostgreSQL counts as having been up, and the next restart is as quick as the first. */
const UP_MS = 10_000;
const LOG_CHARS_MAX = 4_000;
const LOG_LINES_TOLD = 3;
const POLL_MS = 25;
// What a new server says while processes of the one before still hold the memory or the file.
const STILL_HELD = /pre-existing shared memory block|lock file .* already exists/;
const MB = 1024 * 1024;
/** A sixteenth of the machine's memory: what is looked at for each message is found there, and a small machine keeps most of its own. */
const sharedBuffersMb = Math.round(Math.min(1_024, Math.max(128, totalmem() / 16 / MB)));
// fsync and full_page_writes stay on: an acknowledgement rests on them. Pages in the log are not compressed: the compression that this
// PostgreSQL is built with takes more time than writing them. Errors of single statements stay out of the log, because they may quote the row.
const SETTINGS = [
  'listen_addresses=',
  `shared_buffers=${sharedBuffersMb}MB`,
  'max_wal_size=4GB',
  'min_wal_size=512MB',
  'checkpoint_timeout=15min',
  'checkpoint_completion_target=0.9',
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'autovacuum_naptime=20s',
  'log_min_messages=fatal',
  'log_min_error_statement=panic',
];

/** Starts PostgreSQL on `directory`, creating it first when empty, taking over after a crash. Throws `Failed` with what to do. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  mkdirSync(options.directory, { recursive: true });
  const place = placeCluster(options.directory);
  const binaries = findBinaries(place.account !== undefined);
  // A data directory that was copied brings the note of where its cluster is: two must not share one.
  const lock = place.elsewhere ? await lockDirectory(`${place.cluster}.lock`) : undefined;
  try {
    await ensureCluster(place, binaries.initdb);
    const { onIncident, connectionsMax = CONNECTIONS_MAX } = options;
    const watched = new Watched({ place, postgres: binaries.postgres, onIncident, connectionsMax });
    return await open(watched, lock);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Where the embedded PostgreSQL of a directory that a server runs on can be reached. */
export function reachEmbedded(directory: string): Pick<Embedded, 'host' | 'port' | 'user' | 'database'> {
  return { host: socketDirectory(placeCluster(directory)), port: PORT, user: 'postgres', database: 'postgres' };
}

async function open(watched: Watched, lock: Lock | undefined): Promise<Embedded> {
  try {
    await watched.start();
    await untilReady(watched);
  } catch (error) {
    await watched.stop();
    throw error;
  }
  return {
    host: watched.socket,
    port: PORT,
    user: 'postgres',
    database: 'postgres',
    pid: () => watched.pid,
    stop: async () => {
      await watched.stop();
      await lock?.release();
    },
  };
}

type WatchedOptions = {
  readonly place: Place;
  readonly postgres: string;
  readonly onIncident: (what: string) => void;
  readonly connectionsMax: number;
};

// A class because it watches a process: state with a lifetime.
class Watched {
  readonly socket: string;
  /** How often it ended since it was last up, and what it said when it last did. */
  ends = 0;
  lastWords = '';
  private log = '';
  private readonly options: WatchedOptions;
  private child: ChildProcess | undefined;
  private launchedAt = 0;
  private restart: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(options: WatchedOptions) {
    this.options = options;
    this.socket = socketDirectory(options.place);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    const { place, connectionsMax } = this.options;
    const { cluster, account } = place;
    await clearLeftover(cluster, this.socket);
    if (this.stopping) return;
    const settings = [`max_connections=${connectionsMax}`, ...SETTINGS].flatMap((one) => ['-c', one]);
    const args = ['-D', cluster, '-k', this.socket, '-p', String(PORT), ...settings];
    this.launchedAt = performance.now();
    this.log = '';
    // Detached: Ctrl-C reaches the server first, which then stops PostgreSQL in order.
    const child = spawn(this.options.postgres, args, {
      ...account,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.log = (this.log + chunk.toString('utf8')).slice(-LOG_CHARS_MAX);
    });
    child.on('error', (error) => this.ended(child, `cannot be run: ${error.message}`));
    child.on('exit', (code, signal) => this.ended(child, `ended (${signal ?? code})`));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    if (this.child?.pid !== undefined) await stopProcess(this.child.pid);
    removeEmpty(this.socket);
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.stopping) return;
    if (performance.now() - this.launchedAt > UP_MS) this.ends = 0;
    if (!STILL_HELD.test(this.log)) this.ends += 1;
    const delayMs = Math.min(RESTART_DELAY_MS * 2 ** Math.max(0, this.ends - 1), RESTART_DELAY_MAX_MS);
    this.lastWords = this.log.trim().split('\n').slice(-LOG_LINES_TOLD).join(' ');
    this.options.onIncident(`PostgreSQL ${how}; starting it again. ${this.lastWords}`.trim());
    this.startIn(delayMs);
  }

  private startIn(delayMs: number): void {
    this.restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        if (this.stopping) return;
        this.options.onIncident(`PostgreSQL cannot be started again: ${String(error)}`);
        this.startIn(RESTART_DELAY_MAX_MS);
      });
    }, delayMs);
  }
}

// Two servers on one folder cannot be: the lock is held. What is left in it is not ours to remove.
function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function untilReady(watched: Watched): Promise<void> {
  const until = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const db = openDb({ host: watched.socket, port: PORT, user: 'postgres', database: 'postgres', connectionsMax: 1 });
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (watched.ends >= START_ENDS_MAX || performance.now() > until) {
        throw new Failed(
          'database-start',
          `The embedded PostgreSQL did not come up. Its last words: ${watched.lastWords || 'none'}`,
          { cause: error },
        );
      }
      await sleep(POLL_MS);
    } finally {
      await db.close();
    }
  }
}
