// The pipeline's loop: takes received receipts in order, plans them in batches, commits, and tells who waits for the outcome.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import type { ReceiptId } from '../base/ids.ts';
import type { Admitted } from '../intake/intake.ts';
import type { Settled } from '../intake/types.ts';
import type { SaltSource } from '../ledger/leaf.ts';
import type { HeldOf } from './apply-patches.ts';
import type { Standing } from './basis.ts';
import {
  commitBatch,
  createMemory,
  forget,
  type Memory,
  needsCommitted,
  type PlannedBatch,
  planBatch,
  prepareBatch,
  prepareBeside,
} from './batch.ts';
import { createPreparing, type Preparing } from './preparing.ts';
import { BATCH_MAX, offer, putBack, type Queue, readAnew, take, takeQueued } from './queue.ts';
import { readState } from './received-reader.ts';
import { runsOf } from './runs.ts';
import type { Plan, Prepared } from './types.ts';
import { createWaiters, type Waiters } from './waiters.ts';

export type PipelineOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly salts: SaltSource;
  /** Read for each batch, so that a newly registered source or an activated policy counts from the next one on. */
  readonly standing: () => Omit<Standing, 'memory'>;
  readonly events: PipelineEvents;
  /** Deliveries that wait to be made durable. Their senders wait too, so planning gives way to them, for a while. */
  readonly deliveriesWaiting: () => number;
  /** Ids of the current resources that `Type?parameters` matches, `most` at most (2): what conditional writes ask. */
  readonly find: (query: string, most?: number) => Promise<readonly string[]>;
  /** The current version of a resource: what patches are applied to. */
  readonly held: HeldOf;
};
export type PipelineEvents = {
  /** Plans are about to be written: until `written`, the store may answer with what was before or with what they make. */
  readonly writing?: (plans: readonly Plan[]) => void;
  /** They are written, or it is not known whether they are. */
  readonly written?: (plans: readonly Plan[]) => void;
  /** A batch was committed; told before whoever waits for one of its plans. */
  readonly committed: (batch: { plans: readonly Plan[]; size: number; durationMs: number }) => void;
  /** Our own fault broke one receipt, which is now quarantined; or the store is away and the batch is tried again. */
  readonly incident: (what: string, error: unknown) => void;
};
export type Pipeline = {
  /** Called by intake after each commit, in order. */
  offer(admitted: readonly Admitted[]): void;
  /** Called by intake when receipts may have become durable that it cannot offer: the store is read for them, in order. */
  missed(): void;
  settled(receipt: ReceiptId, timeoutMs: number): Promise<Settled>;
  /** The plan of a receipt that was offered in this process, once committed; undefined after `timeoutMs`. */
  planOf(receipt: ReceiptId, timeoutMs: number): Promise<Plan | undefined>;
  /** Runs `work` while no batch is planned or committed. */
  between<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is left to plan. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** With less than this waiting, the next batch is taken up after the commit under way, so that it may grow meanwhile. */
const AHEAD_MIN = { receipts: 6, bytes: 64 * 1024 };
/** The preparing thread is worth its while only where a whole batch waits; its heap is small. */
const BESIDE = { receipts: BATCH_MAX, bytes: 128 * 1024, bytesMost: 2 * 1024 * 1024 };
const RETRY_MS = 200;
const POLL_MS = 1_000;

type Work = PipelineOptions & { readonly memory: Memory; readonly preparing: Preparing };
type State = Queue & {
  stopping: boolean;
  wake: () => void;
  busy: boolean;
  readonly waiters: Waiters;
  readonly idlers: (() => void)[];
  /** The commit under way. While the store does its part, the next batch is planned on what this one will leave. */
  underWay: Promise<Landed> | undefined;
  /** What came of commits since it was last asked: the store must be read again, or plans made meanwhile do not hold. */
  upset: 'released' | 'again' | undefined;
  readonly between: (() => Promise<void>)[];
};
type Landed = { readonly upset: State['upset'] } | { readonly error: unknown };

/** Starts the loop. One pipeline runs on a store at a time; the caller holds the lock that makes it so. */
export function startPipeline(given: PipelineOptions): Pipeline {
  const options: Work = { ...given, memory: createMemory(), preparing: createPreparing(given.events) };
  const state: State = {
    queue: [],
    heldBytes: 0,
    caughtUp: false,
    stopping: false,
    wake: () => undefined,
    busy: false,
    waiters: createWaiters(),
    idlers: [],
    underWay: undefined,
    upset: undefined,
    between: [],
    ahead: undefined,
  };
  const finished = loop(options, state);
  const { planOf } = state.waiters;
  return {
    offer: (admitted) => {
      offer(state, admitted);
      state.wake();
    },
    missed: () => {
      readAnew(state);
      state.wake();
    },
    planOf,
    between: (work) =>
      new Promise((resolve, reject) => {
        state.between.push(() => work().then(resolve, reject));
        state.wake();
      }),
    settled: async (receipt, timeoutMs) => {
      // Waiting starts before the look, so that an outcome between the two is not missed.
      const waiting = planOf(receipt, timeoutMs);
      const known = await readState(options.db, receipt);
      if (known !== undefined && known.state !== 'received') return known;
      const made = await waiting;
      return made === undefined
        ? ((await readState(options.db, receipt)) ?? { receipt, state: 'received', reasons: [] })
        : settledBy(made);
    },
    idle: () =>
      new Promise((resolve) => {
        if (!state.busy && state.queue.length === 0 && state.caughtUp) resolve();
        else state.idlers.push(resolve);
      }),
    stop: async () => {
      state.stopping = true;
      state.wake();
      await finished;
      await options.preparing.stop();
    },
  };
}

function settledBy({ receipt, state, reasons }: Plan): Settled {
  return { receipt, state, reasons };
}

async function loop(options: Work, state: State): Promise<void> {
  while (!state.stopping) {
    try {
      state.busy = true;
      if (state.between.length > 0) await workBetween(options, state);
      const batch = await nextBatch(options, state);
      if (batch.length === 0) {
        state.busy = false;
        if (state.queue.length === 0 && state.caughtUp) for (const resolve of state.idlers.splice(0)) resolve();
        // With nothing else to do the store is looked at: a receipt that nobody offered must not wait for a restart.
        if (!(await isWoken(state))) state.caughtUp = false;
        continue;
      }
      await work(options, state, batch);
    } catch (error) {
      options.events.incident(
        'The pipeline was stopped by a failure of the store; it reads anew and tries again.',
        error,
      );
      const came = await state.underWay;
      state.underWay = undefined;
      if (came !== undefined && 'error' in came) options.events.incident('A commit failed, too.', came.error);
      forget(options.memory);
      readAnew(state);
      await sleep(RETRY_MS);
    }
  }
  const came = await state.underWay;
  if (came !== undefined && 'error' in came)
    options.events.incident('The last commit failed; its receipts are planned at the next start.', came.error);
}

/** True when there is something new, false when nothing came for a while. */
function isWoken(state: State): Promise<boolean> {
  if (state.queue.length > 0 || !state.caughtUp || state.between.length > 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), POLL_MS);
    state.wake = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}

