// Processes as Linux shows them: whose children they are, what they say they are doing, and how they are held in the middle of it.
import { readFileSync } from 'node:fs';

/** The title of a process, which PostgreSQL keeps up to date: `postgres: … COMMIT`. Empty when it is gone. */
export function titleOf(pid: number): string {
  return about(pid, 'cmdline').replaceAll('\0', ' ').trimEnd();
}

export function childrenOf(pid: number): readonly number[] {
  return about(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Stops them where they are; a frozen process does nothing more, not even when it is killed. */
export function freeze(pids: readonly number[]): void {
  for (const pid of pids) send(pid, 'SIGSTOP');
}

export function killAll(pids: readonly number[]): void {
  for (const pid of pids) send(pid, 'SIGKILL');
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function about(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    // It ended between the look and the reading.
    return '';
  }
}
