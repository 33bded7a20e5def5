// The words of a policy's life: proposed, approved by somebody else, in force, and what it would change.
import type { Instant } from '../base/ids.ts';
import type { HarmClass, VerdictState } from '../truth/types.ts';

export type PolicyState = 'proposed' | 'approved' | 'active' | 'was-active';
export type PolicySummary = {
  /** `uk-default@2`. */
  readonly name: string;
  readonly state: PolicyState;
  readonly proposed: Step | undefined;
  readonly approved: Step | undefined;
  /** Each time it came in force, oldest first. */
  readonly activated: readonly (Partial<Step> & { readonly at: Instant; readonly index: number })[];
};
export type Step = { readonly by: string; readonly reason: string; readonly at: Instant };
export type Who = { readonly by: string; readonly reason: string };

export type VerdictChange = {
  readonly element: string;
  readonly harm: HarmClass;
  readonly before: VerdictState | 'none';
  readonly after: VerdictState | 'none';
  readonly count: number;
  /** Ids of patients. */
  readonly examples: readonly string[];
};
/** What a policy would change for everybody who is known, if it were in force instead of the active one. */
export type PolicyDiff = {
  readonly from: string;
  readonly to: string;
  readonly persons: { readonly compared: number; readonly changed: number };
  readonly verdicts: readonly VerdictChange[];
  readonly cases: { readonly opened: number; readonly closed: number };
  readonly done: boolean;
  /** From 0 to 1. */
  readonly progress: number;
};
