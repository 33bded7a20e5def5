// A case as it is answered: with how its time stands at the moment that asks, and what in it waits for whom.
import type { Instant } from '../base/ids.ts';
import type { CaseRow } from '../operate/case-reader.ts';
import { caseSummary } from '../operate/case-summary.ts';
import type { CaseSummary } from '../operate/types.ts';
import { escalationOf, latestWait, linkTold, PRIORITIES, waitingProposal } from '../truth/index.ts';

export function caseTold(row: CaseRow, now: Instant): CaseSummary {
  const told = caseSummary(row, now);
  if (row.state === 'closed') return told;
  const steps = row.detail.steps ?? [];
  const [proposal, waits] = [waitingProposal(steps), latestWait(steps)];
  const { handling } = row.detail;
  const { waitsFrom: openedAt, decideBy, basePriority } = row;
  const priority = PRIORITIES[basePriority] ?? 'routine';
  return {
    ...told,
    ...escalationOf({ openedAt, decideBy, priority, waitsUntil: waits?.until }, now),
    ...(proposal === undefined ? {} : { proposal }),
    ...(waits === undefined ? {} : { waits }),
    ...(handling !== undefined && 'stakes' in handling ? { link: linkTold(handling) } : {}),
  };
}
