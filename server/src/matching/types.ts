// The words of scored matching as a service: what is stored of a subject, whom it may be, and what of that settles together.
import type { Home, SubjectId } from '../base/ids.ts';
import type { CaseReason, Link, LinkageRecord, Ready, Waterfall } from '../identity/index.ts';

export type StoredRecord = {
  readonly subject: SubjectId;
  readonly home: Home;
  readonly record: LinkageRecord;
  /** Hashes of its blocking keys. */
  readonly keys: readonly bigint[];
};
/** Somebody that a record may be about. */
export type Scored = {
  readonly subject: SubjectId;
  readonly person: SubjectId;
  readonly personSize: number;
  readonly waterfall: Waterfall;
};
/** Everybody whose scored links depend on each other. */
export type Component = {
  /** Those found from each other by strong scores and as fellows of one person, with or without a record. */
  readonly subjects: readonly SubjectId[];
  /** Theirs, and of those who are likely enough to be shown to a person, and not to be linked. */
  readonly records: ReadonlyMap<SubjectId, Ready>;
  /** Every link that touches a subject. */
  readonly links: readonly Link[];
  /** Pairs that share a key and may be one person, none where there are more than may be judged at once. */
  readonly edges: readonly { readonly a: SubjectId; readonly b: SubjectId; readonly score: number }[];
};
export type Pair = { readonly a: SubjectId; readonly b: SubjectId; readonly total: number };
export type Judged = {
  readonly a: SubjectId;
  readonly b: SubjectId;
  /** Why a person should look; undefined: to be linked. */
  readonly reason: CaseReason | undefined;
  /** How far the next likely person is behind; undefined: there is none. */
  readonly margin: number | undefined;
  readonly waterfall: Waterfall;
};
export type Settled = {
  /** Scored links that stand and no longer hold. */
  readonly withdraw: readonly Pair[];
  readonly link: readonly Judged[];
  readonly review: readonly Judged[];
  /** Subjects that a score joins to somebody. */
  readonly linked: ReadonlySet<string>;
};
