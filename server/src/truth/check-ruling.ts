// May this ruling be taken? It must name what the person saw, as it still stands, give a reason, and have a second person where the
// class asks for one. Refused with what to do, never half taken.
import type { Instant, StatementId } from '../base/ids.ts';
import { isSamePerson } from './case-steps.ts';
import { type ConflictCase, needsSecond } from './conflict-case.ts';
import type { CaseRule, Ruling } from './types.ts';

export type AskedRuling = {
  readonly decision: Ruling['decision'];
  readonly chosen: StatementId | undefined;
  readonly competingSet: string;
  readonly reason: string;
  readonly by: string;
  /** Who agreed, if somebody did. */
  readonly approvedBy?: string;
  readonly at: Instant;
};
export type RulingRefusal =
  | 'ruling-stale'
  | 'ruling-without-reason'
  | 'ruling-names-no-competitor'
  | 'ruling-not-possible'
  | 'ruling-approved-by-same-person';
export type CheckedRuling =
  | { readonly outcome: 'binds' }
  /** Nothing counts until somebody else agrees. */
  | { readonly outcome: 'waits-for-second'; readonly message: string }
  | { readonly outcome: 'refused'; readonly code: RulingRefusal; readonly message: string };

/** `current` undefined: nothing is in dispute any more. */
export function checkRuling(
  asked: AskedRuling,
  current: ConflictCase | undefined,
  rule: Pick<CaseRule, 'secondApprover'>,
): CheckedRuling {
  if (current === undefined || current.competingSet !== asked.competingSet)
    return refused(
      'ruling-stale',
      'What the sources say has changed since. Look at the case again, and decide on what it says now.',
    );
  if (asked.reason.trim() === '')
    return refused('ruling-without-reason', 'Say why. Whoever reads the record later relies on the reason.');
  const action = current.actions.find((one) => one.decision === asked.decision);
  if (action === undefined) return refused('ruling-not-possible', whyNot(asked.decision, current));
  if (namesOne(asked.decision) && !isCompeting(current, asked.chosen))
    return refused('ruling-names-no-competitor', 'Name one of the statements that compete.');
  if (!needsSecond(rule, asked.decision)) return { outcome: 'binds' };
  if (asked.approvedBy === undefined)
    return { outcome: 'waits-for-second', message: 'A second person has to agree before this counts.' };
  if (isSamePerson(asked.approvedBy, asked.by))
    return refused('ruling-approved-by-same-person', 'The second person must be another one.');
  return { outcome: 'binds' };
}

function refused(code: RulingRefusal, message: string): CheckedRuling {
  return { outcome: 'refused', code, message };
}

function whyNot(decision: Ruling['decision'], current: ConflictCase): string {
  const why = current.notPossible.find((one) => one.decision === decision)?.words;
  return `"${decision}" cannot settle this. ${why === undefined ? '' : `${why} `}Possible: ${decisionsOf(current)}.`;
}

function decisionsOf(current: ConflictCase): string {
  return [...new Set(current.actions.map((one) => one.decision))].join(', ');
}

function namesOne(decision: Ruling['decision']): boolean {
  return decision === 'choose' || decision === 'wrong-patient';
}

function isCompeting({ sides }: ConflictCase, statement: StatementId | undefined): boolean {
  return sides.some((side) => side.statements.some((one) => one.statement === statement));
}
