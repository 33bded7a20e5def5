// The server under test as an operator starts it, and what the machine says of its processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FLAGS, MEMORY } from '../../server/bin/node-flags.mjs';
import type { Books, Health } from '../../server/src/operate/types.ts';

export type ServerUnderTest = {
  readonly http: string;
  readonly mllp: { readonly host: string; readonly port: number };
  readonly data: string;
  readonly pid: number;
  /** From its start until it said that it was ready. */
  readonly startMs: number;
  books(): Promise<Books>;
  /** True while a receipt has not been planned. */
  plansWait(): Promise<boolean>;
  /** Stopped, and started once more on what it stored. */
  again(): Promise<ServerUnderTest>;
  stop(): Promise<void>;
};

const BIN = new URL('../../server/bin/vouch.mjs', import.meta.url).pathname;

export function startUnderTest(processes = 1): Promise<ServerUnderTest> {
  const data = mkdtempSync(path.join(tmpdir(), 'vouch-bench-'));
  chmodSync(data, 0o755);
  return startOn(data, processes);
}

async function startOn(data: string, processes: number): Promise<ServerUnderTest> {
  const began = performance.now();
  const args = ['start', '--no-demo', '--data', data, '--http', '127.0.0.1:0', '--mllp', '127.0.0.1:0=bench-pas'];
  if (processes > 1) args.push('--processes', String(processes));
  const profile = process.env['VOUCH_BENCH_PROFILE'];
  const child: ChildProcess = spawn(
    process.execPath,
    [...FLAGS, ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]), BIN, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...MEMORY, ...process.env } },
  );
  const ready = await firstReady(child);
  const startMs = performance.now() - began;
  const [host = '', port = ''] = ready.mllp[0]?.split('=')[0]?.split(':') ?? [];
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
    startMs,
    books: async () => (await (await fetch(`${ready.http}/api/v1/books`)).json()) as Books,
    plansWait: async () => {
      const health = (await (await fetch(`${ready.http}/api/v1/health`)).json()) as Health;
      return health.checks.find((check) => check.name === 'pipeline')?.detail !== 'nothing waits to be planned';
    },
    again: async () => {
      await halt();
      return startOn(data, processes);
    },
    stop: async () => {
      await halt();
      rmSync(data, { recursive: true, force: true });
    },
  };
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

const TICK_MS = 10;

/** Time that a process and all below it, PostgreSQL too, have spent on processors, in ms; undefined where /proc does not tell. */
export function cpuMsOf(pid: number): number | undefined {
  try {
    const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (cpuLine(name) ?? []) : []));
    const family = new Set([pid]);
    // Children may stand before their parents: looked through until nobody joins.
    for (let before = 0; before < family.size; ) {
      before = family.size;
      for (const one of all) if (family.has(one.parent)) family.add(one.pid);
    }
    return all.reduce((sum, one) => sum + (family.has(one.pid) ? one.ticks : 0), 0) * TICK_MS;
  } catch {
    // Not Linux: time on the clock has to do.
    return undefined;
  }
}

/** Fields 14 to 17: its own time and that of children that ended. A process may end while it is looked at. */
function cpuLine(name: string): { pid: number; parent: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
    return { pid: Number(name), parent: fields[1] ?? 0, ticks };
  } catch {
    return undefined;
  }
}

/** Resident memory of a process, and the most it ever had, in MB; undefined where /proc does not tell. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly peakMb: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024);
    return { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
  } catch {
    // Not Linux: the figure is left out.
    return undefined;
  }
}
