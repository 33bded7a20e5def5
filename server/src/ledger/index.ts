// Public exports of the ledger.
export type { ContentTrouble } from './audit.ts';
export { exportEvidence } from './export-evidence.ts';
export { exportLog } from './export-log.ts';
export { openLedger } from './hashes.ts';
export { openLedgerKey } from './key.ts';
export type { LeafKind, PreparedLeaf, SaltSource } from './leaf.ts';
export { randomSalts, seededSalts } from './salts.ts';
export type { SealMemory } from './seal.ts';
export { type Sealer, type SealerOptions, startSealer } from './sealer.ts';
export { serveCheckpoint, serveTile } from './serve.ts';
export type { EvidenceRequest, LedgerStore, Sealing, StoredCheckpoint } from './types.ts';
