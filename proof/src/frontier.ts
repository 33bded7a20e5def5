// The right edge of a growing tree: enough to append a leaf and to know the root, in memory of O(log n).
import { joinSubtrees, nodeHash } from './merkle.ts';

/** Roots of the complete subtrees that make up the tree, largest first: one for each 1 bit of `size`. */
export type Frontier = { size: number; readonly subtrees: Uint8Array[] };

export function emptyFrontier(): Frontier {
  return { size: 0, subtrees: [] };
}

/** Appends in place: a log of millions of leaves is folded through one frontier. */
export function appendLeaf(frontier: Frontier, leaf: Uint8Array): void {
  let hash = leaf;
  // A carry, as in binary counting: while the lowest bit is 1 its subtree pairs with the new one. Sizes pass 2^32, so no bit operators.
  for (let size = frontier.size; size % 2 === 1; size = (size - 1) / 2) {
    const left = frontier.subtrees.pop();
    if (left === undefined) throw new RangeError('the frontier does not fit its size');
    hash = nodeHash(left, hash);
  }
  frontier.subtrees.push(hash);
  frontier.size += 1;
}

export function frontierRoot(frontier: Frontier): Uint8Array {
  return joinSubtrees(frontier.subtrees);
}
