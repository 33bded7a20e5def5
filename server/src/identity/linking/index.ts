// Scored linking: what the pipeline and the command line use of it.
export { BLOCKING_RULES, type BlockingRule, blockingKeys } from './blocking.ts';
export { type Blocks, isProposed, type LeftOut } from './candidates.ts';
export type { Clustered, Edge } from './cluster.ts';
export { type Candidate, type CaseReason, decide, type Outcome } from './decide.ts';
export { blocksFor, cluster, type Scored, scoreAll } from './link-all.ts';
export { readModel, writeModel } from './read-model.ts';
export { linkageRecordOf } from './record-of-patient.ts';
export {
  independentIdentifiers,
  type Ready,
  ready,
  type Scorer,
  score,
  scorerOf,
  shareIdentifier,
  vetoesOf,
  waterfall,
} from './score.ts';
export { train } from './train.ts';
export type { Bar, Decision, Field, LinkageRecord, Model, Veto, Waterfall } from './types.ts';
