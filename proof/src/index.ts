// The public face of the proof package: Merkle log, signed checkpoints, content encodings, evidence and its verifier.
export { concatBytes } from './bytes.ts';
export { canonicalJson, sameJson } from './canonical.ts';
export { type Checkpoint, checkpointText, openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
export {
  CONTENT_FORMS,
  type LinkFields,
  linkContent,
  type PolicyFields,
  policyContent,
  type ReceiptFields,
  type RulingFields,
  receiptContent,
  rulingContent,
  type SourceFields,
  type StatementFields,
  sourceContent,
  statementContent,
} from './contents.ts';
export { decodeEvidence, type Evidence, encodeEvidence, type OpenedLeaf, sealEvidence } from './evidence.ts';
export { type Explained, type Explanation, readExplanation } from './explanation.ts';
export type { Finding, Verification, VerifyOptions } from './finding.ts';
export { appendLeaf, emptyFrontier, type Frontier, frontierRoot } from './frontier.ts';
export {
  commit,
  ENTRY_BYTES,
  LEAF_KINDS,
  type LeafEntry,
  type LeafKind,
  leafEntry,
  readLeafEntry,
  SALT_BYTES,
} from './leaf.ts';
export { encodeLogLine, entriesLine, LOG_LINE_ENTRIES_MAX, type LogLine } from './log-file.ts';
export { EMPTY_ROOT, joinSubtrees, leafHash, nodeHash, rootOf } from './merkle.ts';
export {
  formatVerifierKey,
  generateKeyPem,
  openNote,
  parseVerifierKey,
  publicBytes,
  type Signer,
  signerOf,
  signNote,
  type Verifier,
} from './note.ts';
export { type Content, encodeContent, openContent } from './open-content.ts';
export {
  assembleProof,
  consistencyPlan,
  inclusionPlan,
  type Node,
  nodesOf,
  type ProofPlan,
  rootPlan,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts';
export { type AskedPath, parseAskedPath, startsAtResource } from './said-value.ts';
export { Malformed } from './shape.ts';
export {
  appendToEdge,
  edgeRoot,
  emptyEdge,
  type FullTile,
  parseTilePath,
  splitHashes,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileEdge,
  type TileName,
  tilePath,
  tileSpanOf,
  tileWidthAt,
} from './tiles.ts';
export { verifyEvidence } from './verify-evidence.ts';
export { verifyLog } from './verify-log.ts';
