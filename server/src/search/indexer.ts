// The work behind the writes: words of contents, indexes of custom parameters, and what is to be taken away. Small steps, with rests
// between them, and longer ones while the pipeline commits. What a step did stays done; a failed one is told and tried again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import { buildStep, dropStep, measure } from './build-writer.ts';
import { readNextParameter } from './custom-reader.ts';
import { followStep } from './follow-writer.ts';
import { reconcileDefinitions } from './reconcile-writer.ts';
import { wordsStep } from './words-writer.ts';

export type IndexerOptions = {
  readonly db: Db;
  readonly incident: (what: string, error: unknown) => void;
  /** How long rows of a parameter that changed or went are kept for searches that began before; more than a search may take. */
  readonly graceMs?: number;
};
export type Indexer = {
  /** The pipeline committed something. */
  wake(): void;
  stop(): Promise<void>;
};

const GRACE_MS = 15_000;
const LOOK_MS = 1_000;
const REST_MS = 20;
/** A commit so lately means that the machine has better to do. */
const TRAFFIC_MS = 1_000;
const TRAFFIC_REST = 9;
const RETRY_MS = 1_000;
const INCIDENT = 'What searches look into could not be brought up to date; it is tried again.';

/** Starts the loop. One runs on a store: in the process that has the pipeline. */
export function startIndexer({ db, incident, graceMs = GRACE_MS }: IndexerOptions): Indexer {
  const ending = new AbortController();
  let lastCommit = Number.NEGATIVE_INFINITY;
  const rest = async (timeMs: number) => sleep(timeMs, undefined, { signal: ending.signal }).catch(ended);
  const loop = async () => {
    let reconciled = false;
    while (!ending.signal.aborted) {
      const started = performance.now();
      try {
        if (!reconciled) await reconcileDefinitions(db);
        reconciled = true;
        const worked = await indexStep(db, graceMs);
        const took = performance.now() - started;
        const isTraffic = performance.now() - lastCommit < TRAFFIC_MS;
        await rest(worked ? Math.max(REST_MS, isTraffic ? took * TRAFFIC_REST : 0) : LOOK_MS);
      } catch (error) {
        // That the store is away is told by the pipeline and by the checks of health.
        if (!(error instanceof Failed)) incident(INCIDENT, error);
        await rest(RETRY_MS);
      }
    }
  };
  const running = loop();
  return {
    wake: () => {
      lastCommit = performance.now();
    },
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

/** A rest that ends early ends the loop: there is nothing to do about it. */
function ended(_error: unknown): void {
  return;
}

/** One step of each kind of work; false when there is nothing to do. */
export async function indexStep(db: Db, graceMs = GRACE_MS): Promise<boolean> {
  const followed = await followStep(db);
  const built = await parameterStep(db, graceMs);
  const swept = await wordsStep(db);
  return followed || built || swept;
}

async function parameterStep(db: Db, graceMs: number): Promise<boolean> {
  const row = await readNextParameter(db, graceMs);
  if (row === undefined) return false;
  if (row.state === 'dropping') await dropStep(db, row);
  else {
    if (row.walked === 0) await measure(db, row);
    await buildStep(db, row);
  }
  return true;
}
