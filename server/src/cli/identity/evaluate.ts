// Records linked, and what became of it compared with the truth, pair by pair.
import { performance } from 'node:perf_hooks';
import { blocksFor, cluster, type LeftOut, type Model, ready, scoreAll, scorerOf } from '../../identity/index.ts';
import type { CsvRecord } from './csv-records.ts';

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

export function evaluate(records: readonly CsvRecord[], model: Model, pairs: 'all' | 'between-files'): Evaluated {
  const scorer = scorerOf(model);
  const all = records.map(({ record }) => ready(record, scorer));
  const wanted = (left: number, right: number) => pairs === 'all' || records[left]?.file !== records[right]?.file;
  const truth = records.map((one, at) => one.truth ?? `\u0000${at}`);
  const blocks = blocksFor(all);
  const start = performance.now();
  const scored = scoreAll(blocks, all, { scorer, wanted });
  const seconds = (performance.now() - start) / MS_PER_SECOND;
  const { personOf, review } = cluster(all, scored.edges, scorer);
  let proposed = 0;
  scoreAll(blocks, all, {
    scorer,
    wanted: (left, right) => {
      if (wanted(left, right) && truth[left] === truth[right]) proposed++;
      return false;
    },
  });
  const truePairs = pairsWithin(truth, wanted, () => true);
  const truePositives = pairsWithin(truth, wanted, (left, right) => personOf[left] === personOf[right]);
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
      pairsPerSecond: Math.round(scored.pairs / Math.max(seconds, 1 / MS_PER_SECOND)),
    },
    candidatePairs: scored.pairs,
    blockingRecall: share(proposed, truePairs),
    leftOut: blocks.leftOut,
    personOf,
  };
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
