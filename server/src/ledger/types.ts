// What the ledger is to the rest of the server: a number line whose leaves are sealed under signed checkpoints.
import type { Signer } from '@vouch/proof';
import type { Clock } from '../base/clock.ts';
import type { Db, Sql } from '../base/db.ts';
import type { Instant } from '../base/ids.ts';

/** One signed head of the log. `note` is the C2SP text to hand out; `at` is when it was sealed, which the note does not say. */
export type StoredCheckpoint = {
  readonly size: number;
  readonly at: Instant;
  readonly root: Uint8Array;
  readonly note: string;
};

/** Reads hashes of the log. `roots` remembers roots of full tiles: they never change, so they are computed once. */
export type LedgerStore = { readonly db: Sql; readonly roots: Map<string, Uint8Array> };

export type Sealing = { readonly db: Db; readonly signer: Signer; readonly clock: Clock };

/** Which inputs to open in an evidence file. Everything an explanation names is opened with it. */
export type EvidenceRequest = {
  readonly receipts?: readonly number[];
  /** Statements and links by their ids. */
  readonly statements?: readonly number[];
  readonly links?: readonly number[];
  /** Any other leaves, by ledger index. */
  readonly leaves?: readonly number[];
  /** The answer of `$explain`: the JSON text as served, or the value that was served as JSON. */
  readonly explanation?: unknown;
  /** Prove that the log only grew since this size; it must be the size of a checkpoint. */
  readonly since?: number;
  /** Include the bytes of receipts. Off unless asked for: they carry patient data beyond the explanation. */
  readonly payloads?: boolean;
};
