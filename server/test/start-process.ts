// The server as an operator starts it: a process of its own, its ready line, its end, and what it leaves behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from '../src/operate/types.ts';

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
};
export type Ready = { readonly http: string; readonly mllp: readonly string[]; readonly folders: readonly string[] };
export type Launched = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves with the ready line. Rejects with all it said when it ends before, or takes too long. */
  ready(): Promise<Ready>;
  /** As Ctrl-C in a terminal: the signal reaches the whole group. */
  interrupt(): Promise<Ended>;
  /** kill -9 of this process alone. */
  kill(): Promise<Ended>;
};
export type Account = { readonly uid: number; readonly gid: number };
export type LaunchOptions = { readonly account?: Account; readonly bin?: string };

export const BIN = path.join(import.meta.dirname, '../bin/vouch.mjs');
const READY_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 120_000;
const POLL_MS = 20;

/** `vouch start --no-demo` with these arguments; killed when the test ends, should it still run. */
export function launch(t: TestContext, args: readonly string[], options: LaunchOptions = {}): Launched {
  const child = spawn(process.execPath, [options.bin ?? BIN, 'start', '--no-demo', ...args], {
    ...options.account,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: tmpdir(),
    // A group of its own, so that the signal of a terminal can be imitated.
    detached: true,
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString('utf8');
  });
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, ...said })),
  );
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    ended,
    ready: () => untilReady(child, said),
    interrupt: () => {
      process.kill(-pid, 'SIGINT');
      return inTime(ended, said);
    },
    kill: () => {
      process.kill(pid, 'SIGKILL');
      return inTime(ended, said);
    },
  };
}

/** Launches what is expected to end by itself. */
export function runToEnd(t: TestContext, args: readonly string[], options: LaunchOptions = {}): Promise<Ended> {
  return inTime(launch(t, args, options).ended, { out: '', err: '' });
}

async function untilReady(child: ChildProcess, said: { out: string; err: string }): Promise<Ready> {
  const until = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const line = said.out.split('\n').find((one) => one.startsWith('{') && one.includes('"event":"ready"'));
    if (line !== undefined) return JSON.parse(line) as Ready;
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > until)
      throw new Error(`not ready (${child.signalCode ?? child.exitCode})\n${said.out}${said.err}`);
    await sleep(POLL_MS);
  }
}

function inTime(ended: Promise<Ended>, said: { out: string; err: string }): Promise<Ended> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it does not end\n${said.out}${said.err}`)), END_TIMEOUT_MS);
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

/** A folder for one test, open to other accounts, gone afterwards together with any PostgreSQL that still runs in it. */
export function folder(t: TestContext, mode = 0o755): string {
  const made = mkdtempSync(path.join(tmpdir(), 'vouch-start-'));
  chmodSync(made, mode);
  t.after(async () => {
    for (const pid of processesOf(made)) signal(pid, 'SIGQUIT');
    while (processesOf(made).length > 0) await sleep(POLL_MS);
    // What PostgreSQL's processes leave behind they may be writing for a moment longer.
    rmSync(made, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
  });
  return made;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Where the cluster of a data directory is. */
export function clusterOf(data: string): string {
  const note = path.join(data, 'postgres-is-at.txt');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : path.join(data, 'postgres');
}

export function postmasterOf(data: string): number {
  return Number(readFileSync(path.join(clusterOf(data), 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** The folder of the running PostgreSQL's socket. */
export function socketOf(data: string): string {
  return readFileSync(path.join(clusterOf(data), 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
}

/**
 * Processes whose command line names this folder, other than the test itself. A child that has only just been forked still bears its
 * parent's: it is not counted beside it.
 */
export function processesOf(where: string): readonly number[] {
  const found = readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && Number(name) !== process.pid && aboutProcess(name, 'cmdline').includes(where),
    )
    .map(Number);
  return found.filter((pid) => !found.includes(Number(/\) \S (\d+)/.exec(aboutProcess(pid, 'stat'))?.[1])));
}

function aboutProcess(pid: number | string, what: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    // It ended between the look and the reading.
    return '';
  }
}

export async function untilGone(pid: number): Promise<void> {
  while (aboutProcess(pid, 'cmdline') !== '') await sleep(POLL_MS);
}

/** Waits until another PostgreSQL than this one serves: one that was killed may answer for a moment longer. */
export async function untilReplaced({ http }: Ready, { data, first }: { data: string; first: number }): Promise<void> {
  const file = path.join(clusterOf(data), 'postmaster.pid');
  while (!existsSync(file) || [first, 0].includes(postmasterOf(data))) await sleep(POLL_MS);
  for (let status = 0; status !== 200; status = (await fetch(`${http}/api/v1/health`)).status) await sleep(POLL_MS);
}

export async function books({ http }: Ready): Promise<Books> {
  return (await (await fetch(`${http}/api/v1/books`)).json()) as Books;
}

/** Writes one Patient and returns where its first version is. */
export async function writePatient({ http }: Ready, family: string): Promise<string> {
  const body = JSON.stringify({ resourceType: 'Patient', name: [{ family }], birthDate: '1970-01-01' });
  const headers = { 'content-type': 'application/fhir+json' };
  const answer = await fetch(`${http}/fhir/R4/Patient`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`not written: ${answer.status} ${await answer.text()}`);
  // Without the address: the next start may listen on another port.
  return new URL(answer.headers.get('location') ?? '', http).pathname;
}

/** The family name of a patient at a version's path. */
export async function familyAt({ http }: Ready, location: string): Promise<string | undefined> {
  const patient = (await (await fetch(`${http}${location}`)).json()) as { name?: readonly { family: string }[] };
  return patient.name?.[0]?.family;
}

// Below the ports that the system gives to whoever asks for any, so that no other test is given it meanwhile.
const PORTS = { from: 20_000, count: 10_000 };

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * PORTS.count);
    if (!(await isOpen(port))) return port;
  }
}

export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
