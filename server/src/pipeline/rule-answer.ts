// The second person's answer to what another proposed: the ruling is made when they agree, and not when they decline.     (pure)
import type { SubjectId } from '../base/ids.ts';
import { isSamePerson, type ProposedStep, waitingProposal } from '../truth/index.ts';
import type { Ruling } from '../truth/types.ts';
import { appended } from './rule-case.ts';
import { linked, vetoOn } from './rule-link.ts';
import { note, noted, type Ruled, refuse } from './ruled.ts';
import type { AnswerRuling, Basis, OpenCase, PlannedCase, Prepared } from './types.ts';

export function ruleAnswer(prepared: Prepared, request: AnswerRuling, basis: Basis): Ruled {
  const open = basis.cases.get(request.case);
  if (open === undefined)
    return refuse(
      'ruling-stale',
      'The case is closed, because what the sources say has changed or somebody settled it. What was proposed lapsed; look at what is open now.',
    );
  const proposal = waitingProposal(open.steps);
  if (proposal === undefined || proposal.receipt !== request.proposal)
    return refuse(
      'ruling-answered',
      'That proposal does not wait any more in this case: it was answered, or is of another case. Look at the case again.',
    );
  const { by, reason, kind } = request;
  const { id: receipt, receivedAt: at } = prepared.receipt;
  const step = { receipt, at, by, reason, proposal: proposal.receipt };
  if (kind === 'decline') return noted(note(open, { step: 'declined', ...step }));
  if (isSamePerson(by, proposal.by))
    return refuse(
      'ruling-approved-by-same-person',
      `${proposal.by} proposed this, so another person has to approve it. Who proposed it can only decline it.`,
    );
  return approved({ prepared, basis, open }, proposal, { by, notes: [note(open, { step: 'approved', ...step })] });
}

type Second = { readonly by: string; readonly notes: readonly PlannedCase[] };

/** Both names stand with the ruling: it is the decision of two. */
function approved(
  on: { readonly prepared: Prepared; readonly basis: Basis; readonly open: OpenCase },
  proposal: ProposedStep,
  second: Second,
): Ruled {
  const { prepared, basis, open } = on;
  const by = `${proposal.by}, with ${second.by}`;
  const [a, b] = open.persons as readonly SubjectId[];
  if (a !== undefined && b !== undefined && (proposal.decision === 'same' || proposal.decision === 'not-same')) {
    const kind = proposal.decision;
    return vetoOn(basis, { a, b, kind }) ?? linked({ a, b, kind, by, reason: proposal.reason }, second.notes);
  }
  const subject = a === undefined ? undefined : basis.subjects.get(a);
  if (subject === undefined) return refuse('ruling-person-unknown', 'No such patient is known here.');
  const decision = proposal.decision as Ruling['decision'];
  const { statement, reason } = proposal;
  return appended({ prepared, subject, open }, { decision, statement, reason, by }, second.notes);
}
