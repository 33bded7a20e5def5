// The answers the console shows, as the server's contracts write them. Types only: no server code reaches the browser.
import type { Instant, SubjectId } from '../../../server/src/base/ids.ts';
import type { Json } from '../../../server/src/base/json.ts';
import type { PolicySummary } from '../../../server/src/policies/types.ts';
import type { HarmClass, VerdictState } from '../../../server/src/truth/types.ts';

export type { Instant } from '../../../server/src/base/ids.ts';
export type { Json, JsonObject } from '../../../server/src/base/json.ts';
export type { Span } from '../../../server/src/hl7v2/types.ts';
export type { ReceiptState } from '../../../server/src/intake/types.ts';
export type { LossAccount, LossEntry, Origin } from '../../../server/src/mapping/types.ts';
export type {
  Books,
  BooksLine,
  CaseKind,
  CasePage,
  CaseSummary,
  Health,
  JourneyStep,
  OpenState,
  ReceiptEffect,
  ReceiptJourney,
  ReceiptPage,
  ReceiptSummary,
  SourceBooks,
  Withdrawal,
} from '../../../server/src/operate/types.ts';
export type { Score } from '../../../server/src/pipeline/types.ts';
export type { PolicyDiff, PolicySummary, ReasonChange, VerdictChange } from '../../../server/src/policies/types.ts';
export type { CaseStep, ProposedStep } from '../../../server/src/truth/case-steps.ts';
export type { CaseSide, ConflictCase, SuggestedAction } from '../../../server/src/truth/conflict-case.ts';
export type { IdentityExplanation } from '../../../server/src/truth/identity/types.ts';
export type {
  ExplainedStatement,
  Explanation,
  HarmClass,
  VerdictState,
} from '../../../server/src/truth/types.ts';

/** One source subject of a person. */
export type PersonSubject = {
  readonly id: SubjectId;
  readonly source: string;
  readonly sourceName: string;
  readonly retired: boolean;
};
/** The verdict on one element, as the record page lists it. */
export type PersonVerdict = {
  readonly element: string;
  readonly state: VerdictState;
  readonly harm: HarmClass;
  readonly values: readonly Json[];
  readonly rule: string;
};
/** GET /api/v1/persons/{id}?asOf= */
export type PersonAnswer = {
  readonly id: SubjectId;
  readonly subjects: readonly PersonSubject[];
  readonly verdicts: readonly PersonVerdict[];
  readonly index: number;
  /** The time that it is judged at: now, or when the ledger had that size. */
  readonly at: Instant;
  readonly redirectedFrom?: string;
};

/** POST /api/v1/rulings */
export type RulingBody = {
  readonly kind:
    | 'choose'
    | 'choose-none'
    | 'both-valid'
    | 'wrong-patient'
    | 'ask-source'
    | 'same'
    | 'not-same'
    | 'cannot-tell';
  readonly person?: string;
  readonly element?: string;
  readonly statement?: number;
  readonly competingSet?: string;
  readonly a?: string;
  readonly b?: string;
  readonly reason: string;
  readonly by: string;
  /** Who was asked. */
  readonly whom?: string;
  /** When the answer is due, or when to look again. */
  readonly until?: string;
};
export type RulingAnswer = { readonly receipt?: number; readonly state?: string; readonly waitsForSecond?: boolean };

/** One line of GET /fhir/R4/Patient/{id}/$changes: what was held before and is held since, and what made it so. */
export type RecordChange = {
  readonly index: number;
  readonly at: Instant;
  readonly sentence: string;
} & ({ readonly kind: 'element'; readonly element: string } | { readonly kind: 'resource'; readonly resource: string });
/** `next`: the address of the next page. */
export type RecordChanges = { readonly changes: readonly RecordChange[]; readonly next?: string };

/** GET /api/v1/policies */
export type PolicyList = { readonly active?: string; readonly policies: readonly PolicySummary[] };
