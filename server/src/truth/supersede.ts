// What a new statement does to a resource that is not decided by policy, with the reasons as data: corrected, withdrawn, kept.
import type { StatementId } from '../base/ids.ts';
import type { Issue } from '../validation/types.ts';
import { foldNext } from './fold.ts';
import { compareMoments } from './order.ts';
import { supersessionIssue } from './sentences-supersession.ts';
import { type SupersessionOutcome, supersession } from './supersession.ts';
import type { Spoken, View } from './types.ts';

export type Superseded = {
  /** `refold`: the statement was said before the newest one held; fold the whole history. */
  readonly view: View | 'refold';
  readonly outcome: SupersessionOutcome | 'late';
  /** The newest statement that held until now, when this one takes its place. */
  readonly replaced: StatementId | undefined;
  readonly issues: readonly Issue[];
};

export function supersede(previous: View | undefined, statement: Spoken): Superseded {
  if (previous !== undefined && isLate(previous, statement)) {
    return { view: 'refold', outcome: 'late', replaced: undefined, issues: [] };
  }
  const { adopt, outcome } = supersession(previous, statement);
  const replaced = adopt && outcome !== 'repeated' ? previous?.lastStatement : undefined;
  const issue = supersessionIssue(outcome, statement.resourceType);
  return { view: foldNext(previous, statement), outcome, replaced, issues: issue === undefined ? [] : [issue] };
}

function isLate(previous: View, statement: Spoken): boolean {
  return compareMoments(statement, { saidAt: previous.lastSaidAt, id: previous.lastStatement }) < 0;
}
