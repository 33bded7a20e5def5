// A whole set scored: by one thread, or where it is worth the others' preparing, by one for each core. What is found is the same for any
// number of threads, since each scores the pairs of its own left records, and clustering puts pairs in an order of their own.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  type Blocks,
  type LinkageRecord,
  type Model,
  pairsMost,
  type Ready,
  type Scored,
  type Scorer,
  scoreAll,
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
export type Scoring = { readonly score: () => Promise<Scored>; readonly stop: () => Promise<void> };

const THREADS_MOST = 8;
/** A thread needs as long to make a record ready as to score so many pairs, and as long as this to start: less work is done alone. */
const PAIRS_A_RECORD = 100;
const PAIRS_A_START = 200_000;

export function threadsFor({ records, blocks }: Prepared): number {
  const worth = pairsMost(blocks) > PAIRS_A_START + PAIRS_A_RECORD * records.length;
  return worth ? Math.min(THREADS_MOST, availableParallelism()) : 1;
}

export function wantedOf({ files }: Batch): (left: number, right: number) => boolean {
  return files === undefined ? () => true : (left, right) => files[left] !== files[right];
}

/** Resolves when all threads stand ready. `score` may be called again and again, once at a time. */
export async function startScoring(batch: Batch, prepared: Prepared, threads = threadsFor(prepared)): Promise<Scoring> {
  const workers = Array.from(
    { length: threads - 1 },
    (_, at) =>
      new Worker(new URL('./score-thread.ts', import.meta.url), {
        workerData: { batch, part: { number: at + 1, of: threads } },
      }),
  );
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  await Promise.all(workers.map((worker) => once(worker, 'message'))).catch(async (error) => {
    await stop();
    throw error;
  });
  const { records, blocks, scorer } = prepared;
  return {
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
