// The answers the console shows, as the server's contracts write them. Types only: no server code reaches the browser.
import type { Instant, SubjectId } from '../../../server/src/base/ids.ts';
import type { Json } from '../../../server/src/base/json.ts';
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
} from '../../../server/src/operate/types.ts';
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
/** GET /api/v1/persons/{id} */
export type PersonAnswer = {
  readonly id: SubjectId;
  readonly subjects: readonly PersonSubject[];
  readonly verdicts: readonly PersonVerdict[];
  readonly index: number;
  readonly redirectedFrom?: string;
};

/** POST /api/v1/rulings */
export type RulingBody = {
  readonly kind: 'choose' | 'choose-none' | 'both-valid' | 'same' | 'not-same';
  readonly person?: string;
  readonly element?: string;
  readonly statement?: number;
  readonly competingSet?: string;
  readonly a?: string;
  readonly b?: string;
  readonly reason: string;
  readonly by: string;
};
export type RulingAnswer = { readonly receipt?: number; readonly at?: Instant };
