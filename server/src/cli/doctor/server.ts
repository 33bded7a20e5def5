// What the server says of itself, held against what must be so.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint, parseVerifierKey } from '@vouch/proof';
import { Failed } from '../../base/errors.ts';
import { OPEN_STATES } from '../../operate/open-limits.ts';
import type { Books, DoorHealth, Health, OpenState } from '../../operate/types.ts';
import { type Api, connectTo } from '../api-client.ts';
import { age, count } from '../display.ts';
import { listens } from './doors.ts';
import { dataDirectory } from './machine.ts';
import { type Checkup, ok, problem, skipped } from './types.ts';

export type ServerOptions = {
  readonly url: string;
  readonly data: string | undefined;
  readonly now: () => number;
};

const RUNBOOKS: { readonly [state in OpenState]: string } = {
  received: 'receipts-waiting',
  waiting: 'receipts-waiting',
  quarantined: 'receipts-quarantined',
  held: 'receipts-quarantined',
};
const CLOCK_APART_MS = 5_000;
const SEAL_WAIT_MS = 5_000;
const SEAL_POLL_MS = 500;
const PUBLIC_KEY_FILE = 'ledger-key.pub';

export async function checkServer(options: ServerOptions): Promise<readonly Checkup[]> {
  const api = connectTo(options.url);
  let health: Health;
  try {
    health = await api.get<Health>('/api/v1/health', { having: 'ready', orStatus: 503 });
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return [await unreachable(options.url, error)];
  }
  const doors = health.doors.map(checkDoorState);
  const ready = [...checkReady(options.url, health), ...doors];
  if (health.checks.some((check) => !check.ok && check.notice !== true))
    return [...ready, skipped('books and ledger', 'not looked at while the server cannot work')];
  const before = options.now();
  const books = await api.get<Books>('/api/v1/books', { having: 'total' });
  return [
    ...ready,
    checkClocks(books, { before, after: options.now() }),
    ...checkBooks(books),
    ...(await checkLedger(api, books.index, options.data)),
  ];
}

async function unreachable(url: string, error: Failed): Promise<Checkup> {
  const { hostname, port, protocol } = new URL(url);
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const taken = await listens(hostname.replace(/^\[|\]$/g, ''), number);
  return problem('server', error.message, {
    todo: taken
      ? `Port ${number} is taken by something else. Stop that, or start Vouch with --http HOST:PORT and name it with --server.`
      : `Port ${number} is free. If a server should run, look at its last lines: "incident" and "stopped" say why it ended.`,
    runbook: 'database-unavailable',
  });
}

function checkReady(url: string, { ready, checks, version }: Health): readonly Checkup[] {
  const failing = checks.filter((check) => !check.ok);
  if (failing.length === 0)
    return [ok('server', `${url} ${ready ? 'is ready' : 'works, but a door is not open'}, version ${version}`)];
  return failing.map(({ name, detail, notice }) =>
    problem(`server, ${name}`, detail, notice === true ? LOOK : CANNOT_WORK),
  );
}

const LOOK = { todo: 'Look for "incident" in the lines of the server: it says what failed. Everything else goes on.' };
const CANNOT_WORK = {
  todo: 'The server runs but cannot work. It goes on by itself when the cause is gone; nothing is acknowledged until then.',
  runbook: 'database-unavailable',
};

const DOOR_TODO: { readonly [door in DoorHealth['door']]: string } = {
  http: 'Look at the last lines of the server.',
  mllp: 'Senders queue meanwhile. Look for "mllp" in the lines of the server; when the connections are used up, find who opens them and does not close them.',
  folder:
    'Files wait meanwhile. See that the folder is there, has room, and may be written by the account that runs the server.',
};

function checkDoorState({ door, name, source, ok: open, detail }: DoorHealth): Checkup {
  const named = `${door} ${name}${source === undefined ? '' : ` of ${source}`}`;
  return open ? ok(named, detail) : problem(named, detail, { todo: DOOR_TODO[door], runbook: 'door-not-open' });
}

