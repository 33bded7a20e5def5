// What goes through the river: receipts as read, the basis a plan is computed from, and the plan itself.
import type { Home, Instant, LinkId, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Link, LinkDecision, SubjectIdentity } from '../identity/types.ts';
import type { Delivery, ReceiptState, StateReason } from '../intake/types.ts';
import type {
  Condition,
  Expectation,
  LinkDraft,
  LossAccount,
  PatchAsked,
  Source,
  StatementDraft,
} from '../mapping/types.ts';
import type { CustomTable } from '../search/custom.ts';
import type { IndexEntries } from '../search/types.ts';
import type { CaseStep } from '../truth/case-steps.ts';
import type { LinkHandling } from '../truth/link-stakes.ts';
import type { CaseRule, HarmClass, Policy, Ruling, Spoken, VerdictState, View } from '../truth/types.ts';
import type { Issue } from '../validation/types.ts';
import type { RulingRequest } from './ruling-request.ts';

/** A receipt with its bytes, as the pipeline takes it up. */
export type Receipt = Omit<Delivery, 'deliveryKey'> & {
  readonly id: ReceiptId;
  /** Set when intake found the delivery key used before with other bytes. */
  readonly conflictsWith: ReceiptId | undefined;
  /** The ruling by which a person sent it round again. */
  readonly retriedBy: ReceiptId | undefined;
};

/** What can be known of a receipt without the store: mapped and validated. */
export type Prepared = {
  readonly receipt: Receipt;
  readonly source: Source;
  readonly drafts: readonly PreparedDraft[];
  readonly links: readonly LinkDraft[];
  readonly ruling: RulingRequest | undefined;
  /** What must be looked up before the drafts are known; empty once it was. */
  readonly conditions: readonly Condition[];
  readonly expectations: readonly Expectation[];
  /** Applied to what is current before there are drafts. */
  readonly patches?: readonly PatchAsked[];
  /** Resources that a condition found, of which nothing is said. */
  readonly found: readonly Effect[];
  readonly issues: readonly Issue[];
  readonly loss: KeptLoss | undefined;
  /** Set where a plan made before is computed again: what it appended then is what counts. */
  readonly recorded?: Recorded;
  /** Set when the way ends here: the receipt is refused, ignored or in conflict. */
  readonly end: { readonly state: ReceiptState; readonly reasons: readonly StateReason[] } | undefined;
};

/** What is kept of a loss account with the receipt: its sums, and where the first unmapped units stand. */
export type KeptLoss = Omit<LossAccount, 'entries'> & { readonly unmappedAt: readonly string[] };

/** A draft that goes on: the places it came from are only written down from here on, so they are packed (see pack.ts). */
export type PreparedDraft = Omit<StatementDraft, 'origins'> & {
  readonly origins: string;
  /** The first of those places. */
  readonly position: string | undefined;
};

/** A source subject that a receipt was the first to speak of. `addressed`: the one whose id its sender wrote to. */
export type Founded = Pick<SubjectRecord, 'id' | 'key' | 'home' | 'firstSeen'> & {
  readonly addressed: SubjectId | undefined;
};
/** A merge that the sender asserts, by the subjects it names. */
export type Merge = Pick<LinkDraft, 'kind'> & { readonly surviving: SubjectId; readonly retired: SubjectId };
/** What mapping and linking made of a receipt when it was planned first. */
export type Recorded = {
  readonly founded: readonly Founded[];
  readonly merges: readonly Merge[];
  readonly links: readonly PlannedLink[];
  /** A ruling that appended something: it counted at once, whoever the policy of today would ask. */
  readonly counted: boolean;
};

export type SubjectRecord = {
  readonly id: SubjectId;
  readonly home: Home;
  readonly source: SourceKey;
  readonly key: string;
  readonly firstSeen: number;
  readonly view: View | undefined;
  /** The person it belongs to now. */
  readonly person: SubjectId;
  readonly retired: boolean;
  /** Statements said since the view was last stored. */
  readonly behind: number;
  /** True when its links were decided by what it says now, since the holding began. */
  readonly identified: boolean;
};

