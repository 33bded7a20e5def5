// Inclusion and consistency proofs: which nodes they need, how they are put together, how they are checked.
// Building follows RFC 6962 section 2.1.1 and 2.1.2 without recursion; checking follows RFC 9162 sections 2.1.3.2 and 2.1.4.2.
import { bytesEqual } from './bytes.ts';
import { joinSubtrees, nodeHash } from './merkle.ts';

/** The complete subtree over leaves index·2^level … (index+1)·2^level - 1. */
export type Node = { readonly level: number; readonly index: number };
/** A proof before its hashes are known: each element is the join of some complete subtrees, left to right. */
export type ProofPlan = readonly (readonly Node[])[];

type Range = { readonly from: number; readonly to: number };

/** Subtrees whose join is the root at `size`. */
export function rootPlan(size: number): readonly Node[] {
  return rangeNodes({ from: 0, to: size });
}

export function inclusionPlan(index: number, size: number): ProofPlan {
  if (!isSize(index) || !isSize(size) || index >= size)
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const siblings: Range[] = [];
  let range: Range = { from: 0, to: size };
  while (range.to - range.from > 1) {
    const middle = range.from + splitOf(range.to - range.from);
    const [inside, beside] = index < middle ? cut(range, middle) : swap(cut(range, middle));
    siblings.push(beside);
    range = inside;
  }
  return siblings.reverse().map(rangeNodes);
}

export function consistencyPlan(from: number, to: number): ProofPlan {
  if (!isSize(from) || !isSize(to) || from < 1 || from > to) {
    throw new RangeError(`no consistency proof leads from ${from} to ${to}`);
  }
  const siblings: Range[] = [];
  let range: Range = { from: 0, to };
  while (range.to !== from) {
    const middle = range.from + splitOf(range.to - range.from);
    const [inside, beside] = from <= middle ? cut(range, middle) : swap(cut(range, middle));
    siblings.push(beside);
    range = inside;
  }
  // The old root itself is what the verifier already holds, so it is left out when it is a complete subtree.
  if (range.from !== 0) siblings.push(range);
  return siblings.reverse().map(rangeNodes);
}

/** Puts a proof together from node hashes. `hashOf` is asked for each node of the plan once. */
export function assembleProof(plan: ProofPlan, hashOf: (node: Node) => Uint8Array): readonly Uint8Array[] {
  return plan.map((nodes) => joinSubtrees(nodes.map(hashOf)));
}

/** Reads nodes out of an array of leaf hashes: for tests, and for logs small enough to hold. */
export function nodesOf(leafHashes: readonly Uint8Array[]): (node: Node) => Uint8Array {
  const levels: Uint8Array[][] = [[...leafHashes]];
  return ({ level, index }) => {
    for (let below = levels.length - 1; below < level; below += 1) {
      levels.push(pairUp(levels[below] ?? []));
    }
    const hash = levels[level]?.[index];
    if (hash === undefined) throw new RangeError(`no complete subtree ${index} at level ${level}`);
    return hash;
  };
}

export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/** True exactly when the leaf lies at `index` in the tree of `size` leaves with this root. */
export function verifyInclusion({ index, size, leafHash, proof, root }: InclusionClaim): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let position = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && bytesEqual(hash, root);
}

export type ConsistencyClaim = {
  readonly from: number;
  readonly fromRoot: Uint8Array;
  readonly to: number;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/** True exactly when the tree of `from` leaves is the beginning of the tree of `to` leaves. */
export function verifyConsistency({ from, fromRoot, to, toRoot, proof }: ConsistencyClaim): boolean {
  if (!isSize(from) || !isSize(to) || from < 1 || from > to) return false;
  if (from === to) return proof.length === 0 && bytesEqual(fromRoot, toRoot);
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let position = from - 1;
  let last = to - 1;
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && bytesEqual(older, fromRoot) && bytesEqual(newer, toRoot);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

// Sizes may pass 2^32, where JavaScript's bit operators wrap; hence division throughout.
function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}

/** Largest power of two smaller than `width` (width > 1). */
function splitOf(width: number): number {
  let power = 1;
  while (power * 2 < width) power *= 2;
  return power;
}

function cut(range: Range, middle: number): readonly [Range, Range] {
  return [
    { from: range.from, to: middle },
    { from: middle, to: range.to },
  ];
}

function swap([left, right]: readonly [Range, Range]): readonly [Range, Range] {
  return [right, left];
}

/** Cuts a range that starts on a multiple of its own largest power of two into complete subtrees, largest first. */
function rangeNodes({ from, to }: Range): readonly Node[] {
  const nodes: Node[] = [];
  let start = from;
  let level = 52;
  while (start < to) {
    while (2 ** level > to - start) level -= 1;
    nodes.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
}

function pairUp(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let position = 0; position + 1 < level.length; position += 2) {
    const [left, right] = [level[position], level[position + 1]];
    if (left !== undefined && right !== undefined) parents.push(nodeHash(left, right));
  }
  return parents;
}
