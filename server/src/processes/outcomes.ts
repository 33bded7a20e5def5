// Plans just committed, kept for a while: a worker may ask about its receipt after the pipeline, woken by another, has applied it.
import type { ReceiptId } from '../base/ids.ts';
import type { Plan } from '../pipeline/types.ts';

/** Some seconds of the highest rate. A question that comes later is answered by the receipt's state, without the plan. */
const KEPT_MAX = 4_096;

export type Outcomes = {
  /** Called with what was committed, before whoever waits is told. */
  committed(plans: readonly Plan[]): void;
  recent(receipt: ReceiptId): Plan | undefined;
};

export function createOutcomes(keptMax = KEPT_MAX): Outcomes {
  const kept = new Map<ReceiptId, Plan>();
  return {
    committed: (plans) => {
      for (const plan of plans) kept.set(plan.receipt, slim(plan));
      // A map is in the order of what was put into it: the oldest come first.
      for (const receipt of kept.keys()) {
        if (kept.size <= keptMax) break;
        kept.delete(receipt);
      }
    },
    recent: (receipt) => kept.get(receipt),
  };
}

/** What answers a caller: without the views and index entries, which are larger than all the rest and only written to the store. */
export function slim(plan: Plan): Plan {
  return { ...plan, versions: plan.versions.map((version) => ({ ...version, view: undefined, search: undefined })) };
}
