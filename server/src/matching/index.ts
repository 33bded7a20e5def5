// What other domains may use of scored matching.
export { recordOfResource } from './record-of-resource.ts';
export { RUN_MODES, type RunMode, type RunResult } from './rerun.ts';
export { type Matching, type MatchingOptions, startMatching } from './start-matching.ts';
export type { Scored } from './types.ts';
