// What a rebuild tells: how far it is, and what it found.
import type { ReceiptId } from '../base/ids.ts';
import type { Founded, Merge } from '../pipeline/types.ts';

/** How far the replay is. Kept in a table of its own, so that a rebuild that was killed goes on from there. */
export type Progress = {
  /** The commit up to which plans are replayed. */
  readonly epoch: number;
  /** Plans replayed, and all there are by now. */
  readonly done: number;
  readonly total: number;
};

/** One row that is not what the inputs make it. `key` never holds what is said of a patient. */
export type Difference = {
  readonly table: string;
  readonly key: string;
  /** `missing`: computed, and not there. `extra`: there, and not computed. `other`: other bytes. */
  readonly how: 'missing' | 'extra' | 'other';
  /** Columns with other bytes. */
  readonly columns: readonly string[];
};
export type Compared = {
  /** Rows of each table that was compared, as computed. */
  readonly rows: { readonly [table: string]: number };
  /** How many differ in each table where any do. */
  readonly differing: { readonly [table: string]: number };
  /** The first of them. */
  readonly differences: readonly Difference[];
};

/** A plan as it is recorded, with what else a replay needs of its receipt. */
export type PlanRow = {
  readonly epoch: number;
  readonly place: number;
  readonly receipt: ReceiptId;
  readonly at: string;
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly state: string;
  /** Pieced together by the migration that began the record. */
  readonly seeded: boolean;
  readonly reasons: readonly { readonly code: string; readonly message: string }[] | null;
  readonly founded: readonly Omit<Founded, 'addressed'>[] | null;
  readonly merges: readonly Merge[] | null;
  readonly source: string;
  readonly format: string;
  readonly receivedAt: string;
  /** Of a ruling alone. */
  readonly bytes: Uint8Array | null;
};
