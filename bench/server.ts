// The server under test as an operator starts it.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { FLAGS, MEMORY } from '../server/bin/node-flags.mjs';
import type { Books, Health } from '../server/src/operate/types.ts';

export type ServerUnderTest = {
  readonly http: string;
  readonly mllp: { readonly host: string; readonly port: number };
  readonly data: string;
  readonly pid: number;
  /** Where its main thread can be profiled; given when that was asked for. */
  readonly inspector: string | undefined;
  /** From its start until it said that it was ready. */
  readonly startMs: number;
  books(): Promise<Books>;
  /** True while a receipt has not been planned. */
  plansWait(): Promise<boolean>;
  /** Resolves when it has nothing left to do: all is planned, words are gathered and lists judged. */
  rested(): Promise<void>;
  /** Stopped, and started once more on what it stored. */
  again(): Promise<ServerUnderTest>;
  stop(): Promise<void>;
};

/** What the checks of health say then. */
const RESTED = {
  pipeline: 'nothing waits to be planned',
  search: 'the words of all versions are gathered',
  watch: 'long lists are judged up to the newest entry',
};
const LOOK_MS = 100;
const BIN = new URL('../server/bin/vouch.mjs', import.meta.url).pathname;

type How = { readonly processes?: number; readonly inspected?: boolean };

export function startUnderTest(how: How = {}): Promise<ServerUnderTest> {
  const data = mkdtempSync(path.join(tmpdir(), 'vouch-bench-'));
  chmodSync(data, 0o755);
  return startOn(data, how);
}

async function startOn(data: string, how: How): Promise<ServerUnderTest> {
  const { processes = 1, inspected = false } = how;
  const began = performance.now();
  const args = ['start', '--no-demo', '--data', data, '--http', '127.0.0.1:0', '--mllp', '127.0.0.1:0=bench-pas'];
  if (processes > 1) args.push('--processes', String(processes));
  const child: ChildProcess = spawn(
    process.execPath,
    [...FLAGS, ...(inspected ? ['--inspect=127.0.0.1:0'] : []), BIN, ...args],
    { stdio: ['ignore', 'pipe', inspected ? 'pipe' : 'inherit'], env: { ...MEMORY, ...process.env } },
  );
  const [ready, inspector] = await Promise.all([firstReady(child), inspectorOf(child)]);
  const startMs = performance.now() - began;
  const [host = '', port = ''] = ready.mllp[0]?.split('=')[0]?.split(':') ?? [];
  const says = async (name: string, detail: string) => {
    const health = (await (await fetch(`${ready.http}/api/v1/health`)).json()) as Health;
    return health.checks.find((check) => check.name === name)?.detail === detail;
  };
  const halt = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  };
  return {
    http: ready.http,
    mllp: { host, port: Number(port) },
    data,
    pid: child.pid ?? 0,
    inspector,
    startMs,
    books: async () => (await (await fetch(`${ready.http}/api/v1/books`)).json()) as Books,
    plansWait: async () => !(await says('pipeline', 'nothing waits to be planned')),
    rested: async () => {
      const all = () => Promise.all(Object.entries(RESTED).map(([check, detail]) => says(check, detail)));
      while ((await all()).includes(false)) await sleep(LOOK_MS);
    },
    again: async () => {
      await halt();
      return startOn(data, how);
    },
    stop: async () => {
      await halt();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Node tells the address of its inspector, and much else of it, where errors are told. */
function inspectorOf({ stderr }: ChildProcess): Promise<string | undefined> {
  if (stderr === null) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      const address = /^Debugger listening on (ws:\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
      else if (!/^(?:For help|Debugger )/.test(line)) process.stderr.write(`${line}\n`);
    });
  });
}

function firstReady(child: ChildProcess): Promise<{ http: string; mllp: readonly string[] }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; http: string; mllp: readonly string[] };
      if (event.event === 'ready') resolve(event);
      else process.stderr.write(`${line}\n`);
    });
  });
}
