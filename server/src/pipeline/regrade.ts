// What is at stake in an open question about two records, when what is known of either person changed: it may be more urgent now, or less. (pure)
import type { SubjectId } from '../base/ids.ts';
import { isSameRule } from './cases.ts';
import { casesOf } from './holding.ts';
import type { Judged } from './judge.ts';
import type { Linked } from './link.ts';
import { betweenAfter, linkHandlingOf } from './stakes.ts';
import type { Stated } from './state.ts';
import type { Basis, PlannedCase, Prepared } from './types.ts';

/** Notes on cases that are to be handled otherwise now. `planned`: what the receipt does to cases already; those are left as it says. */
export function regraded(
  prepared: Prepared,
  basis: Basis,
  input: {
    readonly stated: Stated;
    readonly linked: Linked;
    readonly judged: readonly Judged[];
    readonly planned: readonly PlannedCase[];
  },
): readonly PlannedCase[] {
  const judged = input.judged.flatMap(({ person }) => person.subjects);
  const decided = new Set(input.planned.map(({ id }) => id));
  const between = betweenAfter(basis, input, prepared.receipt.receivedAt);
  return casesOf(basis, judged).flatMap((open): PlannedCase[] => {
    if ((open.kind !== 'possible-link' && open.kind !== 'identity-veto') || decided.has(open.id)) return [];
    const [a, b] = open.persons as readonly SubjectId[];
    // Graded by both sides or not at all: one alone would look less grave than the two are.
    if (a === undefined || b === undefined || !basis.subjects.has(a) || !basis.subjects.has(b)) return [];
    const handling = linkHandlingOf(between, [a, b], open.kind === 'identity-veto');
    return isSameRule(open.handling, handling) ? [] : [{ action: 'note', id: open.id, steps: open.steps, handling }];
  });
}
