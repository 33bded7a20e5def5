// Everything derived, computed again from the inputs beside what is served; where the two differ, what was computed takes its place.
import { type Db, openDb, type Sql } from '../base/db.ts';
import { Failed, invariant } from '../base/errors.ts';
import { followStep } from '../search/follow-writer.ts';
import { reconcileDefinitions } from '../search/reconcile-writer.ts';
import { wordsStep } from '../search/words-writer.ts';
import type { DbAddress } from '../store/open-store.ts';
import { analyzeBeside, dropBeside, openBeside, readProgress } from './beside-writer.ts';
import { compareTables } from './compare-reader.ts';
import { compareViews } from './compare-views.ts';
import { alone, seenStill } from './lock-reader.ts';
import { mend, whileCommitsWait } from './mend-writer.ts';
import { countSeeded, readEpoch, readMigration } from './reader.ts';
import { type Replay, replay } from './replay.ts';
import { BESIDE } from './tables.ts';
import type { Compared, Progress } from './types.ts';

export type RebuildOptions = {
  readonly at: DbAddress;
  /** Version of this program. */
  readonly vouch: string;
  /** Newest migration that this program knows. */
  readonly migration: number;
  /** Compare, and change nothing that is served. */
  readonly check: boolean;
  /** Begin anew, whatever is there of an earlier run. */
  readonly restart: boolean;
  /** Replace what is served also where plans were pieced together by the migration that began the record. */
  readonly trustSeeded: boolean;
  readonly onProgress: (progress: Progress) => void;
  /** Stops between two commits; the next run goes on from there. */
  readonly signal: AbortSignal;
};
export type Rebuilt = Progress & {
  /** `same`: what is served is what follows. `different`: it is not, and stays. `mended`: it was not, and is now. */
  readonly outcome: 'same' | 'different' | 'mended' | 'stopped';
  /** It went on with what an earlier run had done. */
  readonly resumed: boolean;
  /** Plans made before there was a record of them. */
  readonly seeded: number;
  readonly compared: Compared | undefined;
  /** How long commits waited for the exchange. */
  readonly pausedMs: number;
};

const CONNECTIONS = 5;
const ROUNDS_MAX = 3;
const INSUFFICIENT_PRIVILEGE = '42501';
/** The replay has caught up when no more plans than these came meanwhile: they are computed while commits wait. */
const BEHIND_MAX = 100;
/** What senders and callers of the API can be made to wait for once. */
const PAUSE_MAX_MS = 10_000;

export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const owner = openDb({ ...options.at, connectionsMax: CONNECTIONS });
  const beside = openDb({ ...options.at, beside: BESIDE, byKey: true, connectionsMax: CONNECTIONS });
  try {
    await checkSchema(owner, options.migration);
    return await alone(owner, () => run(options, owner, beside));
  } catch (error) {
    throw toldOfOwner(error);
  } finally {
    await Promise.all([owner.close(), beside.close()]);
  }
}

async function checkSchema(owner: Db, migration: number): Promise<void> {
  const found = await readMigration(owner);
  if (found === migration) return;
  throw new Failed(
    'schema-differs',
    `The store is at migration ${found}, this Vouch knows ${migration}. Start the server of this version on it first, or use the vouch of that one.`,
  );
}

/** Whoever asks must be able to make tables, and to set right what only the owner may. */
function toldOfOwner(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== INSUFFICIENT_PRIVILEGE) return error;
  return new Failed(
    'rebuild-owner',
    'This database user may not make tables beside those of Vouch. Give the user that owns them: the one the server is started with.',
    { cause: error },
  );
}

async function run(options: RebuildOptions, owner: Db, beside: Db): Promise<Rebuilt> {
  const resumed = await openBeside(owner, options, options.restart);
  const work: Replay = { beside, db: owner, onProgress: options.onProgress, signal: options.signal };
  let progress = await catchUp(work);
  const done = { resumed, seeded: await countSeeded(owner), compared: undefined, pausedMs: 0 };
  if (options.signal.aborted) return { ...progress, ...done, outcome: 'stopped' };
  await analyzeBeside(owner);
  const upTo = async (epoch: number) => {
    progress = await replay(work, epoch);
    if (options.signal.aborted) throw new Stopped();
    invariant(progress.done === progress.total, 'while commits wait, every plan there is has been computed again');
    await gather(beside);
  };
  try {
    const ended = await settle(owner, upTo, { ...options, seeded: done.seeded });
    // What was computed and may not count yet is kept: the next call goes on from it.
    if (ended.outcome !== 'different') await dropBeside(owner);
    return { ...progress, ...done, ...ended };
  } catch (error) {
    if (error instanceof Stopped) return { ...progress, ...done, outcome: 'stopped' };
    throw error;
  }
}

