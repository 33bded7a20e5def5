// What the record answers with.
import type { Instant, ResourceId } from '../base/ids.ts';

/** One version as stored: its text is served byte for byte. */
export type StoredVersion = {
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
  readonly at: Instant;
  /** Ledger size from which on this is what was served. */
  readonly index: number;
  readonly receipt: number;
  readonly deleted: boolean;
  readonly text: string;
};

/** Where a page of a history ends: the version before which the next one goes on. */
export type HistoryCursor = Pick<StoredVersion, 'index' | 'type' | 'id' | 'version'>;
export type HistoryAsked = {
  /** Undefined: of everything. */
  readonly type: string | undefined;
  /** Undefined: of all of the type. */
  readonly id: string | undefined;
  /** Made at this time or later. */
  readonly since: string | undefined;
  /** Current at some time of this period; `to` is not part of it. */
  readonly at: { readonly from: string; readonly to: string } | undefined;
  readonly before: HistoryCursor | undefined;
  readonly count: number;
};
export type HistoryVersion = StoredVersion & {
  /** Kind of the interaction that wrote it, or the letter of its entry in a transaction; null where it did not come by the FHIR API. */
  readonly written: string | null;
};
