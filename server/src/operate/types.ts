// Answers of the operations API (/api/v1), shared with the console as types.

import type { Instant } from '../base/ids.ts';
import type { ReceiptState, StateReason } from '../intake/types.ts';
import type { LossAccount } from '../mapping/types.ts';
import type { Score } from '../pipeline/types.ts';
import type { CaseStep, CaseWait, ProposedStep } from '../truth/case-steps.ts';
import type { ConflictCase } from '../truth/conflict-case.ts';
import type { CaseAge } from '../truth/escalation.ts';
import type { LinkTold } from '../truth/link-stakes.ts';
import type { CaseRule } from '../truth/types.ts';
import type { Reached } from '../truth/withdrawal.ts';
import type { Issue } from '../validation/types.ts';

export type StateCounts = { readonly [state in ReceiptState]: number };
export type OpenState = 'received' | 'waiting' | 'quarantined' | 'held';

/** An open receipt, how long it has been so, and how long it may be. */
export type OpenItem = {
  readonly receipt: number;
  readonly ageSeconds: number;
  readonly limitSeconds: number;
  readonly overdue: boolean;
};

/** One line of the books. residual = received - sum of states, and must be 0. */
export type BooksLine = {
  readonly received: number;
  readonly states: StateCounts;
  readonly residual: number;
  /** The oldest receipt in each open state that has any. */
  readonly oldest: { readonly [state in OpenState]?: OpenItem };
};
export type SourceBooks = BooksLine & {
  readonly source: string;
  readonly name: string;
  readonly kind: string;
  readonly trust: number;
  readonly lastReceivedAt: Instant | undefined;
  /** True when nothing came for longer than the source's usual cadence allows. */
  readonly silent: boolean;
};
/** GET /api/v1/books */
export type Books = {
  readonly index: number;
  readonly at: Instant;
  readonly total: BooksLine;
  /** Open cases of each kind, and those of them whose time is over. */
  readonly cases: { readonly open: CaseCounts; readonly overdue: CaseCounts };
  readonly sources: readonly SourceBooks[];
};

/** GET /api/v1/receipts?source=&state=&_count=&before= : newest first. */
export type ReceiptSummary = {
  readonly id: number;
  readonly source: string;
  readonly door: string;
  readonly format: string;
  readonly receivedAt: Instant;
  readonly sizeBytes: number;
  readonly state: ReceiptState;
  readonly reasons: readonly StateReason[];
  readonly waitingFor: number | undefined;
};
export type ReceiptPage = { readonly receipts: readonly ReceiptSummary[]; readonly next: number | undefined };

