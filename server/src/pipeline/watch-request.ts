// The receipt by which the watch behind the commits tells what it found.
import type { Candidate, Verdict } from '../truth/types.ts';

/** What the watch behind the commits found of a person: cases to open, and those of its own to close. */
export type WatchRequest = {
  readonly kind: 'watch';
  readonly persons: readonly string[];
  readonly conflicts: readonly WatchedConflict[];
  /** Checks of sources that fail, each a case. */
  readonly sources: readonly FailingSource[];
  readonly closes: readonly string[];
  readonly reason: string;
  readonly by: string;
};
export type WatchedConflict = Pick<Verdict, 'element' | 'harm'> & {
  readonly rule: string;
  readonly competing: readonly Candidate[];
};
/** Counts and codes only: nothing of a patient. */
export type FailingSource = { readonly source: string; readonly check: string; readonly sentence: string };
