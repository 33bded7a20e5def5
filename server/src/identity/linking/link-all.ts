// All records of a set against each other: candidates, scores, persons.
import { BLOCKING_RULES, BROAD_RECORDS_MAX, BROAD_RULES } from './blocking.ts';
import { type Blocks, blocksOf, eachPair, type Part } from './candidates.ts';
import { type Clustered, cluster, type Edge } from './cluster.ts';
import { type Ready, type Scorer, score } from './score.ts';

export function blocksFor(records: readonly Ready[]): Blocks {
  const rules = records.length > BROAD_RECORDS_MAX ? BLOCKING_RULES : [...BLOCKING_RULES, ...BROAD_RULES];
  return blocksOf(
    records.map((one) => one.prepared),
    rules,
  );
}

export type Scored = { readonly pairs: number; readonly edges: readonly Edge[] };

type Wanted = {
  readonly scorer: Scorer;
  readonly wanted: (left: number, right: number) => boolean;
  /** All pairs, if not given. */
  readonly part?: Part;
};

/** Scores every candidate pair that `wanted` lets through, and keeps those at or above the review threshold. */
export function scoreAll(blocks: Blocks, records: readonly Ready[], { scorer, wanted, part }: Wanted): Scored {
  const edges: Edge[] = [];
  let pairs = 0;
  const { review } = scorer.model.decision;
  eachPair(
    blocks,
    (left, right) => {
      const [one, other] = [records[left], records[right]];
      if (one === undefined || other === undefined || !wanted(left, right)) return;
      pairs++;
      const weight = score(one, other, scorer);
      if (weight >= review) edges.push({ left, right, score: weight });
    },
    part,
  );
  return { pairs, edges };
}

export { type Clustered, cluster };
