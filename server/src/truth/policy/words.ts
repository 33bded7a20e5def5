// The words that a policy may use. The loader and the published schema are made from these, so neither can know a word alone.

import type { Check } from '../../quality/types.ts';
import type { Criterion } from '../choose.ts';
import type { CaseRule, ElementPolicy, HarmClass, LinkStake, SameTime } from '../types.ts';

export const HARM_CLASSES: readonly HarmClass[] = ['H0', 'H1', 'H2', 'H3'];
export const CARDINALITIES = ['single', 'list'] as const;
export const CRITERIA: readonly Criterion[] = ['trust', 'recency', 'precision'];
export const YES_NO = ['true', 'false'] as const;
export const SHOWN: readonly NonNullable<ElementPolicy['whenConflicting']>[] = ['all', 'undisputed', 'none'];
export const SAME_TIMES: readonly SameTime[] = ['any', 'year', 'month', 'day', 'minute'];
export const PRIORITIES: readonly CaseRule['priority'][] = ['immediate', 'urgent', 'soon', 'routine'];
export const SECOND_APPROVERS: readonly CaseRule['secondApprover'][] = ['never', 'when-removing', 'always'];
/** Of cases about who somebody is. */
export const LINK_APPROVERS: readonly CaseRule['secondApprover'][] = ['never', 'when-joining', 'always'];
/** What is at stake in such a case. */
export const LINK_STAKES = [
  'plain',
  'several-records',
  'grave',
  'vetoed',
  'contradicting',
] as const satisfies readonly LinkStake[];
// http://terminology.hl7.org/CodeSystem/data-absent-reason
export const ABSENT_REASONS = [
  'unknown',
  'asked-unknown',
  'temp-unknown',
  'not-asked',
  'asked-declined',
  'masked',
  'not-applicable',
  'unsupported',
  'as-text',
  'error',
  'not-a-number',
  'negative-infinity',
  'positive-infinity',
  'not-performed',
  'not-permitted',
] as const;

export const TRUST_MAX = 100;
export const POLICY_KEYS = [
  'policy',
  'version',
  'description',
  'include',
  'sources',
  'cases',
  'links',
  'quality',
  'elements',
] as const;
export const PART_KEYS = ['description', 'sources', 'cases', 'links', 'elements'] as const;
export const ELEMENT_KEYS = [
  'harm',
  'cardinality',
  'choose',
  'equivalence',
  'stale-after-days',
  'keep-retired',
  'when-conflicting',
  'same-time',
  'case',
  'absent-reason',
  'why',
] as const;
export const CASE_KEYS = ['priority', 'decide-within-hours', 'second-approver', 'why'] as const;
export const LINK_KEYS = ['harm', ...CASE_KEYS] as const;
export const SOURCE_KEYS = ['trust', 'elements', 'why'] as const;
export const SOURCE_ELEMENT_KEYS = ['trust', 'stale-after-days'] as const;
export const QUALITY_KEYS = ['lowers', 'opens-cases', 'why'] as const;
/** Checks that may fail (quality/types.ts); those that are only notable lower nothing. */
export const QUALITY_CHECKS = [
  'nhs-number-column',
  'nhs-number-valid',
  'completeness-drop',
  'unit-drift',
  'value-drift',
] as const satisfies readonly Check[];
