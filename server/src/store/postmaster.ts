// PostgreSQL's process seen from outside: whether one left over from a start before still holds the cluster, and how it is stopped.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from '../base/errors.ts';

const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

/**
 * After kill -9 of the server its PostgreSQL lives on and holds the cluster: it is stopped in order, to be started anew. What a dead
 * one left behind is made harmless. The caller holds the data directory's lock, so no living server uses it.
 */
export async function clearLeftover(cluster: string, socket: string): Promise<void> {
  const pid = readPid(cluster);
  if (pid !== undefined && isRunning(pid) && isPostmasterOf(pid, cluster)) await stopProcess(pid);
  if (pid !== undefined && isTaken(pid)) disown(cluster);
  // Killed between making its file and writing it, PostgreSQL leaves an empty one, and would refuse to start until it is taken away.
  // Before it made the file it had made sure that no process of an older server was left.
  if (linesOf(cluster)?.[0] === '') rmSync(pidFile(cluster));
  // The socket's folder is this cluster's alone, and nothing runs on it any more.
  for (const name of readdirSync(socket)) rmSync(path.join(socket, name), { force: true });
}

function readPid(cluster: string): number | undefined {
  const pid = Number(linesOf(cluster)?.[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Undefined when there is none: a PostgreSQL that ends in order takes its file away. */
function linesOf(cluster: string): readonly string[] | undefined {
  try {
    return readFileSync(pidFile(cluster), 'utf8').split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function pidFile(cluster: string): string {
  return path.join(cluster, 'postmaster.pid');
}

// Numbers of dead processes are given out again, in a restarted container almost surely. PostgreSQL would refuse to start while
// anything has the number in its file, unless it is its own parent: so our number is put there. The other lines stay, by which
// PostgreSQL finds out whether processes of the old server still have its memory.
function disown(cluster: string): void {
  const lines = linesOf(cluster);
  if (lines === undefined) return;
  writeFileSync(pidFile(cluster), [process.pid, ...lines.slice(1)].join('\n'));
}

/** True when the process is PostgreSQL started on this very cluster, and not another one that got its number. */
function isPostmasterOf(pid: number, cluster: string): boolean {
  const command = ` ${commandOf(pid)} `;
  return /postgres(\.exe)? /.test(command) && command.includes(` -D ${cluster} `);
}

function commandOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) return (readOf(pid, 'cmdline') ?? '').replaceAll('\0', ' ');
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'args='], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    // `ps` ends with 1 when there is no such process any more.
    return '';
  }
}

/** True when the number belongs to a process, even to one that has ended and that its parent has not looked at. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

// A container whose first process does not collect its orphans keeps them as zombies for ever: waiting for them would never end.
function isRunning(pid: number): boolean {
  if (!isTaken(pid)) return false;
  return !existsSync('/proc/self/stat') || !/\) [ZX] |^$/.test(readOf(pid, 'stat') ?? '');
}

/** A file that the system keeps of a process; undefined when the process is gone, be it between the look and the reading. */
function readOf(pid: number, name: 'cmdline' | 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Stops PostgreSQL and waits for its end. SIGINT is its fast shutdown; SIGQUIT leaves recovery to the next start, and is safe too. */
export async function stopProcess(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isRunning(pid)) return;
    send(pid, signal);
    const until = performance.now() + STOP_TIMEOUT_MS;
    while (isRunning(pid) && performance.now() < until) await sleep(POLL_MS);
  }
  if (isRunning(pid))
    throw new Failed('database-stop', `PostgreSQL (process ${pid}) does not stop. End it by hand, then start again.`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the look and the signal: that is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
