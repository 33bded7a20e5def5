// What is asked of each version: the schema up, down and up; the stories of the whole system; and a demo given by its URL.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../../server/src/base/db.ts';
import type { Books } from '../../server/src/operate/types.ts';
import type { Postgres } from './serve.ts';

export type Tried = {
  readonly version: string;
  readonly migrations: string;
  readonly stories: string;
  readonly demo: string;
  /** The ledger's root after the demo: the same seed gives the same on every version. */
  readonly root: string;
  readonly seconds: number;
  readonly holds: boolean;
};

const POLL_MS = 100;
const ROOT = path.join(import.meta.dirname, '../..');
const MIGRATIONS = ['server/src/store/migrate.test.ts'];
const STORIES = [
  'server/test/start-database.test.ts',
  ...globSync('server/test/story-*.test.ts', { cwd: ROOT }).sort(),
];
const COLUMNS = ['PostgreSQL', 'migrations', 'stories', 'demo', 'root of its ledger', 'seconds'];

export async function tryOut(
  postgres: Postgres,
  given: { home: string; people: number },
): Promise<Omit<Tried, 'version'>> {
  const began = performance.now();
  const migrations = await runTests(MIGRATIONS, postgres);
  const stories = await runTests(STORIES, postgres);
  const demo = await playDemo(postgres, given);
  return {
    migrations: told(migrations),
    stories: told(stories),
    demo: `${demo.received} receipts, residual ${demo.residual}`,
    root: demo.root,
    seconds: Math.round((performance.now() - began) / 1_000),
    holds:
      migrations.failed + stories.failed === 0 && migrations.passed > 0 && stories.passed > 0 && demo.residual === 0,
  };
}

type Counts = { readonly passed: number; readonly failed: number };

function told({ passed, failed }: Counts): string {
  return failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} FAILED`;
}

async function runTests(files: readonly string[], { socket }: Postgres): Promise<Counts> {
  const out = await run(['--test', '--test-reporter=tap', '--test-concurrency=1', ...files], {
    VOUCH_TEST_POSTGRES: socket,
  });
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)`, 'm').exec(out)?.[1] ?? Number.NaN);
  const failed = count('fail') + count('cancelled');
  if (failed > 0)
    process.stderr.write(
      `${out
        .split('\n')
        .filter((line) => /^\s*not ok|error:/.test(line))
        .join('\n')}\n`,
    );
  return { passed: count('pass'), failed };
}

function run(args: readonly string[], env: { readonly [name: string]: string }): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  return new Promise((resolve) => child.once('close', () => resolve(out)));
}

type Played = { readonly received: number; readonly residual: number; readonly root: string };

async function playDemo({ port }: Postgres, { home, people }: { home: string; people: number }): Promise<Played> {
  const admin = openDb({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', connectionsMax: 1 });
  await admin.query('create database demo');
  await admin.close();
  const url = `postgresql://postgres@127.0.0.1:${port}/demo`;
  const data = path.join(home, `demo-${port}`);
  const args = ['start', '--data', data, '--http', '127.0.0.1:0', '--people', String(people), '--database-url', url];
  const child = spawn(process.execPath, [path.join(ROOT, 'server/bin/vouch.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const http = await readyAt(createInterface({ input: child.stdout }), ended);
    const { index, total } = (await (await fetch(`${http}/api/v1/books`)).json()) as Books;
    return { received: total.received, residual: total.residual, root: await rootOf(http, index) };
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** The root that is signed for this size; the newest entries are sealed a second later. */
async function rootOf(http: string, size: number): Promise<string> {
  for (;;) {
    const [, signed, root] = (await (await fetch(`${http}/api/v1/ledger/checkpoint`)).text()).split('\n');
    if (Number(signed) >= size) return root ?? '';
    await sleep(POLL_MS);
  }
}

async function readyAt(lines: AsyncIterable<string>, ended: Promise<unknown>): Promise<string> {
  const said: string[] = [];
  for await (const line of lines) {
    if (line.startsWith('{') && line.includes('"event":"ready"')) return (JSON.parse(line) as { http: string }).http;
    said.push(line);
  }
  await ended;
  throw new Error(`the demo did not start\n${said.join('\n')}`);
}

export function table(tried: readonly Tried[]): string {
  const rows = tried.map((one) => [one.version, one.migrations, one.stories, one.demo, one.root, String(one.seconds)]);
  const widths = COLUMNS.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(COLUMNS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
