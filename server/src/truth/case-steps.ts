// What was done about a case while it was open: proposals and answers to them, questions to a source, notes. Steps are appended by
// receipts and never changed; what waits now follows from them.

import { unreachable } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import type { Ruling } from './types.ts';

type Step = { readonly receipt: number; readonly at: Instant; readonly reason: string };
export type LinkRuling = 'same' | 'not-same';
/** A ruling that counts for nothing until somebody else agrees. */
export type ProposedStep = Step & {
  readonly step: 'proposed';
  readonly by: string;
  readonly decision: Ruling['decision'] | LinkRuling;
  readonly statement?: number;
};
export type CaseStep =
  | ProposedStep
  /** `proposal`: the receipt of what is answered. */
  | (Step & { readonly step: 'approved' | 'declined'; readonly by: string; readonly proposal: number })
  | (Step & {
      readonly step: 'asked';
      readonly by: string;
      readonly whom: string;
      readonly until: Instant;
    })
  | (Step & { readonly step: 'cannot-tell'; readonly by: string; readonly until: Instant })
  | (Step & {
      readonly step: 'ruled';
      readonly by: string;
      readonly decision: Ruling['decision'] | LinkRuling;
      readonly statement?: number;
    })
  /** Opened anew, because what competes is another set than the one of the earlier case. */
  | (Step & {
      readonly step: 'reopened';
      readonly earlier?: string;
      /** The ruling, or the proposal, that was left behind. */
      readonly stale?: number;
    });

/** The proposal that waits for a second person; a newer one cannot be made before it is answered. */
export function waitingProposal(steps: readonly CaseStep[]): ProposedStep | undefined {
  const answered = new Set(steps.flatMap((one) => ('proposal' in one ? [one.proposal] : [])));
  return steps.findLast((one) => one.step === 'proposed' && !answered.has(one.receipt)) as ProposedStep | undefined;
}

export type CaseWait = Extract<CaseStep, { readonly until: Instant }>;

/** The newest question or note: what the case waits for, and until when. */
export function latestWait(steps: readonly CaseStep[]): CaseWait | undefined {
  return steps.findLast((one): one is CaseWait => 'until' in one);
}

/** Two names are one person's whatever their case and spaces. */
export function isSamePerson(a: string, b: string): boolean {
  return nameOf(a) === nameOf(b);
}

function nameOf(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** A step as a line of the case's history. */
export function stepInWords(one: CaseStep): string {
  switch (one.step) {
    case 'proposed':
      return `${one.by} proposed: ${DECIDED[one.decision]}. ${one.reason}`;
    case 'ruled':
      return `${one.by} ruled: ${DECIDED[one.decision]}. ${one.reason}`;
    case 'approved':
      return `${one.by} approved that. ${one.reason}`;
    case 'declined':
      return `${one.by} declined that. ${one.reason}`;
    case 'asked':
      return `${one.by} asked ${one.whom}, for an answer by ${one.until}. ${one.reason}`;
    case 'cannot-tell':
      return `${one.by} could not tell; to be looked at again by ${one.until}. ${one.reason}`;
    case 'reopened':
      return `Opened again. ${one.reason}`;
    default:
      return unreachable(one);
  }
}

const DECIDED: { readonly [decision in ProposedStep['decision']]: string } = {
  choose: 'one of them is right',
  'choose-none': 'none of them is right',
  'both-valid': 'all of them are right',
  'wrong-patient': 'one of them is about somebody else',
  'ask-source': 'a source is to be asked',
  same: 'they are one person',
  'not-same': 'they are not one person',
};
