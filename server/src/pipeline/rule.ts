// A person's ruling: what it appends, or why it cannot be taken.                                                          (pure)
import type { ReceiptId, SubjectId } from '../base/ids.ts';
import { ruleAnswer } from './rule-answer.ts';
import { ruleElement } from './rule-case.ts';
import { ruleLink } from './rule-link.ts';
import { ruleProposal } from './rule-proposal.ts';
import { ruleWatch } from './rule-watch.ts';
import { type Ruled, refuse } from './ruled.ts';
import type { Stated } from './state.ts';
import type { Basis, Effect, Prepared, ReceiptRuling, RulingRequest } from './types.ts';

/** Turns a ruling request into what it appends, on the given basis. */
export function rule(prepared: Prepared, request: RulingRequest, basis: Basis): Ruled {
  switch (request.kind) {
    case 'choose':
    case 'choose-none':
    case 'both-valid':
    case 'wrong-patient':
    case 'ask-source':
      return ruleElement(prepared, request, basis);
    case 'same':
    case 'not-same':
    case 'cannot-tell':
      return ruleLink(prepared, request, basis);
    case 'approve':
    case 'decline':
      return ruleAnswer(prepared, request, basis);
    case 'retry':
    case 'reject':
      return ruleReceipt(request, basis);
    case 'rejudge':
      return { ok: true, links: [], rulings: [], touched: knownOf(basis, request.persons), settles: undefined };
    case 'watch':
      return ruleWatch(request, basis);
    case 'propose':
      return ruleProposal(prepared, request, basis);
  }
}

function ruleReceipt(request: ReceiptRuling, basis: Basis): Ruled {
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

/** A stand-in for `state` when a ruling, not a statement, touches subjects. */
export function touchedOnly(basis: Basis, touched: readonly SubjectId[]): Stated {
  const subjects = new Map(
    touched.flatMap((id) => {
      const subject = basis.subjects.get(id);
      return subject === undefined ? [] : [[id, subject] as const];
    }),
  );
  const nothing = { statements: [], effects: [], issues: [], refused: [] };
  return { ...nothing, subjects, resources: new Map(), repeated: new Set(), addressed: new Map() };
}

/** The line that it leaves in its receipt's journey. */
export function rulingEffects(prepared: Prepared): readonly Effect[] {
  const ruling = prepared.ruling;
  return ruling === undefined
    ? []
    : [{ kind: 'ruling', target: `receipt ${prepared.receipt.id}`, summary: `${ruling.kind} by ${ruling.by}` }];
}
