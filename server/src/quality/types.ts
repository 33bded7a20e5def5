// The words of data quality: what is counted of statements, and what is found by it. Counts and codes, never what was said of anybody.
import type { SourceKey } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';

/** A statement as counting sees it. */
export type Counted = {
  readonly source: SourceKey;
  readonly type: string;
  /** `2026-03`: the window it belongs to. */
  readonly window: string;
  readonly resource: JsonObject;
};
export type Counts = { readonly [key: string]: number };
/** What one source said of one type in one window. Adding two of these gives that of both. */
export type Counter = {
  readonly source: SourceKey;
  readonly type: string;
  readonly window: string;
  readonly statements: number;
  /** Statements that carry the element. */
  readonly elements: Counts;
  /** `nhs-number valid`, `birthDate first-of-january`, …: how often a check was made of a value, and what came of it. */
  readonly checks: Counts;
  /** `gender male`, `unit 2823-3 mmol/L`, `size 2823-3 mmol/L 2`: how often each value of a closed set, unit or order of size was given. */
  readonly values: Counts;
};
/** How often two sources that speak of the same person said the same. */
export type Agreement = {
  readonly source: SourceKey;
  readonly other: SourceKey;
  readonly element: string;
  readonly same: number;
  readonly compared: number;
};

export const CHECKS = [
  'nhs-number-column',
  'nhs-number-valid',
  'birth-date-default',
  'completeness',
  'completeness-drop',
  'unit-drift',
  'value-drift',
  'agreement',
] as const;
export type Check = (typeof CHECKS)[number];
export type Finding = {
  readonly check: Check;
  readonly severity: 'failing' | 'notable';
  readonly source: SourceKey;
  readonly other?: SourceKey;
  readonly type: string;
  readonly element: string;
  /** The first and the last month it is about. */
  readonly from: string;
  readonly to: string;
  /** Of so many, so many. */
  readonly of: number;
  readonly count: number;
  readonly sentence: string;
};
/** What a policy makes of failing checks: by how much each lowers the trust of its source. None is ever a reason to delete. */
export type QualityRules = { readonly lowers: { readonly [check in Check]?: number }; readonly opensCases: boolean };
