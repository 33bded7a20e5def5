// A whole set scored: by one thread, or if it is large, by one for each core. What is found is the same for any
// number of threads, since each scores the pairs of its own left records, and clustering puts pairs in an order of their own.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  type Blocks,
  blocksFor,
  type LinkageRecord,
  type Model,
  type Ready,
  ready,
  type Scored,
  type Scorer,
  scoreAll,
  scorerOf,
} from '../../identity/index.ts';

export type Batch = {
  readonly records: readonly LinkageRecord[];
  readonly model: Model;
  /** The file of each record, where only pairs between files are scored. */
  readonly files: Int32Array | undefined;
};
/** Left, right and score of each edge in turn: what crosses between threads costs least when it is flat. */
export type Flat = { readonly pairs: number; readonly edges: Int32Array };
export type Prepared = { readonly records: readonly Ready[]; readonly blocks: Blocks; readonly scorer: Scorer };
export type Scoring = {
  readonly prepared: Prepared;
  readonly score: () => Promise<Scored>;
  readonly stop: () => Promise<void>;
};

const THREADS_MOST = 8;
/** Fewer are scored before a thread has started; with more, each thread's copy of the records takes memory that should stay free. */
const THREADED_LEAST = 3_000;
const THREADED_MOST = 400_000;

export function threadsFor(records: number): number {
  if (records < THREADED_LEAST || records > THREADED_MOST) return 1;
  return Math.min(THREADS_MOST, availableParallelism());
}

export function prepare({ records: said, model }: Batch): Prepared {
  const scorer = scorerOf(model);
  const records = said.map((record) => ready(record, scorer));
  return { records, blocks: blocksFor(records), scorer };
}

export function wantedOf({ files }: Batch): (left: number, right: number) => boolean {
  return files === undefined ? () => true : (left, right) => files[left] !== files[right];
}

/**
 * Resolves when all threads stand ready: the others prepare while this one does, so they cost no time where there are cores for them.
 * `score` may be called again and again, once at a time.
 */
export async function startScoring(batch: Batch, threads = threadsFor(batch.records.length)): Promise<Scoring> {
  const workers = Array.from(
    { length: threads - 1 },
    (_, at) =>
      new Worker(new URL('./score-thread.ts', import.meta.url), {
        workerData: { batch, part: { number: at + 1, of: threads } },
      }),
  );
  const standing = Promise.all(workers.map((worker) => once(worker, 'message')));
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  const prepared = prepare(batch);
  const { records, blocks, scorer } = prepared;
  await standing.catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    prepared,
    score: async () => {
      const answers = workers.map(async (worker) => {
        const answer = once(worker, 'message');
        worker.postMessage('score');
        const [flat]: Flat[] = await answer;
        return flat;
      });
      const own = scoreAll(blocks, records, { scorer, wanted: wantedOf(batch), part: { number: 0, of: threads } });
      return (await Promise.all(answers)).reduce(joined, own);
    },
    stop,
  };
}

function joined(own: Scored, flat: Flat | undefined): Scored {
  if (flat === undefined) return own;
  const edges = [...own.edges];
  for (let at = 0; at < flat.edges.length; at += 3) {
    edges.push({ left: flat.edges[at] ?? 0, right: flat.edges[at + 1] ?? 0, score: flat.edges[at + 2] ?? 0 });
  }
  return { pairs: own.pairs + flat.pairs, edges };
}
