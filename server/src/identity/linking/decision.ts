// The thresholds, fixed before any score is seen, in thousandths of a bit of the odds that two records are one person.
import type { Decision } from './types.ts';

export const DECISION: Decision = {
  /** 128 to 1. */
  link: 7_000,
  /** Even odds: worth a human's look. */
  review: 0,
  /** The best person must be eight times as likely as the next. */
  margin: 3_000,
  /** Sixteen times as likely among records of one person as among strangers. */
  identifier: 4_000,
  /** All that a household shares counts no more than this: it tells a house, not a person. */
  householdMost: 16_000,
};