/** One step of a receipt's journey. `durationMs` is since the step before. */
export type JourneyStep = {
  readonly step: string;
  readonly at: Instant;
  readonly durationMs: number;
  readonly detail: string;
};
export type ReceiptEffect = {
  readonly kind: 'statement' | 'link' | 'version' | 'case' | 'ruling';
  /** Of a statement or a link, as people read it: `1045.3`, the third part of receipt 1045 (from 0). */
  readonly id: string | undefined;
  /** Of a statement: its number as `$explain`, cases and rulings have it. */
  readonly statement: number | undefined;
  /** Ledger index of its leaf, by which evidence and the exported ledger name it. */
  readonly index: number | undefined;
  /** `Patient/abc`, a link's two subjects, a case id. */
  readonly target: string;
  readonly summary: string;
  /** Origins of a statement: which bytes became which element. */
  readonly origins: readonly {
    readonly path: string;
    readonly position: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** The statement's resource as JSON text. */
  readonly text: string | undefined;
};
/** Something that a receipt took back as wrong or as somebody else's, and what was concluded or copied from it. */
export type Withdrawal = {
  /** `Observation/1`. */
  readonly name: string;
  /** Of a patient: the elements of which the statement spoke. */
  readonly elements: readonly string[];
  /** Nearest first. `standing`: it still counts, and a case asks whether it may. */
  readonly reached: readonly (Reached & { readonly standing: boolean })[];
};
/** GET /api/v1/receipts/{id} */
export type ReceiptJourney = ReceiptSummary & {
  readonly deliveryKey: string | undefined;
  readonly note: string | undefined;
  readonly original: number | undefined;
  readonly journey: readonly JourneyStep[];
  readonly issues: readonly Issue[];
  readonly loss: LossAccount | undefined;
  readonly effects: readonly ReceiptEffect[];
  /** What it took back, and what that reaches, as the record stands now. */
  readonly withdrew?: readonly Withdrawal[];
  /** The payload decoded as text (control characters kept), and the charset used. The bytes: GET …/payload. */
  readonly payload: { readonly text: string; readonly charset: string; readonly truncated: boolean };
};

export type CaseKind = 'conflict' | 'possible-link' | 'identity-veto' | 'quarantined' | 'held' | 'source-quality';
export type CaseCounts = { readonly [kind in CaseKind]?: number };
/**
 * GET /api/v1/cases?state=&kind=&harm=&overdue=&limit=&after= : open ones by urgency, harm and deadline, the most urgent, gravest and
 * soonest first; closed ones newest first. `total`, `kinds` and `overdue` (those whose time is over) count all of that state, whatever the page and kind; `next` is the address of the next page.
 */
export type CasePage = {
  readonly cases: readonly CaseSummary[];
  readonly total: number;
  readonly kinds: CaseCounts;
  readonly overdue: CaseCounts;
  readonly next: string | undefined;
};
/** GET /api/v1/cases/{id} */
export type CaseSummary = {
  readonly id: string;
  readonly kind: CaseKind;
  readonly state: 'open' | 'closed';
  readonly harm: string | undefined;
  readonly openedAt: Instant;
  readonly openedBy: number;
  /** How long it has been open; undefined when it is closed. */
  readonly ageSeconds: number | undefined;
  /** Persons concerned: `Patient/<id>`. */
  readonly persons: readonly string[];
  readonly element: string | undefined;
  readonly receipt: number | undefined;
  readonly summary: string;
  /** Fingerprint to send back with a ruling. */
  readonly competingSet: string | undefined;
  readonly competitors: readonly {
    readonly statement: number;
    readonly source: string;
    readonly value: unknown;
    readonly saidAt: Instant;
  }[];
  /** Where scored matching proposed it: what speaks for and against, field by field. */
  readonly detail?: { readonly score: Score };
  /** Of an open case, until when the policy wants it decided. */
  readonly decideBy?: Instant;
  /** Until then, by the clock that ages are told by; negative when it has passed. */
  readonly secondsLeft?: number;
  /** Of an open case: how its time stands at the moment that asks, and how urgent that makes it. */
  readonly age?: CaseAge;
  readonly overdue?: boolean;
  readonly priority?: CaseRule['priority'];
  /** Of an open case about two records: what is at stake, and how many people each ruling takes. */
  readonly link?: LinkTold;
  /** What was done about it, the first first; each is a receipt. */
  readonly steps?: readonly CaseStep[];
  /** What waits for a second person. */
  readonly proposal?: ProposedStep;
  /** Who was asked and until when, or when to look again. */
  readonly waits?: CaseWait;
  /** Of an open conflict asked for by its id: its sides in words, until when to decide, and what can be done about it. */
  readonly conflict?: ConflictCase | undefined;
};
export type DoorState = { readonly ok: boolean; readonly detail: string };
/** A way in and its state. `name` is the address, or the path of a folder; `source` is who speaks there, where that is settled. */
export type DoorHealth = DoorState & {
  readonly door: 'http' | 'mllp' | 'folder';
  readonly name: string;
  readonly source: string | undefined;
};
/** `notice`: what goes wrong there has to be looked at, and keeps nobody from being served. */
export type HealthCheck = DoorState & { readonly name: string; readonly notice?: true };
/** GET /api/v1/health : 200 when ready, 503 when not. Ready is when every door is ok, and every check that is no notice. */
export type Health = {
  readonly ready: boolean;
  readonly checks: readonly HealthCheck[];
  readonly doors: readonly DoorHealth[];
  readonly version: string;
};
