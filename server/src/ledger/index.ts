// Public exports of the ledger.
export { auditContents, type ContentTrouble } from './audit.ts';
export { exportEvidence } from './export-evidence.ts';
export { exportLog } from './export-log.ts';
export { openLedger } from './hashes.ts';
export { KEY_FILE, openLedgerKey, PUBLIC_KEY_FILE } from './key.ts';
export { type LeafKind, type PreparedLeaf, prepareLeaf, type SaltSource } from './leaf.ts';
export { consistencyProof, inclusionProof, inclusionProofs, rootAt } from './prove.ts';
export { readCheckpoint, readCheckpointBefore, readCheckpoints, readHeadSize, readLatestCheckpoint } from './reader.ts';
export { rebuildTiles } from './rebuild.ts';
export { randomSalts, seededSalts } from './salts.ts';
export { type SealMemory, seal } from './seal.ts';
export { type Sealer, type SealerOptions, startSealer } from './sealer.ts';
export { serveCheckpoint, serveTile } from './serve.ts';
export type { EvidenceRequest, LedgerStore, Sealing, StoredCheckpoint } from './types.ts';
export { appendLeaves, takeIndexes } from './writer.ts';
