// Rulings on whether two records are one person: taken, kept as a proposal, or noted as not to be told.                   (pure)
import type { SubjectId } from '../base/ids.ts';
import type { LinkDecision } from '../identity/types.ts';
import { type LinkHandling, needsSecondForLink, waitingProposal } from '../truth/index.ts';
import { caseId } from './cases.ts';
import { casesOf } from './holding.ts';
import { dueAt, waitsSentence } from './rule-case.ts';
import { note, noted, opens, type Ruled, refuse } from './ruled.ts';
import { betweenIn, linkHandlingOf } from './stakes.ts';
import type { Basis, LinkedRuling, OpenCase, PlannedCase, Prepared, SubjectRecord, SubjectRef } from './types.ts';
import { verifiedNhsNumbers } from './verified-numbers.ts';

export function ruleLink(prepared: Prepared, request: LinkedRuling, basis: Basis): Ruled {
  const [one, other] = [find(basis, request.a), find(basis, request.b)];
  if (one === undefined || other === undefined) {
    return refuse(
      'ruling-subject-unknown',
      `${one === undefined ? '"a"' : '"b"'} names no source subject known here. Give a patient id, or source and key as the source uses it.`,
    );
  }
  if (one.id === other.id) return refuse('ruling-same-subject', '"a" and "b" name the same source subject.');
  const [a, b] = one.id < other.id ? [one, other] : [other, one];
  const { id: receipt, receivedAt: at } = prepared.receipt;
  const { kind, by, reason } = request;
  const open = openLinkCase(basis, a.id, b.id);
  const between = betweenIn(basis, at);
  if (kind === 'cannot-tell') {
    if (open === undefined)
      return refuse(
        'ruling-no-case',
        'No case is open about these two records, so there is nothing to keep a note with.',
      );
    const until = request.until ?? dueAt(at, open.handling ?? linkHandlingOf(between, [a.id, b.id], false));
    return noted(note(open, { step: 'cannot-tell', receipt, at, by, reason, until }));
  }
  const vetoed = vetoOn(basis, { a: a.id, b: b.id, kind });
  if (vetoed !== undefined) return vetoed;
  const waits = open === undefined ? undefined : waitingProposal(open.steps);
  if (waits !== undefined) return refuse('ruling-waits', waitsSentence(waits.by, waits.receipt));
  // What is at stake may have grown since the case told it; it asks for no less than it told.
  const handling = linkHandlingOf(between, [a.id, b.id], open?.kind === 'identity-veto');
  const asksTwo = [handling, open?.handling].some((one) => one !== undefined && needsSecondForLink(one, kind));
  const step = { receipt, at, by, reason, decision: kind };
  if (!asksTwo || prepared.recorded?.counted === true) {
    const notes = open === undefined ? [] : [note(open, { step: 'ruled', ...step })];
    return linked({ a: a.id, b: b.id, kind, by, reason }, notes);
  }
  if (open !== undefined) return noted(note(open, { step: 'proposed', ...step }, handling));
  return opens(proposedCase({ prepared, request, handling }, a, b));
}

/** No ruling outvotes two verified numbers. */
export function vetoOn(
  basis: Basis,
  { a, b, kind }: { readonly a: SubjectId; readonly b: SubjectId; readonly kind: LinkDecision['kind'] },
): Ruled | undefined {
  if (kind !== 'same' || verifiedNhsNumbers(basis, [a, b]).size <= 1) return undefined;
  return refuse(
    'ruling-vetoed',
    'The two hold different verified NHS numbers, which no ruling outvotes. Have the number corrected at its source first.',
  );
}

type Decided = Pick<LinkDecision, 'a' | 'b' | 'kind'> & { readonly by: string; readonly reason: string };

export function linked({ a, b, kind, by, reason }: Decided, notes: readonly PlannedCase[]): Ruled {
  const because = [{ code: 'ruling', detail: `${by}: ${reason}` }];
  const decision: LinkDecision = { a, b, kind, rule: 'ruling', retired: undefined, because };
  return { ok: true, links: [decision], rulings: [], touched: [a, b], settles: undefined, notes };
}

function openLinkCase(basis: Basis, a: SubjectId, b: SubjectId): OpenCase | undefined {
  return casesOf(basis, [a]).find(
    ({ kind, persons }) =>
      (kind === 'possible-link' || kind === 'identity-veto') && persons.includes(a) && persons.includes(b),
  );
}

/** Two that nobody had asked about: the proposal needs a place to wait. */
function proposedCase(
  from: { readonly prepared: Prepared; readonly request: LinkedRuling; readonly handling: LinkHandling },
  a: SubjectRecord,
  b: SubjectRecord,
): PlannedCase {
  const { prepared, request, handling } = from;
  const { id: receipt, receivedAt: at } = prepared.receipt;
  const { by, reason } = request;
  const decision = request.kind === 'not-same' ? 'not-same' : 'same';
  return {
    action: 'open',
    id: caseId('link', a.id, b.id, 'proposed'),
    kind: 'possible-link',
    home: a.home,
    harm: handling.harm,
    persons: [a.id, b.id],
    element: undefined,
    competingSet: undefined,
    competitors: [],
    receipt,
    handling,
    steps: [{ step: 'proposed', receipt, at, by, reason, decision }],
    detail: { reason: 'proposed', because: [{ code: 'ruling', detail: `${by}: ${reason}` }] },
  };
}

function find(basis: Basis, ref: SubjectRef): SubjectRecord | undefined {
  const id = typeof ref === 'string' ? (ref as SubjectId) : basis.subjectByKey.get(`${ref.source} ${ref.key}`);
  return id === undefined ? undefined : basis.subjects.get(id);
}
