// Records linked, and what became of it compared with the truth, pair by pair.
import { performance } from 'node:perf_hooks';
import { cluster, isProposed, type LeftOut, type Model, type Scored } from '../../identity/index.ts';
import type { CsvRecord } from './csv-records.ts';
import { startScoring, wantedOf } from './score-batch.ts';

export type Evaluation = {
  readonly records: number;
  readonly truePairs: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly reviewPairs: number;
  readonly pairsPerSecond: number;
};
export type Evaluated = {
  readonly evaluation: Evaluation;
  readonly candidatePairs: number;
  /** Of the true pairs, the share that blocking proposed. */
  readonly blockingRecall: number;
  readonly leftOut: readonly LeftOut[];
  /** For each record, the number of its person. */
  readonly personOf: Int32Array;
};

const MS_PER_SECOND = 1000;
const DIGITS = 6;

export async function evaluate(
  records: readonly CsvRecord[],
  model: Model,
  pairs: 'all' | 'between-files',
): Promise<Evaluated> {
  const batch = {
    records: records.map(({ record }) => record),
    model,
    files: pairs === 'all' ? undefined : Int32Array.from(records, ({ file }) => file),
  };
  const wanted = wantedOf(batch);
  const truth = records.map((one, at) => one.truth ?? `\u0000${at}`);
  const scoring = await startScoring(batch);
  const { records: all, blocks, scorer } = scoring.prepared;
  const { edges, pairs: candidatePairs, perSecond } = await timed(scoring.score).finally(scoring.stop);
  const { personOf, review } = cluster(all, edges, { scorer });
  const truePairs = pairsWithin(truth, wanted, () => true);
  const truePositives = pairsWithin(truth, wanted, (left, right) => personOf[left] === personOf[right]);
  const proposed = pairsWithin(truth, wanted, (left, right) => isProposed(blocks, left, right));
  const linked = pairsWithin([...personOf].map(String), wanted, () => true);
  return {
    evaluation: {
      records: records.length,
      truePairs,
      truePositives,
      falsePositives: linked - truePositives,
      falseNegatives: truePairs - truePositives,
      precision: share(truePositives, linked),
      recall: share(truePositives, truePairs),
      f1: share(2 * truePositives, linked + truePairs),
      reviewPairs: review.length,
      pairsPerSecond: perSecond,
    },
    candidatePairs,
    blockingRecall: share(proposed, truePairs),
    leftOut: blocks.leftOut,
    personOf,
  };
}

const TIMED_MS = 1000;

/** The pairs that `work` scores, and how many a second. Small sets are scored again until a second is full: a rate of some milliseconds is that of the compiler. */
export async function timed(work: () => Promise<Scored>): Promise<Scored & { readonly perSecond: number }> {
  const start = performance.now();
  const first = await work();
  let pairs = first.pairs;
  while (pairs > 0 && performance.now() - start < TIMED_MS) pairs += (await work()).pairs;
  return { ...first, perSecond: Math.round((pairs * MS_PER_SECOND) / (performance.now() - start)) };
}

type Test = (left: number, right: number) => boolean;

/** Pairs of records with the same group that pass both tests. */
function pairsWithin(groups: readonly string[], wanted: Test, test: Test): number {
  let count = 0;
  for (const members of Map.groupBy(groups.keys(), (record) => groups[record]).values()) {
    for (const [at, left] of members.entries()) {
      for (const right of members.slice(at + 1)) if (wanted(left, right) && test(left, right)) count++;
    }
  }
  return count;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((part / whole).toFixed(DIGITS));
}
