// What the machine says of the server and of PostgreSQL below it: time on processors, and memory.
import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

/** Time on processors in ms: of the main thread of a process, of its other threads, and of all processes below it, PostgreSQL's. */
export type Spent = { readonly mainMs: number; readonly threadsMs: number; readonly belowMs: number };

/** Undefined where /proc does not tell. */
export function spentBy(pid: number): Spent | undefined {
  try {
    const [own, main] = [statOf(`/proc/${pid}/stat`), statOf(`/proc/${pid}/task/${pid}/stat`)];
    if (own === undefined || main === undefined) return undefined;
    const below = processesBelow(pid).reduce((sum, one) => sum + one.ticks + one.ofEnded, 0);
    return {
      mainMs: main.ticks * TICK_MS,
      threadsMs: (own.ticks - main.ticks) * TICK_MS,
      belowMs: (below + own.ofEnded) * TICK_MS,
    };
  } catch {
    // Not Linux: time on the clock has to do.
    return undefined;
  }
}

/** Time that a process and all below it, PostgreSQL too, have spent on processors, in ms; undefined where /proc does not tell. */
export function cpuMsOf(pid: number): number | undefined {
  const spent = spentBy(pid);
  return spent === undefined ? undefined : spent.mainMs + spent.threadsMs + spent.belowMs;
}

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number; readonly ofEnded: number };

/** Every process whose parents lead to this one. */
function processesBelow(pid: number): readonly Stat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(`/proc/${name}/stat`) ?? []) : []));
  const family = new Set([pid]);
  // Children may stand before their parents: looked through until nobody joins.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  return all.filter((one) => one.pid !== pid && family.has(one.pid));
}

/** Fields 14 and 15 are its own time, 16 and 17 that of its children that ended. A process may end while it is looked at. */
function statOf(file: string): Stat | undefined {
  try {
    const stat = readFileSync(file, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, usersEnded = 0, systemEnded = 0] = fields.slice(11, 15);
    return {
      pid: Number.parseInt(stat, 10),
      parent: fields[1] ?? 0,
      ticks: user + system,
      ofEnded: usersEnded + systemEnded,
    };
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
