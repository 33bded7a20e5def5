// A scoring thread: makes the same records and candidates ready as the thread that asks, and scores its part. Started by score-batch.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { scoreAll } from '../../identity/index.ts';
import { type Batch, type Flat, prepare, wantedOf } from './score-batch.ts';

const { batch, part } = workerData as { readonly batch: Batch; readonly part: { number: number; of: number } };
const { records, blocks, scorer } = prepare(batch);

parentPort?.on('message', () => {
  const { pairs, edges } = scoreAll(blocks, records, { scorer, wanted: wantedOf(batch), part });
  const flat = Int32Array.from(edges.flatMap(({ left, right, score }) => [left, right, score]));
  parentPort?.postMessage({ pairs, edges: flat } satisfies Flat, [flat.buffer]);
});
parentPort?.postMessage('ready');