export type ResourceRecord = {
  readonly home: Home;
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly deleted: boolean;
  readonly subject: SubjectId | undefined;
  readonly view: View | undefined;
  /** Of the newest version's content; equal means nothing new to record. */
  readonly digest: string | undefined;
  /** Statements said since the view was last stored. */
  readonly behind: number;
};

export type OpenCase = {
  readonly id: string;
  readonly kind: CaseKind;
  readonly persons: readonly string[];
  readonly element: string | undefined;
  readonly competingSet: string | undefined;
  /** Statements that compete, for a conflict. */
  readonly competitors: readonly number[];
  readonly receipt: number | undefined;
  /** By when and by whom it is to be decided, as the policy says; receipts that need repair have none. */
  readonly handling?: CaseRule | LinkHandling | undefined;
  /** What was done about it while it is open. */
  readonly steps: readonly CaseStep[];
};
export type CaseKind = 'conflict' | 'possible-link' | 'identity-veto' | 'quarantined' | 'held' | 'source-quality';

/** Stored short form of a person's verdicts: what cases, counts and lists need; the rest is computed when asked. */
export type VerdictSummary = {
  readonly [element: string]: { readonly state: VerdictState; readonly harm: HarmClass; readonly rule: string };
};

/** What a judgement came of, besides what was said; and until when nothing in it is too old. */
export type JudgedBefore = { readonly policy: Policy; readonly trust: string; readonly freshUntil: Instant };

/**
 * What a plan was computed from: everything that the batch may touch. Plans are made in order, each on the basis the one before left,
 * so this is a working copy, written to by `advance` alone and found in through `holding.ts`. Who is in it, is in it whole: with the
 * other subjects of the person, and all links, rulings, cases and verdicts about them.
 */
export type Basis = {
  readonly policy: Policy;
  readonly sources: ReadonlyMap<SourceKey, Source>;
  /** Makes the stable id of a source's own key. Pure: the same key gives the same id on this store. */
  readonly mint: (source: SourceKey, type: string, key: string) => ResourceId;
  /** Search parameters that SearchParameter resources define, by which what is written is indexed, too. */
  readonly parameters: CustomTable;
  readonly subjects: Map<SubjectId, SubjectRecord>;
  readonly subjectByKey: Map<string, SubjectId>;
  /** Subjects of each person. */
  readonly members: Map<SubjectId, Set<SubjectId>>;
  readonly lookup: Map<string, Set<SubjectId>>;
  /** By each of the two subjects. */
  readonly links: Map<SubjectId, readonly Link[]>;
  /** By subject. */
  readonly rulings: Map<SubjectId, readonly Ruling[]>;
  readonly resources: Map<string, ResourceRecord>;
  /** Those of `resources` that are allergies, by the subject they are about. */
  readonly allergies: Map<SubjectId, Set<string>>;
  /** Those of `resources` that stand in clinical lists, problems and medicines, by the subject they are about. */
  readonly listed: Map<SubjectId, Set<string>>;
  /** All statements of a resource, loaded only where a late one asks for the whole fold. */
  readonly histories: Map<string, readonly Spoken[]>;
  readonly cases: Map<string, OpenCase>;
  /** Ids of the open cases about each person. */
  readonly casesOf: Map<string, Set<string>>;
  readonly verdicts: Map<SubjectId, VerdictSummary>;
  /** Of persons judged since this basis began. */
  readonly judged: Map<SubjectId, JudgedBefore>;
  /** `source key` to the open receipts that stand before later ones of that key, oldest first. */
  readonly blocks: Map<string, readonly ReceiptId[]>;
  /** Receipts named by a retry or reject ruling, with what is needed to settle them. */
  readonly targets: Map<
    ReceiptId,
    { readonly state: ReceiptState; readonly source: SourceKey; readonly orderingKeys: readonly string[] }
  >;
};

