// What doors hand to intake, and what they may say once intake has made it durable.
import type { Instant, ReceiptId, SourceKey } from '../base/ids.ts';
import type { FhirInteraction, Format } from '../mapping/types.ts';

export type Door = 'mllp' | 'fhir' | 'receipts' | 'folder' | 'ruling' | 'timer';

/** Bytes that reached a door, with all the door knows. Intake appends it; nothing is said to the sender before that commits. */
export type Delivery = {
  readonly door: Door;
  readonly source: SourceKey;
  readonly format: Format;
  readonly bytes: Uint8Array;
  readonly receivedAt: Instant;
  /**
   * The sender's own id of this delivery: `MSH-3|MSH-4|MSH-10` for HL7 v2, `Idempotency-Key`, file name plus position. Same id and
   * same bytes: a duplicate. Same id and other bytes: a conflict. Undefined: never deduplicated.
   */
  readonly deliveryKey: string | undefined;
  /** Keys whose order must hold: the source's patient keys, or the resource. Empty when they cannot be read. */
  readonly orderingKeys: readonly string[];
  readonly interaction: FhirInteraction | undefined;
  /** Why this cannot be used as it is (framing, charset, unparsable): the receipt is stored, and quarantined with this reason. */
  readonly defect:
    | { readonly code: string; readonly message: string; readonly start: number; readonly end: number }
    | undefined;
  /** File name, batch position, peer: shown in the journey. Never patient data. */
  readonly note: string | undefined;
};

export type Admission = {
  readonly receipt: ReceiptId;
  /** `received`: new. `duplicate`: same id and bytes as `original`. `conflict`: same id, other bytes; quarantined. */
  readonly outcome: 'received' | 'duplicate' | 'conflict';
  readonly original: ReceiptId | undefined;
  readonly receivedAt: Instant;
};

export type ReceiptState =
  | 'received'
  | 'waiting'
  | 'quarantined'
  | 'held'
  | 'applied'
  | 'duplicate'
  | 'superseded'
  | 'rejected';

/** Why a receipt is in its state: a stable code and a sentence without patient data; position where one is known. */
export type StateReason = {
  readonly code: string;
  readonly message: string;
  readonly position?: string;
  readonly start?: number;
  readonly end?: number;
};

/** A receipt's state after the pipeline has seen it (for a duplicate: the original's). */
export type Settled = {
  readonly receipt: ReceiptId;
  readonly state: ReceiptState;
  readonly reasons: readonly StateReason[];
};

/** What a door needs of the rest of the server. Both promises reject with `Failed` when the store cannot be reached. */
export type Intake = {
  /** Resolves after the commit that made the receipt durable. Concurrent calls share commits. */
  submit(delivery: Delivery): Promise<Admission>;
  /** Resolves when the receipt is in a state other than `received`, or when `timeoutMs` has passed (then with `received`). */
  settled(receipt: ReceiptId, timeoutMs: number): Promise<Settled>;
};

/** How one connection acknowledges: data, because partners disagree on AE and AR. */
export type AckPolicy = {
  /** What AA promises: stored durably, or processed by the pipeline. */
  readonly promise: 'stored' | 'processed';
  /** Acknowledgement code by outcome (original mode; enhanced mode uses the C or A form of the same letter). */
  readonly codes: { readonly [outcome in AckOutcome]: 'AA' | 'AE' | 'AR' };
  /** How long a `processed` ACK may wait before it is answered by `timeout`. */
  readonly waitMs: number;
};
export type AckOutcome =
  | 'stored'
  | 'applied'
  | 'duplicate'
  | 'conflict'
  | 'waiting'
  | 'quarantined'
  | 'held'
  | 'rejected'
  | 'unparsable'
  | 'too-large'
  | 'store-unavailable'
  | 'timeout';
