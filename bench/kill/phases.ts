// What the server is in the middle of, seen through PostgreSQL: which writer has a transaction open, and how far it is.
import { type Db, openDb } from '../../server/src/base/db.ts';
import { titleOf } from './processes.ts';

/** The three that write while the server runs. */
export const WRITERS = ['intake', 'pipeline', 'sealing'] as const;
export type Writer = (typeof WRITERS)[number];
/** What a kill is aimed at: any moment of a writer's transaction, or its commit. */
export type Aim = { readonly writer: Writer; readonly commit: boolean };
type Open = { readonly pid: number; readonly writer: Writer; readonly flushing: boolean };
export type Look = {
  readonly open: readonly Open[];
  /** Receipts wait to be planned. */
  readonly backlog: boolean;
};
/** How often each victim was hit in each phase. */
export type Histogram = { [victim: string]: { [phase: string]: number } };

// Each writer is known by what its transaction holds: the sealer by its lock, the pipeline by its head row's table, and intake by the
// number line's, which the pipeline also takes, but later than its own.
const LOOK = `
  with held as (
    select locks.pid, bool_or(locktype = 'advisory' and classid = 0 and objid = 1936023916) as sealing,
      bool_or(relation = to_regclass('vouch.pipeline_head') and mode = 'RowExclusiveLock') as pipeline,
      bool_or(relation = to_regclass('vouch.ledger_head') and mode = 'RowExclusiveLock') as intake
    from pg_locks as locks where locks.pid <> pg_backend_pid() group by locks.pid
  ), writing as (
    select pid, case when sealing then 'sealing' when pipeline then 'pipeline' else 'intake' end as writer,
      query = 'commit' and state = 'active' or wait_event in ('WALSync', 'WALWrite', 'WalSync', 'WalWrite') as flushing
    from held join pg_stat_activity using (pid) where sealing or pipeline or intake
  )
  select coalesce((select json_agg(json_build_object('pid', pid, 'writer', writer, 'flushing', coalesce(flushing, false))) from writing), '[]') as open,
    exists (select 1 from vouch.receipt_state where state = 'received') as backlog`;

/** A connection beside the server's. Opened anew by itself after each restart of PostgreSQL. */
export function openObserver(socket: string): Db {
  return openDb({ host: socket, port: 5432, user: 'postgres', database: 'postgres', connectionsMax: 1 });
}

/** Undefined while PostgreSQL does not answer. */
export async function look(observer: Db): Promise<Look | undefined> {
  try {
    return (await observer.query<Look>(LOOK)).rows[0];
  } catch {
    // It is down, or just going down: that too is a moment to kill at.
    return undefined;
  }
}

/**
 * The phases at the moment when the processes were frozen: what was open when last looked at, and what its process says now. When
 * it has become idle since, its commit is done, and its answer perhaps not yet received.
 */
export function phasesOf(seen: Look | undefined): readonly string[] {
  if (seen === undefined) return ['PostgreSQL away'];
  if (seen.open.length > 0) return seen.open.map(phaseOf);
  return [seen.backlog ? 'planning' : 'idle'];
}

function phaseOf({ pid, writer, flushing }: Open): string {
  const title = titleOf(pid);
  if (title === '' || /\] idle$/.test(title)) return `${writer}: just committed`;
  return flushing || /\] COMMIT$/.test(title) ? `${writer}: in its commit` : `${writer}: writing`;
}

/** Waits in place until the writer's process is at its commit or through with it, for a few milliseconds at most. */
export function spinToCommit(seen: Look | undefined, writer: Writer, msMax: number): void {
  const pid = seen?.open.find((one) => one.writer === writer)?.pid;
  const until = performance.now() + msMax;
  while (pid !== undefined && performance.now() < until) if (/\] (?:COMMIT|idle)$/.test(titleOf(pid))) return;
}

export function count(histogram: Histogram, victim: string, phases: readonly string[]): void {
  histogram[victim] ??= {};
  const row = histogram[victim];
  for (const phase of phases) row[phase] = (row[phase] ?? 0) + 1;
}

/** One line a phase, one column a victim, with a bar for the sum. */
export function drawn(histogram: Histogram): string {
  const victims = Object.keys(histogram).sort();
  const phases = [...new Set(victims.flatMap((victim) => Object.keys(histogram[victim] ?? {})))].sort();
  const sum = (phase: string) => victims.reduce((total, victim) => total + (histogram[victim]?.[phase] ?? 0), 0);
  const width = Math.max(...phases.map((phase) => phase.length), 0) + 2;
  const most = Math.max(1, ...phases.map(sum));
  const lines = phases.map((phase) => {
    const cells = victims
      .map((victim) => String(histogram[victim]?.[phase] ?? '').padStart(victim.length + 2))
      .join('');
    const bar = '#'.repeat(Math.ceil((BAR * sum(phase)) / most));
    return `${phase.padEnd(width)}${cells}${String(sum(phase)).padStart(7)}  ${bar}`;
  });
  const head = `${''.padEnd(width)}${victims.map((victim) => `  ${victim}`).join('')}    all`;
  return [head, ...lines].join('\n');
}

const BAR = 40;
