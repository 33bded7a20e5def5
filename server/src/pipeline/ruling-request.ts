// What people ask of the record by ruling, as it arrives, and what scored matching proposes.
import type { Instant } from '../base/ids.ts';
import type { LinkRuling } from '../truth/case-steps.ts';
import type { Ruling } from '../truth/types.ts';
import type { WatchRequest } from './watch-request.ts';

/** What a person decided, as it arrives at POST /api/v1/rulings. */
export type RulingRequest = PersonRuling | ProposalRequest | RejudgeRequest | WatchRequest;
/** Another policy is in force: these persons are judged again under it. */
export type RejudgeRequest = {
  readonly kind: 'rejudge';
  readonly persons: readonly string[];
  readonly reason: string;
  readonly by: string;
};
export type PersonRuling = ElementRuling | LinkedRuling | ReceiptRuling | AnswerRuling;
type Who = { readonly reason: string; readonly by: string };
export type ElementRuling = Who & {
  readonly kind: Ruling['decision'];
  readonly person: string;
  readonly element: string;
  readonly statement: number | undefined;
  readonly competingSet: string;
  /** For `ask-source`. */
  readonly whom?: string | undefined;
  /** For `ask-source`: when the answer is due. */
  readonly until?: Instant | undefined;
};
export type LinkedRuling = Who & {
  /** `cannot-tell` keeps the case, with a note. */
  readonly kind: LinkRuling | 'cannot-tell';
  readonly a: SubjectRef;
  readonly b: SubjectRef;
  /** For `cannot-tell`: when to look again. */
  readonly until?: Instant | undefined;
};
export type ReceiptRuling = Who & { readonly kind: 'retry' | 'reject'; readonly receipt: number };
/** The second person's answer to what another proposed; `proposal` is the receipt of that. */
export type AnswerRuling = Who & {
  readonly kind: 'approve' | 'decline';
  readonly case: string;
  readonly persons: readonly string[];
  readonly proposal: number;
};
/** What scored matching found of two subjects: to be linked at once, shown to a person, or taken back. `by` names the model. */
export type ProposalRequest = {
  readonly kind: 'propose';
  readonly outcome: 'link' | 'review' | 'withdraw';
  readonly a: string;
  readonly b: string;
  readonly score: Score | undefined;
  readonly reason: string;
  readonly by: string;
};
/** Thousandths of a bit of the odds that the two are one person. */
export type Score = {
  readonly model: string;
  readonly total: number;
  readonly thresholds: { readonly review: number; readonly link: number };
  /** By how much the best person beats the next. */
  readonly margin: number | undefined;
  readonly fields: readonly { readonly field: string; readonly level: string; readonly bits: number }[];
};
/** A source subject by its id, or by source and the source's own key. */
export type SubjectRef = string | { readonly source: string; readonly key: string };
