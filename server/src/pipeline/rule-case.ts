// Rulings on what sources disagree about: taken, kept as a proposal until a second person agrees, or refused.             (pure)
import type { Instant, StatementId, SubjectId } from '../base/ids.ts';
import { needsSecond, notPossibleOn, waitingProposal } from '../truth/index.ts';
import type { CaseRule } from '../truth/types.ts';
import { casesOf } from './holding.ts';
import { note, noted, type Ruled, refuse } from './ruled.ts';
import type { Basis, ElementRuling, OpenCase, PlannedRuling, Prepared, SubjectRecord } from './types.ts';

export function ruleElement(prepared: Prepared, request: ElementRuling, basis: Basis): Ruled {
  const subject = basis.subjects.get(request.person as SubjectId);
  if (subject === undefined) return refuse('ruling-person-unknown', 'No such patient is known here.');
  const open = casesOf(basis, [subject.person]).find(
    (one) => one.kind === 'conflict' && one.element === request.element,
  );
  if (open === undefined) {
    return refuse(
      'ruling-no-conflict',
      `No case is open about ${request.element} of this patient, so there is nothing to rule on. vouch cases lists those that are.`,
    );
  }
  const refused = refusalOf(request, open);
  if (refused !== undefined) return refused;
  const { id: receipt, receivedAt: at } = prepared.receipt;
  const { by, reason, kind: decision, statement } = request;
  if (decision === 'ask-source') {
    const until = request.until ?? (open.handling === undefined ? at : dueAt(at, open.handling));
    return noted(note(open, { step: 'asked', receipt, at, by, reason, whom: request.whom ?? '', until }));
  }
  const waits = waitingProposal(open.steps);
  if (waits !== undefined) return refuse('ruling-waits', waitsSentence(waits.by, waits.receipt));
  const chosen = statement === undefined ? {} : { statement };
  const asksTwo = open.handling !== undefined && needsSecond(open.handling, decision);
  if (asksTwo && prepared.recorded?.counted !== true)
    return noted(note(open, { step: 'proposed', receipt, at, by, reason, decision, ...chosen }));
  const notes = [note(open, { step: 'ruled', receipt, at, by, reason, decision, ...chosen })];
  return appended({ prepared, subject, open }, { decision, statement, reason, by }, notes);
}

type Decided = Pick<PlannedRuling, 'decision' | 'reason' | 'by'> & { readonly statement: number | undefined };

/** The ruling as it is appended, bound to what competes in the case. */
export function appended(
  on: { readonly prepared: Prepared; readonly subject: SubjectRecord; readonly open: OpenCase },
  { decision, statement, reason, by }: Decided,
  notes: NonNullable<(Ruled & { readonly ok: true })['notes']>,
): Ruled {
  const { prepared, subject, open } = on;
  const ruling: PlannedRuling = {
    home: subject.home,
    receipt: prepared.receipt.id,
    subject: subject.id,
    element: open.element ?? '',
    decision,
    chosen: statement as StatementId | undefined,
    competingSet: open.competingSet ?? '',
    reason,
    by,
    at: prepared.receipt.receivedAt,
  };
  return { ok: true, links: [], rulings: [ruling], touched: [subject.id], settles: undefined, notes };
}

function refusalOf(request: ElementRuling, open: OpenCase): Ruled | undefined {
  const { kind, statement } = request;
  if (open.competingSet !== request.competingSet) {
    return refuse(
      'ruling-stale',
      'The competing values changed since you saw the case. Look at it again, then rule on what it shows now.',
    );
  }
  if ((kind === 'choose' || kind === 'wrong-patient') && !open.competitors.includes(statement ?? Number.NaN)) {
    return refuse(
      'ruling-statement',
      'The chosen statement is not among the competing ones of the case. Choose one of those.',
    );
  }
  const why = notPossibleOn(request.element).find((one) => one.decision === kind)?.words;
  if (why === undefined) return undefined;
  const instead =
    kind === 'both-valid'
      ? 'Choose one, say that none is right, or ask a source.'
      : 'Say of each that goes with it that it is about somebody else, or that all stand, or ask a source.';
  return refuse('ruling-not-possible', `${why} ${instead}`);
}

const HOUR_MS = 3_600_000;
/** When the policy wants it answered, counted from now. */
export function dueAt(at: Instant, { decideWithinHours }: CaseRule): Instant {
  return new Date(Date.parse(at) + decideWithinHours * HOUR_MS).toISOString() as Instant;
}

export function waitsSentence(by: string, proposal: number): string {
  return `What ${by} decided waits for a second person, as proposal ${proposal}. Approve or decline that first.`;
}
