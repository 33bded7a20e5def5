// Truth as a function: statements folded per source subject into views, views and rulings decided into verdicts.
import type { Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { ElementSaid, Origin } from '../mapping/types.ts';
import type { QualityRules } from '../quality/types.ts';

/** What a statement says: all that a fold looks at. */
export type Spoken = {
  readonly id: StatementId;
  readonly receipt: ReceiptId;
  readonly source: SourceKey;
  readonly subject: SubjectId | undefined;
  readonly resourceType: string;
  readonly resourceId: ResourceId;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
  readonly replaces: boolean;
  readonly text: string;
  readonly resource: JsonObject;
  readonly said: readonly ElementSaid[];
};
/** A statement as stored, with the places in its receipt that explanations name. */
export type Statement = Spoken & { readonly origins: readonly Origin[] };

/**
 * Where a value in a view came from: enough to rank it, and to find its statement. It names the statement that first said the value
 * the source still holds: saying the same again is no news, so it neither moves the value up in recency nor breaks a ruling.
 */
export type Provenance = { readonly statement: StatementId; readonly source: SourceKey; readonly saidAt: Instant };

/**
 * What one resource of one source says now: the fold of its statements in order of (saidAt, statement id), so a late message
 * takes its right place. `cleared` remembers that the source said "none", which is not the same as never having spoken.
 */
export type View = {
  readonly resourceType: string;
  readonly elements: { readonly [element: string]: ViewElement };
  /** Newest (saidAt, statement) folded in; a statement older than this asks for a full fold. */
  readonly lastSaidAt: Instant;
  readonly lastStatement: StatementId;
  /** Set when the view is exactly the text of its newest statement (a full replacement): served byte for byte. */
  readonly wholeText: string | undefined;
  /** The source took the whole resource away; it says nothing until it speaks of it again. */
  readonly removed?: true;
};
export type ViewElement = {
  /** Undefined when cleared, and when the statement's content was erased (then `cleared` is false). */
  readonly value: Json | undefined;
  readonly cleared: boolean;
  /** The newest statement that said the same value again: what freshness is measured from. */
  readonly repeated?: Repetition;
  /** For a list merged by type: where each entry came from, in the order of `value`. Absent when all came from one statement. */
  readonly entries?: readonly EntryProvenance[];
} & Provenance;
export type Repetition = { readonly statement: StatementId; readonly saidAt: Instant };
export type EntryProvenance = Repetition & { readonly repeated?: Repetition };

export type HarmClass = 'H0' | 'H1' | 'H2' | 'H3';
export type VerdictState = 'known' | 'assumed' | 'conflicting' | 'missing' | 'stale' | 'withheld' | 'erased';

/** One candidate value of an element, as the verdict saw it. */
export type Candidate = {
  readonly subject: SubjectId;
  readonly source: SourceKey;
  readonly statement: StatementId;
  readonly saidAt: Instant;
  /** When the source last said the same again. */
  readonly repeatedAt?: Instant;
  /** Null when the source says there is none, and where the value is withheld or erased. */
  readonly value: Json;
};
export type SetAside = { readonly candidate: Candidate; readonly reason: SetAsideReason };
export type SetAsideReason =
  | 'agrees'
  | 'lower-trust'
  | 'older'
  | 'retired-by-merge'
  | 'superseded-by-same-source'
  | 'ruled-out'
  | 'negated-by-positive'
  | 'less-precise'
  | 'withdrawn'
  | 'tie-broken'
  | 'withheld'
  | 'erased'
  | 'same-origin'
  | 'past'
  | 'wrong-patient'
  | 'may-be-same'
  | 'speaks-of-another'
  | 'not-taken'
  | 'stands-otherwise'
  | 'also-valid';

/**
 * The verdict on one element of one person. `values` is what is served: one for single elements, the union for lists, all
 * competitors when conflicting (none of them served as the value). `ruleId` names a rule in the policy.
 */
export type Verdict = {
  readonly element: string;
  readonly state: VerdictState;
  readonly harm: HarmClass;
  readonly values: readonly Json[];
  /** What is served of a conflicting list, where the policy says so. */
  readonly shown?: NonNullable<ElementPolicy['whenConflicting']>;
  readonly because: {
    readonly rule: string;
    readonly policy: string;
    readonly used: readonly Candidate[];
    readonly setAside: readonly SetAside[];
    /** Candidates that differ in a way no agreement covers: listed when conflicting, and when a rule or a ruling chose among them. */
    readonly competing: readonly Candidate[];
    /** Fingerprint of `competing`, to which a ruling binds; absent when nothing competes. */
    readonly competingSet?: string;
    /** For `missing`: a code of http://terminology.hl7.org/CodeSystem/data-absent-reason. */
    readonly absentReason: string | undefined;
    readonly ruling: number | undefined;
    /** Rulings that no longer bind because the competing set changed. */
    readonly staleRulings: readonly number[];
  };
};

/** A human's decision about one element of one person, bound to the competing set they saw. */
export type Ruling = {
  /** Ledger index. */
  readonly id: number;
  readonly receipt: ReceiptId;
  readonly subject: SubjectId;
  readonly element: string;
  /** `wrong-patient`: what the chosen statement says is about somebody else. `ask-source`: nothing is settled, the source is asked. */
  readonly decision: 'choose' | 'choose-none' | 'both-valid' | 'wrong-patient' | 'ask-source';
  /** For `choose` and `wrong-patient`: the statement that is meant. */
  readonly chosen: StatementId | undefined;
  /** Fingerprint of the exact competing set (see truth/competing-set.ts). */
  readonly competingSet: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
};

/** One source subject of the person, ready to be decided over. */
export type SubjectInput = {
  readonly id: SubjectId;
  readonly source: SourceKey;
  readonly trust: number;
  readonly view: View;
  /** Retired by a sender's merge into another subject of this person. */
  readonly retired: boolean;
  /** Elements erased or withheld for this subject, by element name. */
  readonly erased: boolean;
};

export type Policy = {
  /** `uk-default@1`. */
  readonly id: string;
  /** How cases of each class are handled, where an element has no rule of its own. */
  readonly cases?: { readonly [harm in HarmClass]?: CaseRule };
  /** How cases about two records that may be one person are handled, by what is at stake. */
  readonly links?: { readonly [stake in LinkStake]?: LinkRule };
  /** What a source is trusted for by this policy, instead of what it is trusted for in general. */
  readonly sources?: { readonly [source: string]: SourceRule };
  readonly elements: { readonly [resourceType: string]: { readonly [element: string]: ElementPolicy } };
  /** What becomes of sources whose checks fail. Not set: nothing does. */
  readonly quality?: QualityRules;
};
export type ElementPolicy = {
  readonly harm: HarmClass;
  /** `single`: one value. `list`: union of entries, equal ones shown once. */
  readonly cardinality: 'single' | 'list';
  /** How to choose among different values of an H0 or H1 element, in order. Never consulted for H2 and H3. */
  readonly choose: readonly ('trust' | 'recency' | 'precision')[];
  /** How two values are compared: a name of the table in equivalence.ts. */
  readonly equivalence: string;
  /** Days after which an unrepeated value is stale; undefined: never. */
  readonly staleAfterDays: number | undefined;
  /** True: what a record retired by its sender's merge said stays shown beside the survivor's (old hospital numbers). */
  readonly keepRetired?: boolean;
  /** Data-absent-reason when nobody speaks. */
  readonly absentReason: string;
  /** One sentence: why this class. */
  readonly why: string;
  /** What is served of a list while its sources disagree. Not set: all at H3, below it what nobody disputes. */
  readonly whenConflicting?: 'all' | 'undisputed' | 'none';
  /** Clinical lists: entries whose times agree to this precision may speak of the same thing. */
  readonly sameTime?: SameTime;
  readonly case?: CaseRule;
  readonly sources?: { readonly [source: string]: SourceRule };
};
export type SameTime = 'any' | 'year' | 'month' | 'day' | 'minute';
export type SourceRule = { readonly trust?: number; readonly staleAfterDays?: number };

/** How a conflict is to be handled by people. */
export type CaseRule = {
  readonly priority: 'immediate' | 'urgent' | 'soon' | 'routine';
  readonly decideWithinHours: number;
  /** Who else must agree with a ruling: nobody, somebody when it takes something out of what is shown, always somebody. */
  /** `when-joining`: of who somebody is, when two records are said to be one person's. */
  readonly secondApprover: 'never' | 'when-removing' | 'when-joining' | 'always';
};

/** What a ruling on who somebody is puts at stake. */
export type LinkStake = 'plain' | 'several-records' | 'grave' | 'vetoed' | 'contradicting';
/** How the policy handles a case about two records, for one stake. */
export type LinkRule = CaseRule & { readonly harm: HarmClass; readonly why: string };

/** Answer of $explain for one element: structured, and the same in plain English. */
export type Explanation = {
  readonly person: SubjectId;
  readonly element: string;
  /** Ledger size this answer is a function of. */
  readonly asOf: number;
  readonly at: Instant;
  readonly state: VerdictState;
  readonly harm: HarmClass;
  readonly values: readonly Json[];
  readonly rule: string;
  readonly policy: string;
  readonly whatWeKnow: readonly string[];
  readonly whatWeAssume: readonly string[];
  readonly said: readonly ExplainedStatement[];
  readonly setAside: readonly (ExplainedStatement & { readonly reason: SetAsideReason; readonly sentence: string })[];
  readonly text: string;
  /** Why there is nothing, where there is nothing. */
  readonly absence?: AbsenceKind;
  /** Set where a list is too long for one answer: which of its entries are told here, and where the rest is. */
  readonly part?: { readonly from: number; readonly to: number; readonly of: number; readonly next?: string };
};
export type AbsenceKind =
  | 'none-recorded'
  | 'never-asked'
  | 'source-unavailable'
  | 'said-none'
  | 'withdrawn'
  | 'ruled-out'
  | 'withheld'
  | 'erased';
export type ExplainedStatement = {
  readonly statement: StatementId;
  readonly receipt: ReceiptId;
  readonly source: SourceKey;
  readonly sourceName: string;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
  readonly value: Json;
  readonly origins: readonly Origin[];
  /** Other statements of the same source record that said the same again. */
  readonly repeats?: readonly StatementId[];
};
