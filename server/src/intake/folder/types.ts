// What a watched folder is told, what it makes of a file, and what it writes beside it.
import type { Clock } from '../../base/clock.ts';
import type { SourceKey } from '../../base/ids.ts';
import type { Format } from '../../mapping/types.ts';
import type { Delivery, Intake } from '../types.ts';

export type FolderOptions = {
  /** Holds `in/`, `done/` and `failed/`, which are made when they are not there. */
  readonly directory: string;
  readonly source: SourceKey;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly events: { incident(what: string, error?: unknown): void };
  /** How often the folder is looked at; the system's own hints only make it sooner. */
  readonly intervalMs?: number;
  /** How long a file's size and time must stand still before it counts as complete. */
  readonly settleMs?: number;
  readonly sizeBytesMax?: number;
};

export type FolderWatcher = {
  /** Whether files are taken, or why not. Names no file. */
  state(): { readonly ok: boolean; readonly detail: string };
  close(): Promise<void>;
};

/** One receipt to be made of a file. */
export type Parcel = Pick<Delivery, 'bytes' | 'deliveryKey' | 'orderingKeys' | 'defect' | 'note'>;

/** Something about a file that a person should know; positions are bytes of the file. */
export type FileFinding = {
  readonly code: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly start: number;
  readonly end: number;
};

/** `unusable`: no receipt can be made of it, and it goes to `failed/`. */
export type FileContent =
  | {
      readonly ok: true;
      readonly format: Format;
      readonly parcels: readonly Parcel[];
      readonly findings: readonly FileFinding[];
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Written beside the file as `<file>.result.json`. */
export type FileResult = {
  readonly file: string;
  readonly sizeBytes: number;
  readonly takenAt: string;
  readonly outcome: 'done' | 'failed';
  /** Why it failed. */
  readonly reason: { readonly code: string; readonly message: string } | undefined;
  readonly format: Format | undefined;
  readonly counts: { readonly received: number; readonly duplicate: number; readonly conflict: number };
  readonly receipts: readonly {
    readonly receipt: number;
    readonly outcome: string;
    readonly original: number | undefined;
    readonly note: string | undefined;
    readonly defect: string | undefined;
  }[];
  readonly findings: readonly FileFinding[];
};
