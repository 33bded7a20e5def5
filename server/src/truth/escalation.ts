// How urgent an open case has become: a function of the policy's time for it, of what it waits for and of the moment that asks. Nothing
// has to happen for a case to escalate, so nothing can be missed.
import type { Instant } from '../base/ids.ts';
import type { CaseRule } from './types.ts';

export type CaseAge = 'in-time' | 'due-soon' | 'overdue' | 'long-overdue';

/** Least urgent first: the place is the rank. */
export const PRIORITIES: readonly CaseRule['priority'][] = ['routine', 'soon', 'urgent', 'immediate'];

type Timed = { readonly openedAt: Instant; readonly decideBy: Instant };

/** The last quarter of its time, over it, and more than twice over it. */
export function ageOf(one: Timed, at: Instant): CaseAge {
  const opened = Date.parse(one.openedAt);
  const allowed = Date.parse(one.decideBy) - opened;
  const spent = Date.parse(at) - opened;
  if (spent > 2 * allowed) return 'long-overdue';
  if (spent > allowed) return 'overdue';
  return spent * 4 > allowed * 3 ? 'due-soon' : 'in-time';
}

export type Escalation = {
  readonly age: CaseAge;
  readonly overdue: boolean;
  /** As it is now; each step of being overdue raises it by one. */
  readonly priority: CaseRule['priority'];
};

/**
 * `waitsUntil`: when a source that was asked should have answered, or when to look again. Passing it makes the case overdue as well; it
 * never moves the policy's own time, since one person's note may not silence that.
 */
export function escalationOf(
  one: Timed & { readonly priority: CaseRule['priority']; readonly waitsUntil: Instant | undefined },
  at: Instant,
): Escalation {
  const own = ageOf(one, at);
  const missed = one.waitsUntil !== undefined && Date.parse(at) > Date.parse(one.waitsUntil);
  const age = missed && (own === 'in-time' || own === 'due-soon') ? 'overdue' : own;
  const raised = age === 'long-overdue' ? 2 : age === 'overdue' ? 1 : 0;
  const rank = Math.min(PRIORITIES.length - 1, PRIORITIES.indexOf(one.priority) + raised);
  return { age, overdue: raised > 0, priority: PRIORITIES[rank] ?? one.priority };
}
