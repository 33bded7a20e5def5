// What is sent, where to, and what became of it.

/** Where `--to` points. */
export type Target =
  | { readonly kind: 'mllp'; readonly host: string; readonly port: number }
  | { readonly kind: 'fhir' | 'receipts'; readonly url: string }
  | { readonly kind: 'folder'; readonly directory: string };

export type Content = 'hl7v2' | 'fhir-json' | 'fhir-ndjson' | 'csv';

/** One thing that is acknowledged by itself: a message, a resource, or a whole file. */
export type Parcel = {
  /** File as given, and where in it: `message 3`, `line 12`; empty for the whole file. */
  readonly file: string;
  readonly place: string;
  readonly content: Content;
  readonly bytes: Uint8Array;
  /** Parcels with the same key go one after another, so that the order of one patient's messages holds. */
  readonly orderingKey: string;
};

/** `unanswered`: sent, and the sender asked for no answer. `reason` never quotes the content. */
export type Outcome =
  | { readonly kind: 'accepted' | 'unanswered' }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export type Refusal = { readonly file: string; readonly place: string; readonly code: string; readonly reason: string };

export type Late = { readonly parcel: Pick<Parcel, 'file' | 'place'>; readonly outcome: Outcome };

/** One way of sending; one at a time for each lane. */
export type Lane = {
  send(parcel: Parcel): Promise<Outcome>;
  /** Resolves with what was refused after all, of parcels whose outcome had been given. */
  close(): Promise<readonly Late[]>;
};

export type SendOptions = {
  readonly target: Target;
  readonly files: readonly string[];
  readonly source: string | undefined;
  readonly connections: number;
  /** Parcels a second over all connections; undefined: as fast as they are acknowledged. */
  readonly perSecond: number | undefined;
  readonly timeoutMs: number;
  readonly json: boolean;
};
