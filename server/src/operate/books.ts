// The books: received against the sum of the states, per source and in total.                                             (pure)
import type { Instant, SourceKey } from '../base/ids.ts';
import type { ReceiptState } from '../intake/types.ts';
import type { Source } from '../mapping/types.ts';
import { ageSeconds } from './age.ts';
import { OPEN_STATES, openItem } from './open-limits.ts';
import type { readBooks } from './reader.ts';
import type { Books, BooksLine, OpenItem, OpenState, SourceBooks, StateCounts } from './types.ts';

export const RECEIPT_STATES = [
  'received',
  'waiting',
  'quarantined',
  'held',
  'applied',
  'duplicate',
  'superseded',
  'rejected',
] as const satisfies readonly ReceiptState[];
/** A source is silent after this many times its longest recent gap, while others go on. */
const SILENT_AFTER_GAPS = 3;
/** Below this many receipts there is no cadence to speak of. */
const CADENCE_MIN_RECEIPTS = 6;
const SILENT_AFTER_SECONDS_MIN = 15 * 60;

type Row = Awaited<ReturnType<typeof readBooks>>['rows'][number];

/** Makes the books of what was counted. `at` is the time that ages are measured to. */
export function books(
  counted: { size: number; rows: readonly Row[] },
  sources: ReadonlyMap<SourceKey, Source>,
  at: Instant,
): Omit<Books, 'cases'> {
  const newest =
    counted.rows
      .flatMap((row) => row.lastReceivedAt ?? [])
      .toSorted()
      .at(-1) ?? at;
  const lines = new Map(counted.rows.map((row) => [row.source, sourceLine(row, at)]));
  const known = [...new Set([...sources.keys(), ...lines.keys()])].sort();
  const list = known.map((key): SourceBooks => {
    const source = sources.get(key as SourceKey);
    const row = counted.rows.find((one) => one.source === key);
    const line = lines.get(key) ?? emptyLine();
    return {
      source: key,
      name: source?.name ?? key,
      kind: source?.kind ?? 'unknown',
      trust: source?.trust ?? 0,
      ...line,
      lastReceivedAt: row?.lastReceivedAt ?? undefined,
      silent: row !== undefined && isSilent(row, newest),
    };
  });
  return { index: counted.size, at, total: total([...lines.values()]), sources: list };
}

function sourceLine(row: Row, at: Instant): BooksLine {
  const states = countsOf((state) => row.states?.[state] ?? 0);
  const oldest: { [state in OpenState]?: OpenItem } = {};
  for (const state of OPEN_STATES) {
    const entry = row.oldest?.[state];
    if (entry === undefined) continue;
    const { madeAt } = row;
    oldest[state] = openItem(state, {
      receipt: entry.receipt,
      ageSeconds: ageSeconds(entry.at, { now: at, madeAt }),
    });
  }
  return { received: row.received, states, residual: row.received - sum(states), oldest };
}

function emptyLine(): BooksLine {
  return { received: 0, states: countsOf(() => 0), residual: 0, oldest: {} };
}

function countsOf(count: (state: ReceiptState) => number): StateCounts {
  return Object.fromEntries(RECEIPT_STATES.map((state) => [state, count(state)])) as StateCounts;
}

function sum(states: StateCounts): number {
  return RECEIPT_STATES.reduce((all, state) => all + states[state], 0);
}

function total(lines: readonly BooksLine[]): BooksLine {
  const states = countsOf((state) => lines.reduce((all, line) => all + line.states[state], 0));
  const received = lines.reduce((all, line) => all + line.received, 0);
  const oldest: { [state in OpenState]?: OpenItem } = {};
  for (const state of OPEN_STATES) {
    const entries = lines.flatMap((line) => line.oldest[state] ?? []);
    const first = entries.toSorted((a, b) => a.receipt - b.receipt)[0];
    if (first !== undefined) oldest[state] = first;
  }
  return { received, states, residual: received - sum(states), oldest };
}

type Cadence = Pick<Row, 'received' | 'lastReceivedAt' | 'longestGapSeconds' | 'madeAt'>;

// Measured against the newest receipt of any source: at night, when nobody speaks, nobody is silent.
export function isSilent(row: Cadence, newest: Instant): boolean {
  if (row.received < CADENCE_MIN_RECEIPTS || row.lastReceivedAt === null) return false;
  const limit = Math.max(SILENT_AFTER_SECONDS_MIN, SILENT_AFTER_GAPS * (row.longestGapSeconds ?? 0));
  return ageSeconds(row.lastReceivedAt, { now: newest, madeAt: row.madeAt }) > limit;
}
