// A person's ruling: what it appends, or why it cannot be taken.                                                          (pure)
import type { ReceiptId, StatementId, SubjectId } from '../base/ids.ts';
import type { LinkDecision } from '../identity/types.ts';
import { casesOf } from './holding.ts';
import { ruleProposal } from './rule-proposal.ts';
import { type Ruled, refuse } from './ruled.ts';
import type { Stated } from './state.ts';
import type { Basis, PlannedRuling, Prepared, RulingRequest, SubjectRef } from './types.ts';
import { verifiedNhsNumbers } from './verified-numbers.ts';

/** Turns a ruling request into what it appends, on the given basis. */
export function rule(prepared: Prepared, request: RulingRequest, basis: Basis): Ruled {
  switch (request.kind) {
    case 'choose':
    case 'choose-none':
    case 'both-valid':
      return ruleElement(prepared, request, basis);
    case 'same':
    case 'not-same':
      return ruleLink(request, basis);
    case 'retry':
    case 'reject':
      return ruleReceipt(request, basis);
    case 'rejudge':
      return { ok: true, links: [], rulings: [], touched: knownOf(basis, request.persons), settles: undefined };
    case 'propose':
      return ruleProposal(prepared, request, basis);
  }
}

function ruleElement(
  prepared: Prepared,
  request: RulingRequest & { kind: 'choose' | 'choose-none' | 'both-valid' },
  basis: Basis,
): Ruled {
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
  if (open.competingSet !== request.competingSet) {
    return refuse(
      'ruling-stale',
      'The competing values changed since you saw the case. Look at it again, then rule on what it shows now.',
    );
  }
  if (request.kind === 'choose' && !open.competitors.includes(request.statement ?? Number.NaN)) {
    return refuse(
      'ruling-statement',
      'The chosen statement is not among the competing ones of the case. Choose one of those.',
    );
  }
  const ruling: PlannedRuling = {
    home: subject.home,
    receipt: prepared.receipt.id,
    subject: subject.id,
    element: request.element,
    decision: request.kind,
    chosen: request.statement as StatementId | undefined,
    competingSet: request.competingSet,
    reason: request.reason,
    by: request.by,
    at: prepared.receipt.receivedAt,
  };
  return { ok: true, links: [], rulings: [ruling], touched: [subject.id], settles: undefined };
}

function ruleLink(request: RulingRequest & { kind: 'same' | 'not-same' }, basis: Basis): Ruled {
  const [one, other] = [find(basis, request.a), find(basis, request.b)];
  if (one === undefined || other === undefined) {
    return refuse(
      'ruling-subject-unknown',
      `${one === undefined ? '"a"' : '"b"'} names no source subject known here. Give a patient id, or source and key as the source uses it.`,
    );
  }
  if (one === other) return refuse('ruling-same-subject', '"a" and "b" name the same source subject.');
  if (request.kind === 'same' && verifiedNhsNumbers(basis, [one, other]).size > 1) {
    return refuse(
      'ruling-vetoed',
      'The two hold different verified NHS numbers, which no ruling outvotes. Have the number corrected at its source first.',
    );
  }
  const [a, b] = one < other ? [one, other] : [other, one];
  const decision: LinkDecision = {
    a,
    b,
    kind: request.kind,
    rule: 'ruling',
    retired: undefined,
    because: [{ code: 'ruling', detail: `${request.by}: ${request.reason}` }],
  };
  return { ok: true, links: [decision], rulings: [], touched: [a, b], settles: undefined };
}

function ruleReceipt(request: RulingRequest & { kind: 'retry' | 'reject' }, basis: Basis): Ruled {
  const receipt = request.receipt as ReceiptId;
  const target = basis.targets.get(receipt);
  if (target === undefined) return refuse('ruling-receipt-unknown', `There is no receipt ${request.receipt}.`);
  if (target.state !== 'quarantined' && target.state !== 'held') {
    return refuse(
      'ruling-receipt-state',
      `Receipt ${request.receipt} is ${target.state}; only a quarantined or held one can be retried or rejected.`,
    );
  }
  const reasons = [{ code: `ruled-${request.kind}`, message: `${request.by}: ${request.reason}` }];
  const state = request.kind === 'retry' ? 'received' : 'rejected';
  return { ok: true, links: [], rulings: [], touched: [], settles: { receipt, state, reasons } };
}

function knownOf(basis: Basis, persons: readonly string[]): readonly SubjectId[] {
  return persons.flatMap((id) => basis.subjects.get(id as SubjectId)?.id ?? []);
}

function find(basis: Basis, ref: SubjectRef): SubjectId | undefined {
  if (typeof ref === 'string') return basis.subjects.has(ref as SubjectId) ? (ref as SubjectId) : undefined;
  return basis.subjectByKey.get(`${ref.source} ${ref.key}`);
}

/** A stand-in for `state` when a ruling, not a statement, touches subjects. */
export function touchedOnly(basis: Basis, touched: readonly SubjectId[]): Stated {
  const subjects = new Map(
    touched.flatMap((id) => {
      const subject = basis.subjects.get(id);
      return subject === undefined ? [] : [[id, subject] as const];
    }),
  );
  return { statements: [], subjects, resources: new Map(), addressed: new Map(), effects: [], issues: [], refused: [] };
}
