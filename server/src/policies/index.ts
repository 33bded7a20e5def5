// What other domains may use of the life of policies.
export { type ActivePolicy, holdPolicy, type PolicyText } from './active-policy.ts';
export { verdictsUnder } from './compare.ts';
export { type Example, type ExampleResult, readExamples, runExample } from './examples.ts';
export { type LifeOptions, type PolicyLife, readPolicyText, startPolicyLife } from './life-cycle.ts';
export type { PolicyDiff, PolicyState, PolicySummary, ReasonChange, Step, VerdictChange, Who } from './types.ts';