async function nextBatch(options: Work, state: State): Promise<readonly Prepared[]> {
  const { ahead } = state;
  state.ahead = undefined;
  const batch = ahead === undefined ? await batchNow(options, state) : await ahead.prepared;
  if (isMuch(state, BESIDE) && state.heldBytes <= BESIDE.bytesMost && options.preparing.isReady()) {
    const receipts = takeQueued(state, options.deliveriesWaiting());
    state.ahead = { receipts, prepared: prepareBeside(options, options.preparing, receipts) };
  }
  return batch;
}

/** Many receipts, or long ones: a transaction of hundreds of resources is as much work as a batch of messages. */
function isMuch({ queue, heldBytes }: State, { receipts, bytes }: { receipts: number; bytes: number }): boolean {
  return queue.length >= receipts || heldBytes >= bytes;
}

async function batchNow(options: Work, state: State): Promise<readonly Prepared[]> {
  if (!isMuch(state, AHEAD_MIN)) {
    await landed(state);
    if (state.upset === 'released') readAnew(state);
    state.upset = undefined;
  }
  return prepareBatch(options, await take(state, options));
}

async function work(options: Work, state: State, batch: readonly Prepared[]): Promise<void> {
  const done = () => landed(state);
  for (const run of runsOf(batch)) {
    if (needsCommitted(run)) await done();
    const planned = await planBatch(options, run, done);
    await done();
    const { upset } = state;
    state.upset = undefined;
    if (upset === 'released') {
      // A released receipt is older than what is queued: the store is read again before anything newer of its key is taken up.
      forget(options.memory);
      readAnew(state);
      return;
    }
    state.underWay = commit(options, state, upset === 'again' ? await planBatch(options, run, done) : planned);
  }
}

async function workBetween({ memory }: Work, state: State): Promise<void> {
  await landed(state);
  forget(memory);
  // What is prepared already may be prepared otherwise afterwards.
  putBack(state);
  for (const work of state.between.splice(0)) await work();
}

/** Waits for the commit under way, and notes what came of it. Throws what broke it. */
async function landed(state: State): Promise<void> {
  const { underWay } = state;
  if (underWay === undefined) return;
  const came = await underWay;
  state.underWay = undefined;
  if ('error' in came) throw came.error;
  if (state.upset !== 'released') state.upset = came.upset ?? state.upset;
}

/** Never rejects: nobody may be looking when it fails. */
async function commit(options: Work, state: State, planned: PlannedBatch): Promise<Landed> {
  const started = performance.now();
  try {
    const { plans, size, released, again } = await commitBatch(options, planned);
    options.events.committed({ plans, size, durationMs: performance.now() - started });
    state.waiters.tell(plans);
    return { upset: released > 0 ? 'released' : again ? 'again' : undefined };
  } catch (error) {
    return { error };
  }
}
