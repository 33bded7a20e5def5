// Leaves made ready in memory, to be appended with the rows they commit to (see writer.ts).
import { commit, type LeafKind, leafEntry, leafHash } from '@vouch/proof';

export { appendLeaves, leafColumns, takeIndexes } from './writer.ts';
export type { LeafKind };

/** 16 random bytes a leaf. Passed in, so that a seeded run gives the same ledger. */
export type SaltSource = () => Uint8Array;
export type PreparedLeaf = {
  readonly kind: LeafKind;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  readonly hash: Uint8Array;
};

/** Commits to `content` (see the content encodings of the proof package) with a fresh salt. */
export function prepareLeaf(kind: LeafKind, content: Uint8Array | string, salts: SaltSource): PreparedLeaf {
  const salt = salts();
  const commitment = commit(salt, content);
  return { kind, salt, commitment, hash: leafHash(leafEntry({ kind, commitment })) };
}