function checkClocks({ at }: Books, { before, after }: { before: number; after: number }): Checkup {
  const server = Date.parse(at);
  const apart = server < before ? before - server : Math.max(0, server - after);
  return apart <= CLOCK_APART_MS
    ? ok('clocks', 'server and this machine agree')
    : problem('clocks', `the server's clock is ${age(apart / 1_000)} ${server < before ? 'behind' : 'ahead'}`, {
        todo: 'Keep both by NTP. Receipts are dated by the server, and sources are ranked by recency.',
      });
}

function checkBooks({ total, sources }: Books): readonly Checkup[] {
  const silent = sources.filter((source) => source.silent).map((source) => source.source);
  return [
    total.residual === 0
      ? ok('books', `${count(total.received, 'receipt')}, residual 0`)
      : problem('books', `residual ${total.residual}`, {
          todo: 'Receipts are missing from the states, or counted twice. Stop changing things by hand and keep the database as it is.',
          runbook: 'books-residual',
        }),
    ...OPEN_STATES.map((state) => checkOpen(state, total)),
    silent.length === 0
      ? ok('sources', 'none is silent')
      : problem('sources', `silent: ${silent.join(', ')}`, {
          todo: 'Ask whoever runs the sending system; until it is back, what it tells is missing from records.',
          runbook: 'source-silent',
        }),
  ];
}

function checkOpen(state: OpenState, { oldest, states }: Books['total']): Checkup {
  const entry = oldest[state];
  const name = `receipts ${state}`;
  if (entry === undefined) return ok(name, 'none');
  const detail = `${states[state]}, the oldest (receipt ${entry.receipt}) for ${age(entry.ageSeconds)}`;
  if (!entry.overdue) return ok(name, `${detail}; the limit is ${age(entry.limitSeconds)}`);
  return problem(name, `${detail}, over the limit of ${age(entry.limitSeconds)}`, {
    todo: `vouch receipts --state ${state}, then vouch receipt ${entry.receipt}`,
    runbook: RUNBOOKS[state],
  });
}

async function checkLedger(api: Api, index: number, data: string | undefined): Promise<readonly Checkup[]> {
  const key = (await api.getText('/api/v1/ledger/key')).trim();
  const size = await sealedSize(api, { key, atLeast: index });
  return [checkSealed(size, index), checkKeyKept(key, dataDirectory(data))];
}

/** Size of the newest checkpoint that verifies, once it covers what was there when we came, or when patience ends. */
async function sealedSize(api: Api, { key, atLeast }: { key: string; atLeast: number }): Promise<number | string> {
  const verifier = parseVerifierKey(key);
  if (verifier === undefined) return 'the key that the server publishes is not one';
  const until = performance.now() + SEAL_WAIT_MS;
  for (;;) {
    const opened = openCheckpoint(await api.getText('/api/v1/ledger/checkpoint'), verifier);
    if (!opened.ok) return opened.what;
    if (opened.checkpoint.size >= atLeast || performance.now() > until) return opened.checkpoint.size;
    await sleep(SEAL_POLL_MS);
  }
}

function checkSealed(size: number | string, index: number): Checkup {
  if (typeof size === 'string')
    return problem('ledger', `the newest checkpoint does not verify: ${size}`, {
      todo: 'Do not restart with another key. Save the export (vouch verify --server shows what fails) and see the runbook.',
      runbook: 'ledger-not-sealing',
    });
  return size >= index
    ? ok('ledger', `the checkpoint of ${size} ${size === 1 ? 'entry' : 'entries'} verifies`)
    : problem('ledger', `sealed up to ${size} of ${index} entries, and not getting on`, {
        todo: 'Look for "The ledger could not be sealed" in the server\'s lines; the code there says why.',
        runbook: 'ledger-not-sealing',
      });
}

function checkKeyKept(key: string, directory: string | undefined): Checkup {
  const file = directory === undefined ? undefined : path.join(directory, PUBLIC_KEY_FILE);
  if (file === undefined || !existsSync(file)) return skipped('ledger key published', `not compared; it is ${key}`);
  return readFileSync(file, 'utf8').trim() === key
    ? ok('ledger key published', 'is that of the data directory')
    : problem('ledger key published', `differs from ${file}`, {
        todo: 'This server does not run on that data directory, or its key file was changed. Check --data and --server first.',
        runbook: 'ledger-not-sealing',
      });
}
