// The loop behind the commits: whoever new entries of watched lists are about is judged, and what waits for a person becomes a case.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Intake } from '../intake/types.ts';
import { readLedgerSize } from '../operate/reader.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import { competingSetFingerprint, isWatched, WATCHED_LONG, WATCHED_SHORT } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import { actOnQuality } from './act-on-quality.ts';
import { type OpenConflict, readOpenConflicts, readTouched, readTouchedWithdrawn, readWatchHead } from './reader.ts';
import { submit } from './submit.ts';
import { type Watched, watchedOfAll } from './watched-of.ts';
import { moveWatchHead } from './writer.ts';

export type Watching = { stop(): Promise<void> };
export type WatchOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly intake: Intake;
  readonly sources: SourceRegistry;
  readonly policyAt: (size: number) => Promise<Policy>;
  readonly onError: (error: unknown) => void;
};

const SPAN_MAX = 5_000;
/** Looked at together: each by itself takes as many reads as all of them. */
const PERSONS_AT_ONCE = 32;
const PAUSE_MS = 500;
/** How often checks of sources are acted upon. */
const QUALITY_MS = 3_600_000;
const TYPES = [...WATCHED_SHORT, ...WATCHED_LONG];

export function startWatching(options: WatchOptions): Watching {
  const stopping = new AbortController();
  let judged = performance.now();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const came = await step(options, stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) options.onError(error);
        return false;
      });
      if (performance.now() - judged > QUALITY_MS) {
        judged = performance.now();
        await actOnQuality(options).catch(options.onError);
      }
      if (!came) await pause(PAUSE_MS, undefined, { signal: stopping.signal, ref: false }).catch(woken);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** The pause ends early when the server does. */
function woken(_error: unknown): void {
  return;
}

/** True when there is more to look at. */
async function step(options: WatchOptions, signal: AbortSignal): Promise<boolean> {
  const { db } = options;
  const [from, size] = [await readWatchHead(db), await readLedgerSize(db)];
  if (from >= size) return false;
  const to = Math.min(size, from + SPAN_MAX);
  const span = { from, to, types: TYPES };
  const touched = [...(await readTouched(db, span)), ...(await readTouchedWithdrawn(db, span))];
  for (const persons of inParts([...new Set(touched)])) {
    if (signal.aborted) return false;
    const began = performance.now();
    await look(options, persons);
    // Receipts come first: at most half of the time is spent here.
    await pause(performance.now() - began, undefined, { signal, ref: false }).catch(woken);
  }
  await moveWatchHead(db, to);
  return to < size;
}

function inParts<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / PERSONS_AT_ONCE) }, (_, part) =>
    all.slice(part * PERSONS_AT_ONCE, (part + 1) * PERSONS_AT_ONCE),
  );
}

async function look(options: WatchOptions, ids: readonly SubjectId[]): Promise<void> {
  const { db, clock } = options;
  const asOf = await readLedgerSize(db);
  const policy = await options.policyAt(asOf);
  const found = [...new Set((await watchedOfAll(db, ids, { asOf, policy, at: clock.now() })).values())];
  const conflicts = await readOpenConflicts(
    db,
    found.flatMap((one) => one.subjects),
  );
  const open = conflicts.filter((one) => isWatched(one.element));
  for (const one of found)
    await settle(
      options,
      one,
      open.filter(({ persons }) => one.subjects.some((subject) => persons.includes(subject))),
    );
}

/** A case for each conflict that has none, and none for what conflicts no more. */
async function settle(options: WatchOptions, found: Watched, open: readonly OpenConflict[]): Promise<void> {
  const conflicts = found.verdicts.filter(({ state }) => state === 'conflicting');
  const wanted = new Map(conflicts.map((verdict) => [nameOf(verdict.element, verdict.because.competing), verdict]));
  const known = new Set(open.map((one) => one.competing));
  const opens = [...wanted].flatMap(([name, verdict]) => (known.has(name) ? [] : [verdict]));
  const closes = open.filter((one) => !wanted.has(one.competing)).map((one) => one.id);
  if (opens.length + closes.length === 0) return;
  await submit(options, {
    kind: 'watch',
    persons: [found.person, ...found.subjects.filter((one) => one !== found.person)],
    conflicts: opens.map(({ element, harm, because: { rule, competing } }) => ({ element, harm, rule, competing })),
    sources: [],
    closes,
    reason: 'lists judged behind the commits',
    by: 'vouch',
  });
}

function nameOf(element: string, competing: Parameters<typeof competingSetFingerprint>[1]): string {
  return `${element} ${competingSetFingerprint(element, competing)}`;
}
