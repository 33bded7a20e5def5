// The Merkle tree hash of RFC 6962, section 2.1 (https://www.rfc-editor.org/rfc/rfc6962#section-2.1), with SHA-256.
import { HASH_BYTES, sha256 } from './bytes.ts';

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of a tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Hash of one entry. The prefix keeps a leaf from ever passing as a node. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(1 + entry.length);
  input[0] = LEAF_PREFIX;
  input.set(entry, 1);
  return sha256(input);
}

// Reused between calls: hashing is synchronous, and an allocation per node would be the larger half of the cost.
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);
nodeInput[0] = NODE_PREFIX;

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    throw new RangeError('a node has two hashes of 32 bytes');
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** Root over leaf hashes. Works level by level, so its depth does not depend on the number of leaves. */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  if (leafHashes.length === 0) return EMPTY_ROOT;
  let level = leafHashes;
  while (level.length > 1) level = parentLevel(level);
  return level[0] ?? EMPTY_ROOT;
}

// A last hash without a partner moves up unchanged; that yields the tree of RFC 6962, whose left side is always full.
function parentLevel(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let position = 0; position < level.length; position += 2) {
    const left = level[position];
    const right = level[position + 1];
    if (left !== undefined) parents.push(right === undefined ? left : nodeHash(left, right));
  }
  return parents;
}

/** Joins complete subtrees that lie side by side, largest first, into the hash of the range they cover. */
export function joinSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}
