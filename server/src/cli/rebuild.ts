// vouch rebuild: computes everything derived again, and compares or exchanges it with what is served.
import { existsSync, readFileSync } from 'node:fs';
import type { Compared, Progress, Rebuilt } from '../rebuild/index.ts';
import type { DbAddress } from '../store/open-store.ts';
import { readArguments, usage as wrong } from './arguments.ts';
import { age, count, milliseconds, print, printJson } from './display.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch rebuild (--data DIR | --database-url URL) [--check] [--restart] [--trust-seeded] [--json]

Computes everything derived again from the stored inputs: persons, resources, versions, verdicts, cases and what searches look into.
That is done beside what is served, so the server may go on. Where the two are the same to the byte, nothing is changed; where they
are not, what was computed takes the place of what was served, in one transaction. A rebuild that was stopped or killed goes on
where it was when it is called again. While it runs it needs as much room again as what it makes.

  --data DIR           the data directory of an embedded database, whether or not a server runs on it
  --database-url URL   the PostgreSQL database, as the user that the server is started with
  --check              compare, and change nothing; ends with 1 when anything differs
  --restart            begin anew, whatever an earlier run did
  --trust-seeded       set things right also where plans were made before there was a record of them: it was pieced together from
                       what they left, and their order is not known for certain. Look at --check first
  --json               what was found as JSON; on standard error what went wrong: command, code, message, where

Exit codes: 0 what is served is what follows from the inputs (now), 1 it is not, or the rebuild was stopped, 2 wrong usage.`;

const PACKAGE = new URL('../../package.json', import.meta.url);
const SQL = new URL('../../sql/', import.meta.url);

export const rebuild: Command = {
  name: 'rebuild',
  summary: 'compute everything derived again, and set right what is served otherwise',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      data: { type: 'string' },
      'database-url': { type: 'string' },
      check: { type: 'boolean', default: false },
      restart: { type: 'boolean', default: false },
      'trust-seeded': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const { data, check, restart, json, 'database-url': url, 'trust-seeded': trustSeeded } = values;
    if (positionals.length > 0) throw wrong('vouch rebuild takes no names: it rebuilds all there is.');
    if ((data === undefined) === (url === undefined)) throw wrong('Give --data or --database-url, one of the two.');
    if (data !== undefined && !existsSync(data)) throw wrong(`There is no directory ${data}.`);
    const asked = { check, restart, trustSeeded, json, io };
    return url !== undefined ? rebuildAt({ url }, asked) : withEmbedded(data ?? '', (at) => rebuildAt(at, asked));
  },
};

type Asked = {
  readonly check: boolean;
  readonly restart: boolean;
  readonly trustSeeded: boolean;
  readonly json: boolean;
  readonly io: CommandIo;
};

/** The database of a running server, or one started for the rebuild alone. */
async function withEmbedded(data: string, work: (at: DbAddress) => Promise<number>): Promise<number> {
  const [{ lockDirectory }, { reachEmbedded, startEmbedded }, { Failed }] = await Promise.all([
    import('../store/lock.ts'),
    import('../store/embedded.ts'),
    import('../base/errors.ts'),
  ]);
  const lock = await lockDirectory(data).catch((error: unknown) => {
    if (error instanceof Failed && error.code === 'data-in-use') return undefined;
    throw error;
  });
  if (lock === undefined) return work(reachEmbedded(data));
  try {
    const embedded = await startEmbedded({ directory: data, onIncident: () => undefined });
    try {
      return await work(embedded);
    } finally {
      await embedded.stop();
    }
  } finally {
    await lock.release();
  }
}

async function rebuildAt(at: DbAddress, { json, io, ...how }: Asked): Promise<number> {
  const [domain, { readMigrations }] = await Promise.all([
    import('../rebuild/index.ts'),
    import('../store/migrate.ts'),
  ]);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const shown = showProgress(io);
  try {
    const { url, host, port, user, database } = at;
    const address = JSON.parse(JSON.stringify({ url, host, port, user, database })) as DbAddress;
    const found = await domain.rebuild({
      at: address,
      ...how,
      vouch: version(),
      migration: readMigrations(SQL).length,
      onProgress: shown.update,
      signal: stopping.signal,
    });
    shown.finish();
    if (json) printJson(io, found);
    else print(io, told(found));
    return found.outcome === 'same' || found.outcome === 'mended' ? 0 : 1;
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

function version(): string {
  return (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
}

const TOLD_MS = 1_000;

/** Plans replayed of those there are, how many a second, and how long it will take. */
function showProgress({ stderr }: CommandIo): { update(progress: Progress): void; finish(): void } {
  const began = performance.now();
  let first: number | undefined;
  let told = began;
  const line = ({ done, total }: Progress) => {
    const seconds = (performance.now() - began) / 1_000;
    const rate = (done - (first ?? done)) / Math.max(seconds, 0.001);
    const left = rate > 0 ? `, about ${age((total - done) / rate)} left` : '';
    return `${done} of ${count(total, 'plan')} computed again, ${Math.round(rate)}/s${left}`;
  };
  return {
    update: (progress) => {
      first ??= progress.done;
      const now = performance.now();
      if (now - told < TOLD_MS) return;
      told = now;
      stderr.write(stderr.isTTY === true ? `\r${line(progress)}\u001b[K` : `${line(progress)}\n`);
    },
    finish: () => {
      if (stderr.isTTY === true) stderr.write('\r\u001b[K');
    },
  };
}

function told(found: Rebuilt): readonly string[] {
  const { outcome, done, total, compared, seeded, pausedMs } = found;
  const before =
    seeded === 0 ? [] : [`${count(seeded, 'plan')} came before the record of plans began and were pieced together.`];
  if (outcome === 'stopped')
    return [`Stopped after ${done} of ${count(total, 'plan')}. Call vouch rebuild again to go on from there.`];
  if (compared === undefined || outcome === 'same')
    return [
      ...before,
      `${count(done, 'plan')} computed again, ${count(rowsOf(compared), 'row')}: what is served is what follows, to the byte.`,
    ];
  const ends = {
    different: 'What is served stays as it is. vouch rebuild without --check sets it right.',
    mended: `What was computed took its place; commits waited ${milliseconds(pausedMs)}.`,
  };
  return [
    ...before,
    ...compared.differences.map(
      ({ table, key, how, columns }) =>
        `${table} ${key}: ${how === 'other' ? `other than computed${columns.length === 0 ? '' : ` (${columns.join(', ')})`}` : how}`,
    ),
    ...Object.entries(compared.differing).map(
      ([table, n]) => `${table}: ${count(n, 'row')} differed of ${compared.rows[table] ?? 0}`,
    ),
    ends[outcome],
  ];
}

function rowsOf(compared: Compared | undefined): number {
  return Object.values(compared?.rows ?? {}).reduce((sum, n) => sum + n, 0);
}
