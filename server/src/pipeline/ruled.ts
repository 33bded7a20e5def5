// What comes of a ruling: what it appends, or why it cannot be taken.                                                     (pure)
import type { SubjectId } from '../base/ids.ts';
import type { LinkDecision } from '../identity/types.ts';
import type { StateReason } from '../intake/types.ts';
import type { CaseStep } from '../truth/case-steps.ts';
import type { OpenCase, Plan, PlannedCase, PlannedRuling } from './types.ts';

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
      /** What it adds to open cases. */
      readonly notes?: readonly PlannedCase[];
      /** Cases that it closes. */
      readonly closes?: readonly string[];
    };

export function refuse(code: string, message: string): Ruled {
  return { ok: false, reason: { code, message } };
}

/** A ruling that changes nothing but what is known of a case. */
export function noted(...notes: readonly PlannedCase[]): Ruled {
  return { ok: true, links: [], rulings: [], touched: [], settles: undefined, notes };
}

export function opens(one: PlannedCase): Ruled {
  return { ok: true, links: [], rulings: [], touched: [], settles: undefined, opens: [one] };
}

export function note(open: OpenCase, step: CaseStep, handling = open.handling): PlannedCase {
  return { action: 'note', id: open.id, handling, steps: [...open.steps, step] };
}
