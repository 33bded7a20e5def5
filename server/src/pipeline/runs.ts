// Which receipts of a batch can be planned on one basis.                                                                        (pure)
import { isDefining } from './search-parameters.ts';
import type { Prepared } from './types.ts';

/**
 * A condition is a search of what is stored, and a patch a change of it: whatever came before is committed first. A receipt with a
 * condition stands alone. One patch of one resource begins a run, in which other resources may be patched and then anything else
 * said, for what a patch is applied to is read before the run. What defines search parameters stands alone. A patient is patched alone: what is served of one may be what others said.
 */
export function runsOf(batch: readonly Prepared[]): readonly (readonly Prepared[])[] {
  const runs: Prepared[][] = [];
  let open: Prepared[] | undefined;
  /** Targets of the patches with which the open run begins; undefined as soon as something else stands in it. */
  let patched: Set<string> | undefined;
  for (const prepared of batch) {
    const target = isDefining(prepared) ? undefined : patchTarget(prepared);
    const isAlone = isDefining(prepared) || (asksFirst(prepared) && target === undefined);
    const joins = target === undefined ? !isAlone : patched?.has(target) === false;
    if (open === undefined || !joins) {
      open = [];
      runs.push(open);
      patched = target === undefined ? undefined : new Set();
    }
    if (target === undefined) patched = undefined;
    else patched?.add(target);
    open.push(prepared);
    if (isAlone) open = undefined;
  }
  return runs;
}

/** True for what can be planned only when all before it is committed. */
export function asksFirst({ conditions, patches = [] }: Prepared): boolean {
  return conditions.length > 0 || patches.length > 0;
}

/** `Type/id` of a patch that is a receipt of its own. */
function patchTarget({ patches = [] }: Prepared): string | undefined {
  const [only] = patches;
  if (only === undefined || only.position.startsWith('Bundle.')) return undefined;
  return only.target.includes('?') || only.target.startsWith('Patient/') ? undefined : only.target;
}
