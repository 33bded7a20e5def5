// Why source subjects are one person, or two: what is asked, and the answer, structured and in plain English.
import type { Instant, ReceiptId, SourceKey, StatementId, SubjectId } from '../../base/ids.ts';
import type { Json } from '../../base/json.ts';
import type { Link, LinkReason, LinkRule } from '../../identity/types.ts';
import type { View } from '../types.ts';

/** A decision about two subjects, with when its receipt came. */
export type TimedLink = Link & { readonly at: Instant };
/** What is to be told of one pair: every decision in order, and the one that somebody asserted last, if anybody did. */
export type PairTold = { readonly links: readonly TimedLink[]; readonly asserted: TimedLink | undefined };
export type IdentitySubject = {
  readonly id: SubjectId;
  readonly source: SourceKey;
  /** The person that it was part of. */
  readonly person: SubjectId;
  readonly retired: boolean;
  /** Undefined where nothing was said of it yet, or all was taken back. */
  readonly view: View | undefined;
  /** Its own verified NHS numbers: two different ones are never one person. */
  readonly verifiedNhsNumbers: readonly string[];
};
/** A case about two subjects that was open: somebody is to decide. */
export type Suspicion = {
  readonly case: string;
  readonly a: SubjectId;
  readonly b: SubjectId;
  readonly reason: string;
  readonly because: readonly LinkReason[];
  readonly openedAt: Instant;
};
export type IdentityInput = {
  readonly person: SubjectId;
  /** The other person, where it is asked why the two are not one. */
  readonly other: SubjectId | undefined;
  /** Of these persons, and of whoever was ever linked with them. */
  readonly subjects: readonly IdentitySubject[];
  readonly pairs: readonly PairTold[];
  readonly suspicions: readonly Suspicion[];
  readonly asOf: number;
  readonly at: Instant;
  readonly sourceNames: ReadonlyMap<SourceKey, string>;
  readonly timeZone?: string;
};

/** What one source says of who its patient is. */
export type SubjectExplained = {
  readonly subject: SubjectId;
  readonly person: SubjectId;
  readonly source: SourceKey;
  readonly sourceName: string;
  readonly retired: boolean;
  readonly said: readonly {
    readonly element: string;
    readonly value: Json;
    readonly statement: StatementId;
    readonly saidAt: Instant;
  }[];
};
export type LinkStanding = 'joins' | 'keeps-apart' | 'taken-back';
export type LinkExplained = {
  readonly a: SubjectId;
  readonly b: SubjectId;
  readonly standing: LinkStanding;
  readonly kind: Link['kind'];
  readonly rule: LinkRule;
  readonly decidedAt: Instant;
  readonly receipt: ReceiptId;
  readonly because: readonly LinkReason[];
  /** Of a scored link: thousandths of a bit, and who weighed. */
  readonly score?: Scored;
  readonly sentence: string;
};
export type Scored = {
  readonly model: string;
  readonly total: string;
  readonly margin: string | undefined;
  readonly fields: readonly { readonly field: string; readonly level: string; readonly bits: string }[];
};
export type IdentityExplanation = {
  readonly person: SubjectId;
  readonly other?: SubjectId;
  readonly answer: 'one-person' | 'two-persons';
  readonly asOf: number;
  readonly at: Instant;
  readonly subjects: readonly SubjectExplained[];
  readonly links: readonly LinkExplained[];
  /** Why the two may not be joined, whatever else speaks for it. */
  readonly vetoes: readonly string[];
  /** Cases that were open about this: somebody is to decide. */
  readonly openCases: readonly string[];
  readonly whatWeKnow: readonly string[];
  readonly whatWeAssume: readonly string[];
  /** Decisions about them that no longer hold, in order. */
  readonly whatWasTakenBack: readonly string[];
  readonly text: string;
};
