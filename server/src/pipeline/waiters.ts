// Who waits for the plan of a receipt: callers that are answered with what became of what they sent.
import type { ReceiptId } from '../base/ids.ts';
import type { Plan } from './types.ts';

export type Waiters = {
  /** The plan of a receipt, once committed; undefined after `timeoutMs`. */
  readonly planOf: (receipt: ReceiptId, timeoutMs: number) => Promise<Plan | undefined>;
  /** Called with what was committed. */
  readonly tell: (plans: readonly Plan[]) => void;
};
type Waiter = (plan: Plan) => void;

export function createWaiters(): Waiters {
  const waiting = new Map<ReceiptId, Set<Waiter>>();
  return {
    planOf: (receipt, timeoutMs) =>
      new Promise((resolve) => {
        const waiters = waiting.get(receipt) ?? new Set();
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          if (waiters.size === 0) waiting.delete(receipt);
          resolve(undefined);
        }, timeoutMs);
        const waiter: Waiter = (plan) => {
          clearTimeout(timer);
          resolve(plan);
        };
        waiting.set(receipt, waiters.add(waiter));
      }),
    tell: (plans) => {
      for (const plan of plans) {
        for (const waiter of waiting.get(plan.receipt) ?? []) waiter(plan);
        waiting.delete(plan.receipt);
      }
    },
  };
}
