// What comes of a ruling: what it appends, or why it cannot be taken.                                                     (pure)
import type { SubjectId } from '../base/ids.ts';
import type { LinkDecision } from '../identity/types.ts';
import type { StateReason } from '../intake/types.ts';
import type { Plan, PlannedCase, PlannedRuling } from './types.ts';

export type Ruled =
  | { readonly ok: false; readonly reason: StateReason }
  | {
      readonly ok: true;
      readonly links: readonly LinkDecision[];
      readonly rulings: readonly PlannedRuling[];
      /** Subjects whose persons must be judged again. */
      readonly touched: readonly SubjectId[];
      readonly settles: Plan['settles'];
      /** Cases that it opens. */
      readonly opens?: readonly PlannedCase[];
    };

export function refuse(code: string, message: string): Ruled {
  return { ok: false, reason: { code, message } };
}