export type PlannedStatement = Spoken & Pick<PreparedDraft, 'origins' | 'position'> & { readonly home: Home };
export type PlannedLink = Link & { readonly home: Home };
export type PlannedRuling = Omit<Ruling, 'id'> & { readonly home: Home };
/** A subject after the plan; `lookupKeys` are given when they may have changed. */
export type PlannedSubject = SubjectRecord & {
  readonly lookupKeys: readonly string[] | undefined;
  /** False where nothing is to be written but perhaps the view. */
  readonly isNews: boolean;
  /** True when the view is to be stored: enough was said since it last was, or it cannot be folded on from there. */
  readonly storeView: boolean;
};
export type PlannedVersion = {
  readonly home: Home;
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly deleted: boolean;
  readonly subject: SubjectId | undefined;
  /** With server-owned id and meta. Undefined: what is served stays, only the view behind it moved on. */
  readonly text: string | undefined;
  readonly view: View | undefined;
  readonly behind: number;
  /** As for subjects. */
  readonly storeView: boolean;
  readonly digest: string;
  /** Undefined where the content, and so what finds it, is as it was. */
  readonly search: IndexEntries | undefined;
};
export type PlannedCase =
  | ({
      readonly action: 'open';
      readonly home: Home;
      readonly harm: HarmClass | undefined;
      readonly detail: unknown;
    } & OpenCase)
  /** Something happened to an open case: it gets these steps, all of them, or another way to be handled. */
  | {
      readonly action: 'note';
      readonly id: string;
      readonly steps: readonly CaseStep[];
      readonly handling: OpenCase['handling'];
    }
  | { readonly action: 'close'; readonly id: string };

/** One line of what a receipt did, for its journey and for the answer to an API write. */
export type Effect = {
  readonly kind: 'statement' | 'unchanged' | 'link' | 'version' | 'case' | 'ruling';
  readonly target: string;
  readonly summary: string;
  /** Entry of a Bundle that it is about, where no statement says so. */
  readonly position?: string;
};

/** All effects of one receipt, not yet committed. Commits whole or not at all. */
export type Plan = {
  readonly receipt: ReceiptId;
  readonly source: SourceKey;
  readonly state: ReceiptState;
  readonly reasons: readonly StateReason[];
  readonly waitingFor: ReceiptId | undefined;
  /** When it was planned: the time of its versions. */
  readonly at: Instant;
  readonly statements: readonly PlannedStatement[];
  readonly subjects: readonly PlannedSubject[];
  readonly links: readonly PlannedLink[];
  /** What the record of the plan keeps, for no other input tells it. */
  readonly founded: readonly Founded[];
  readonly merges: readonly Merge[];
  readonly rulings: readonly PlannedRuling[];
  readonly versions: readonly PlannedVersion[];
  readonly verdicts: readonly {
    readonly home: Home;
    readonly person: SubjectId;
    readonly summary: VerdictSummary | undefined;
    /** False where the verdicts are as they were. */
    readonly isNews: boolean;
  }[];
  readonly judged: readonly { readonly person: SubjectId; readonly before: JudgedBefore }[];
  readonly cases: readonly PlannedCase[];
  /** Ordering keys this receipt now blocks. */
  readonly blocks: readonly string[];
  /** True when others wait for this receipt, or may, because it was open before. */
  readonly unblocks: boolean;
  /** Another receipt that a ruling settles. */
  readonly settles:
    | { readonly receipt: ReceiptId; readonly state: ReceiptState; readonly reasons: readonly StateReason[] }
    | undefined;
  readonly issues: readonly Issue[];
  readonly loss: KeptLoss | undefined;
  readonly effects: readonly Effect[];
};

export type {
  AnswerRuling,
  ElementRuling,
  LinkedRuling,
  PersonRuling,
  ProposalRequest,
  ReceiptRuling,
  RejudgeRequest,
  RulingRequest,
  Score,
  SubjectRef,
} from './ruling-request.ts';
export type { LinkDecision, LinkId, StatementId, SubjectIdentity };