/** The wish to stop came while what is served was about to be looked at. */
class Stopped extends Error {}

type UpTo = (epoch: number) => Promise<void>;

/**
 * Compared while commits go on. Only tables in which something differs are compared again while commits wait, and exchanged; then
 * everything is compared once more, for what was written meanwhile may have been made of what was wrong.
 */
async function settle(
  owner: Db,
  upTo: UpTo,
  { check, seeded, trustSeeded }: Pick<RebuildOptions, 'check' | 'trustSeeded'> & { readonly seeded: number },
): Promise<Pick<Rebuilt, 'outcome' | 'compared' | 'pausedMs'>> {
  const compared = await seenStill(owner, upTo, (tx) => compare(tx));
  if (isSame(compared)) return { compared, pausedMs: 0, outcome: 'same' };
  if (check) return { compared, pausedMs: 0, outcome: 'different' };
  if (seeded > 0 && !trustSeeded) throw notToBeMended(seeded);
  let pausedMs = 0;
  let left = compared;
  for (let round = 0; round < ROUNDS_MAX && !isSame(left); round += 1) {
    pausedMs += await exchange(owner, upTo, new Set(Object.keys(left.differing)));
    await reconcileDefinitions(owner);
    left = await seenStill(owner, upTo, (tx) => compare(tx));
  }
  return isSame(left) ? { compared, pausedMs, outcome: 'mended' } : { compared: left, pausedMs, outcome: 'different' };
}

/**
 * Returns when little is left to be computed while commits wait, or when more is written than can be followed: then the rest is computed
 * while commits wait, as long as that does not take long.
 */
async function catchUp(work: Replay): Promise<Progress> {
  let before = Number.POSITIVE_INFINITY;
  for (;;) {
    const from = await readProgress(work.beside);
    const began = performance.now();
    const progress = await replay(work, await readEpoch(work.db));
    await gather(work.beside);
    const { done, total } = await readProgress(work.beside);
    const behind = total - done;
    const msEach = (performance.now() - began) / Math.max(1, done - from.done);
    const isFollowed = behind < before / 2;
    if (work.signal.aborted || behind <= BEHIND_MAX || (!isFollowed && behind * msEach < PAUSE_MAX_MS)) return progress;
    before = behind;
  }
}

/** What words there are, behind the versions as in the server. */
async function gather(beside: Db): Promise<void> {
  while ((await followStep(beside)) || (await wordsStep(beside)));
}

/** Resolves with how long commits waited. */
async function exchange(owner: Db, upTo: UpTo, tables: ReadonlySet<string>): Promise<number> {
  return whileCommitsWait(owner, async (tx, epoch) => {
    const began = performance.now();
    await upTo(epoch);
    await compare(tx, tables);
    await mend(tx, tables);
    return Math.round(performance.now() - began);
  });
}

/** `tables`: all, unless some are named. */
async function compare(tx: Sql, tables?: ReadonlySet<string>): Promise<Compared> {
  const found = await compareTables(tx, tables);
  const views = await compareViews(tx, tables);
  const differing: { [table: string]: number } = { ...found.differing };
  for (const { table } of views) differing[table] = (differing[table] ?? 0) + 1;
  return { ...found, differing, differences: [...found.differences, ...views] };
}

function isSame({ differing }: Compared): boolean {
  return Object.keys(differing).length === 0;
}

function notToBeMended(seeded: number): Failed {
  return new Failed(
    'rebuild-seeded',
    `What is served is not all as it was computed, but ${seeded} plans of this store were made before there was a record of plans, and their order is not known for certain. What is served stays as it is; vouch rebuild --check shows where the two differ. Where that convinces you, --trust-seeded sets it right all the same.`,
  );
}
