// What of this machine a server rests on: Node, PostgreSQL's programs, the data directory, its disk and key, the clock.
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failed } from '../../base/errors.ts';
import { findBinaries } from '../../store/binaries.ts';
import { type Checkup, ok, problem, skipped } from './types.ts';

export type MachineOptions = {
  readonly data: string | undefined;
  readonly diskMinGib: number;
  /** Milliseconds since 1970, as this machine has it. */
  readonly now: number;
};

const NODE_MIN = 24;
const GIB = 2 ** 30;
const KEY_FILE = 'ledger-key.pem';
const OTHERS = 0o077;
/** This version was written after then, so a clock before it is wrong. */
const CLOCK_MIN = Date.parse('2026-01-01T00:00:00Z');
/** Where a server started without --data keeps things. */
const DATA_DEFAULT = 'data';

export async function checkMachine({ data, diskMinGib, now }: MachineOptions): Promise<readonly Checkup[]> {
  const directory = dataDirectory(data);
  return [
    checkNode(process.versions.node),
    checkBinaries(),
    checkClock(now),
    ...(directory === undefined
      ? [skipped('data directory', 'not looked at; name the one of the server with --data DIR')]
      : checkDirectory(directory, diskMinGib)),
  ];
}

/** The directory named, or the default one if a server has used it. */
export function dataDirectory(given: string | undefined): string | undefined {
  if (given !== undefined) return path.resolve(given);
  return existsSync(path.join(DATA_DEFAULT, KEY_FILE)) ? path.resolve(DATA_DEFAULT) : undefined;
}

export function checkNode(version: string): Checkup {
  return Number(version.split('.')[0]) >= NODE_MIN
    ? ok('node', version)
    : problem('node', version, {
        todo: `Vouch runs on Node ${NODE_MIN} or newer. Run npm ci, and start with npx vouch.`,
      });
}

function checkBinaries(): Checkup {
  try {
    findBinaries(false);
    return ok('embedded PostgreSQL', 'its programs are there');
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const todo = `Run npm ci again, or start with --database-url on a PostgreSQL of your own.`;
    return problem('embedded PostgreSQL', error.message, { todo });
  }
}

export function checkClock(now: number): Checkup {
  return now >= CLOCK_MIN
    ? ok('clock', `${new Date(now).toISOString().slice(0, 19)}Z`)
    : problem('clock', `stands at ${new Date(now).toISOString()}, which is past`, {
        todo: 'Set the clock and keep it with NTP: receipts are dated by it, and sources are ranked by recency.',
      });
}

function checkDirectory(directory: string, diskMinGib: number): readonly Checkup[] {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    return [
      problem('data directory', `${directory} is not there`, {
        todo: 'Check --data; vouch start --data DIR makes it.',
      }),
    ];
  return [
    checkAccess(directory),
    checkKey(directory),
    ...storePlaces(directory).map((at) => checkDisk(at, diskMinGib)),
  ];
}

function checkAccess(directory: string): Checkup {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('data directory', `${directory} can be read and written`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return problem('data directory', `${directory} cannot be read and written by this account (${code})`, {
      todo: 'Run this as the account that runs the server; if it is, give that account the directory with chown.',
    });
  }
}

function checkKey(directory: string): Checkup {
  const file = path.join(directory, KEY_FILE);
  if (!existsSync(file)) return skipped('ledger key', `no server has been started on ${directory} yet`);
  const exposed = process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0;
  return exposed
    ? problem('ledger key', `${file} is open to other accounts`, {
        todo: `Run chmod 600 ${file}. Whoever could read it could sign in this ledger's name: treat the key as known.`,
      })
    : ok('ledger key', 'is there and private');
}

/** The data directory, and the database's own place if a note says that it lives elsewhere. */
function storePlaces(directory: string): readonly string[] {
  const note = path.join(directory, 'postgres-is-at.txt');
  const elsewhere = existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
  return elsewhere === undefined || !existsSync(elsewhere) ? [directory] : [directory, elsewhere];
}

function checkDisk(directory: string, minGib: number): Checkup {
  const { bavail, blocks, bsize } = statfsSync(directory);
  const free = (bavail * bsize) / GIB;
  const detail = `${free.toFixed(1)} GiB free of ${((blocks * bsize) / GIB).toFixed(1)} GiB at ${directory}`;
  return free >= minGib
    ? ok('disk space', detail)
    : problem('disk space', detail, {
        todo: 'Make room before it is full: a full disk stops acknowledgements, and senders queue. Never delete below the data directory.',
        runbook: 'disk-full',
      });
}
