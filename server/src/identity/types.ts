// Source subjects, links, persons. Nothing is copied into a person, so un-linking is one appended link.
import type { LinkId, ReceiptId, SourceKey, SubjectId } from '../base/ids.ts';

export type SubjectIdentifier = {
  readonly system: string;
  readonly value: string;
  /** NHS numbers: true only for trace status 01. Other identifiers: true. */
  readonly verified: boolean;
};

/** What identity needs to know of a source subject, taken from its own view (never from the person). */
export type SubjectIdentity = {
  readonly id: SubjectId;
  readonly source: SourceKey;
  /** Order of first sight: the ledger index of its first statement. The oldest subject names the person. */
  readonly firstSeen: number;
  readonly identifiers: readonly SubjectIdentifier[];
  /** FHIR date, possibly partial. */
  readonly birthDate: string | undefined;
  readonly family: string | undefined;
  readonly given: string | undefined;
  readonly gender: string | undefined;
  readonly postcode: string | undefined;
  /** PID-31, or the FHIR equivalent: never linked automatically except by exact id. */
  readonly pseudo: boolean;
};

export type LinkRule =
  | 'same-identifier'
  | 'verified-nhs-number-and-birth-date'
  | 'sender-merge'
  | 'addressed'
  | 'scored'
  | 'veto-different-verified-nhs-number'
  | 'evidence-withdrawn'
  | 'ruling';

/** One appended decision about a pair. The latest decision about a pair counts. `a` < `b` by code unit order. */
export type Link = {
  readonly id: LinkId;
  readonly a: SubjectId;
  readonly b: SubjectId;
  readonly kind: 'same' | 'not-same';
  readonly rule: LinkRule;
  /** For a sender's merge: the subject that was retired. */
  readonly retired: SubjectId | undefined;
  readonly receipt: ReceiptId;
  /** Reasons as data, rendered elsewhere: `{ system, matched: 'value' }`; never the identifier's value. */
  readonly because: readonly LinkReason[];
};
export type LinkReason = { readonly code: string; readonly detail: string };
export type LinkDecision = Omit<Link, 'id' | 'receipt'>;

/** Two subjects that nearly meet a rule: waits for a human. */
export type NearMiss = {
  readonly a: SubjectId;
  readonly b: SubjectId;
  /** `same-nhs-number-other-birth-date`, `same-nhs-number-unverified`, `same-demographics`, `vetoed` … */
  readonly reason: string;
  readonly because: readonly LinkReason[];
};

/** A person: `id` is that of the oldest subject; `subjects` in order of first sight. */
export type Person = { readonly id: SubjectId; readonly subjects: readonly SubjectId[] };
