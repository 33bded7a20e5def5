// The one order of statements of a source: by when it said so, then by their place in the ledger.
import type { Instant, StatementId } from '../base/ids.ts';
import type { Spoken } from './types.ts';

type Moment = { readonly saidAt: Instant; readonly id: StatementId };

/** Negative when `a` was said first. Instants are fixed-width UTC, so comparing their text compares the times. */
export function compareMoments(a: Moment, b: Moment): number {
  if (a.saidAt !== b.saidAt) return a.saidAt < b.saidAt ? -1 : 1;
  return a.id - b.id;
}

/** The latest of some instants; empty text for none. */
export function latest(instants: readonly string[]): string {
  let found = '';
  for (const instant of instants) if (instant > found) found = instant;
  return found;
}

/** The same statements in order; the given array when it is in order already. */
export function inOrder<S extends Spoken>(statements: readonly S[]): readonly S[] {
  for (let i = 1; i < statements.length; i++) {
    const [before, after] = [statements[i - 1], statements[i]];
    if (before !== undefined && after !== undefined && compareMoments(before, after) > 0) {
      return [...statements].sort(compareMoments);
    }
  }
  return statements;
}
