// The words of a policy's life: proposed, approved by somebody else, in force, and what it would change.
import type { Instant, SourceKey } from '../base/ids.ts';
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
/** The same values in the same state, held for another reason: nothing else is served, another rule or class stands behind it. */
export type ReasonChange = {
  readonly element: string;
  readonly state: VerdictState;
  readonly before: Reason;
  readonly after: Reason;
  readonly count: number;
  /** Ids of patients. */
  readonly examples: readonly string[];
};
export type Reason = { readonly rule: string; readonly harm: HarmClass };
/** The trust that a source is left with by the checks of what it says that fail. */
export type TrustChange = { readonly source: SourceKey; readonly before: number; readonly after: number };
export type CaseChanges = { readonly opened: number; readonly closed: number };

/** What a policy would change for everybody who is known, if it were in force instead of the active one. */
export type PolicyDiff = {
  readonly from: string;
  readonly to: string;
  /** Changed: another verdict, or another reason for the same. */
  readonly persons: { readonly compared: number; readonly changed: number };
  readonly verdicts: readonly VerdictChange[];
  readonly reasons: readonly ReasonChange[];
  readonly cases: CaseChanges & { readonly byHarm: readonly (CaseChanges & { readonly harm: HarmClass })[] };
  /** Sources that the rules about failing checks would leave another trust. */
  readonly sources: readonly TrustChange[];
  /** What no policy changes, said in a sentence each, so that nobody has to guess why there is no figure. */
  readonly unaffected: { readonly identity: string; readonly dispatches: string };
  readonly done: boolean;
  /** From 0 to 1. */
  readonly progress: number;
};
