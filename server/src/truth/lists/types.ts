// Clinical lists: entries of several sources, which of them speak of the same thing, and what is true of each thing.
import type { SourceKey, SubjectId } from '../../base/ids.ts';
import type { Candidate, HarmClass, Verdict, VerdictState, View } from '../types.ts';

/** One resource of one source, as it stands. */
export type ListEntry = {
  readonly resourceId: string;
  readonly subject: SubjectId;
  readonly source: SourceKey;
  readonly trust: number;
  readonly view: View;
  readonly erased?: boolean;
  /** Where it came from, beyond its own identifiers: what a Provenance about it names. */
  readonly origins?: readonly string[];
};

/** What an entry is about in a word (penicillin), its route, its year: entries are the same thing when all they say agrees. */
export type Dimension =
  | 'substance'
  | 'code'
  | 'medicine'
  | 'vaccine'
  | 'onset'
  | 'time'
  | 'site'
  | 'route'
  | 'form'
  | 'specimen'
  | 'order number'
  | 'topic';

/** Why an entry is taken to speak of the thing. */
export type Sameness = {
  readonly candidate: Candidate;
  /** Said, and the same as the others say. */
  readonly agrees: readonly Dimension[];
  /** Not said, or less exactly: it fits this thing and no other. */
  readonly unsaid: readonly Dimension[];
};

/** A difference between entries about one thing, in one element. */
export type Difference = {
  readonly element: string;
  readonly harm: HarmClass;
  readonly competing: readonly Candidate[];
};

export type Thing = {
  /** Names the thing in rulings and cases: `Condition:5f1c…`. Follows from what it is about, not from who says so. */
  readonly element: string;
  readonly about: { readonly [dimension in Dimension]?: string };
  readonly because: readonly Sameness[];
  readonly differences: readonly Difference[];
  /** How many say so independently: copies of one origin count once. */
  readonly witnesses: number;
  /** Things that may be meant too, but are never made one with this: a class and its substance, the other side of the body. */
  readonly related: readonly string[];
  readonly verdict: Verdict;
};

export type ListDecision = {
  /** The resource type that names the list. */
  readonly element: string;
  /** The gravest state of anything in it. */
  readonly state: VerdictState;
  /** On the list as a whole: what is missing, and "none known" against what is named. */
  readonly verdict: Verdict;
  readonly things: readonly Thing[];
  /** Verdicts that wait for a person, each a case of its own. */
  readonly conflicts: readonly Verdict[];
  /** Rulings about anything in this list that bind to nothing any more. */
  readonly staleRulings: readonly number[];
};
