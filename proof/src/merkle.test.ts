// Hashes, roots and proofs against the published vectors and the definition.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256, toHex, utf8 } from './bytes.ts';
import { appendLeaf, emptyFrontier, frontierRoot } from './frontier.ts';
import { EMPTY_ROOT, leafHash, nodeHash, rootOf } from './merkle.ts';
import {
  assembleProof,
  consistencyPlan,
  inclusionPlan,
  type Node,
  nodesOf,
  rootPlan,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts';

type Vectors = {
  leaves: string[];
  leafHashOfEmpty: string;
  leafHashOfL123456: string;
  nodeHashOfN123AndN456: string;
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { from: number; to: number; proof: string[] }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../vectors/ledger/rfc6962-tree.json', import.meta.url), 'utf8'),
);
const vectorLeaves = vectors.leaves.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const root = (size: number) => Buffer.from(vectors.roots[size] ?? '', 'hex');

// The definition of RFC 6962 section 2.1, word for word: the oracle for everything that avoids recursion.
function oracleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0] ?? EMPTY_ROOT;
  const k = oracleSplit(leaves.length);
  return nodeHash(oracleRoot(leaves.slice(0, k)), oracleRoot(leaves.slice(k)));
}
function oraclePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const k = oracleSplit(leaves.length);
  return m < k
    ? [...oraclePath(m, leaves.slice(0, k)), oracleRoot(leaves.slice(k))]
    : [...oraclePath(m - k, leaves.slice(k)), oracleRoot(leaves.slice(0, k))];
}
function oracleSubproof(m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [oracleRoot(leaves)];
  const k = oracleSplit(leaves.length);
  return m <= k
    ? [...oracleSubproof(m, leaves.slice(0, k), whole), oracleRoot(leaves.slice(k))]
    : [...oracleSubproof(m - k, leaves.slice(k), false), oracleRoot(leaves.slice(0, k))];
}
function oracleSplit(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const hexes = (hashes: readonly Uint8Array[]) => hashes.map(toHex);
const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const flip = (bytes: Uint8Array, at: number) => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

test('hashes and roots are those of the published vectors', () => {
  assert.equal(toHex(leafHash(new Uint8Array(0))), vectors.leafHashOfEmpty);
  assert.equal(toHex(leafHash(utf8('L123456'))), vectors.leafHashOfL123456);
  for (const [size, expected] of vectors.roots.entries()) {
    assert.equal(toHex(rootOf(vectorLeaves.slice(0, size))), expected);
    assert.equal(toHex(oracleRoot(vectorLeaves.slice(0, size))), expected);
  }
});

test('a node takes two hashes and nothing else', () => {
  assert.throws(() => nodeHash(utf8('N123'), utf8('N456')), RangeError);
});

test('proofs are those of the published vectors', () => {
  for (const { index, size, proof } of vectors.inclusion) {
    const built = assembleProof(inclusionPlan(index, size), nodesOf(vectorLeaves));
    assert.deepEqual(hexes(built), proof);
    const leaf = vectorLeaves[index] ?? EMPTY_ROOT;
    assert.ok(verifyInclusion({ index, size, leafHash: leaf, proof: built, root: root(size) }));
  }
  for (const { from, to, proof } of vectors.consistency) {
    const built = assembleProof(consistencyPlan(from, to), nodesOf(vectorLeaves));
    assert.deepEqual(hexes(built), proof);
    assert.ok(verifyConsistency({ from, fromRoot: root(from), to, toRoot: root(to), proof: built }));
  }
});

test('roots, frontier and proofs agree with the recursive definition for every size', () => {
  const leaves = leavesOf(70);
  const nodeOf = nodesOf(leaves);
  const frontier = emptyFrontier();
  for (let size = 1; size <= leaves.length; size += 1) {
    const prefix = leaves.slice(0, size);
    const expected = oracleRoot(prefix);
    appendLeaf(frontier, prefix.at(-1) ?? EMPTY_ROOT);
    assert.deepEqual(frontierRoot(frontier), expected);
    assert.deepEqual(rootOf(prefix), expected);
    assert.deepEqual(assembleProof([rootPlan(size)], nodeOf)[0], expected);
    for (let index = 0; index < size; index += 1) {
      const proof = assembleProof(inclusionPlan(index, size), nodeOf);
      assert.deepEqual(hexes(proof), hexes(oraclePath(index, prefix)));
    }
    for (let from = 1; from <= size; from += 1) {
      const proof = assembleProof(consistencyPlan(from, size), nodeOf);
      assert.deepEqual(hexes(proof), hexes(oracleSubproof(from, prefix, true)));
    }
  }
  assert.deepEqual(frontierRoot(emptyFrontier()), EMPTY_ROOT);
});

test('an inclusion proof holds for its leaf, and for no other leaf, place, size or root', () => {
  const leaves = leavesOf(300);
  const nodeOf = nodesOf(leaves);
  const claims = fc
    .integer({ min: 1, max: 300 })
    .chain((size) =>
      fc.record({ size: fc.constant(size), index: fc.nat(size - 1), other: fc.nat(299), at: fc.nat(31) }),
    );
  fc.assert(
    fc.property(claims, ({ size, index, other, at }) => {
      const proof = assembleProof(inclusionPlan(index, size), nodeOf);
      const claim = {
        index,
        size,
        leafHash: leaves[index] ?? EMPTY_ROOT,
        proof,
        root: oracleRoot(leaves.slice(0, size)),
      };
      assert.ok(verifyInclusion(claim));
      assert.ok(!verifyInclusion({ ...claim, root: flip(claim.root, at) }));
      assert.ok(!verifyInclusion({ ...claim, leafHash: flip(claim.leafHash, at) }));
      assert.ok(!verifyInclusion({ ...claim, proof: [...proof, claim.root] }));
      assert.ok(!verifyInclusion({ ...claim, index: -1 }));
      assert.ok(!verifyInclusion({ ...claim, index: index + 0.5 }));
      assert.ok(!verifyInclusion({ ...claim, size: index }));
      assert.ok(!verifyInclusion({ ...claim, size: size * 2 + 1 }));
      if (other !== index) {
        assert.ok(!verifyInclusion({ ...claim, index: other }));
        assert.ok(!verifyInclusion({ ...claim, leafHash: leaves[other] ?? EMPTY_ROOT }));
      }
      for (const position of proof.keys()) {
        assert.ok(!verifyInclusion({ ...claim, proof: proof.filter((_, i) => i !== position) }));
        assert.ok(!verifyInclusion({ ...claim, proof: proof.map((h, i) => (i === position ? flip(h, at) : h)) }));
      }
    }),
    { numRuns: 200 },
  );
});

test('a consistency proof holds for its two trees and for no other pair', () => {
  const leaves = leavesOf(300);
  const nodeOf = nodesOf(leaves);
  const claims = fc
    .integer({ min: 1, max: 300 })
    .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to }), at: fc.nat(31) }));
  fc.assert(
    fc.property(claims, ({ from, to, at }) => {
      const proof = assembleProof(consistencyPlan(from, to), nodeOf);
      const [fromRoot, toRoot] = [oracleRoot(leaves.slice(0, from)), oracleRoot(leaves.slice(0, to))];
      const claim = { from, fromRoot, to, toRoot, proof };
      assert.ok(verifyConsistency(claim));
      assert.ok(!verifyConsistency({ ...claim, fromRoot: flip(fromRoot, at) }));
      assert.ok(!verifyConsistency({ ...claim, toRoot: flip(toRoot, at) }));
      assert.ok(!verifyConsistency({ ...claim, proof: [...proof, toRoot] }));
      assert.ok(!verifyConsistency({ ...claim, from: 0 }));
      assert.ok(!verifyConsistency({ ...claim, from: to + 1 }));
      for (const position of proof.keys()) {
        assert.ok(!verifyConsistency({ ...claim, proof: proof.filter((_, i) => i !== position) }));
        assert.ok(!verifyConsistency({ ...claim, proof: proof.map((h, i) => (i === position ? flip(h, at) : h)) }));
      }
    }),
    { numRuns: 200 },
  );
});

test('a consistency proof that ends before the top of the claimed tree is refused', () => {
  const leaves = leavesOf(2);
  const claim = {
    from: 1,
    fromRoot: oracleRoot(leaves.slice(0, 1)),
    toRoot: oracleRoot(leaves),
    proof: leaves.slice(1),
  };
  assert.ok(verifyConsistency({ ...claim, to: 2 }));
  assert.ok(!verifyConsistency({ ...claim, to: 3 }));
});

test('sizes past 2^32 are counted right', () => {
  // A log whose leaves are all equal has one hash per level, so its proofs can be made without its leaves.
  const levels = [leafHash(utf8('same'))];
  const nodeOf = ({ level }: Node): Uint8Array => {
    while (levels.length <= level) levels.push(nodeHash(levels.at(-1) ?? EMPTY_ROOT, levels.at(-1) ?? EMPTY_ROOT));
    return levels[level] ?? EMPTY_ROOT;
  };
  const rootAt = (size: number) => assembleProof([rootPlan(size)], nodeOf)[0] ?? EMPTY_ROOT;
  const to = 2 ** 40 + 12345;
  for (const from of [1, 2 ** 33, 2 ** 33 + 7, 2 ** 40, to - 1, to]) {
    const proof = assembleProof(consistencyPlan(from, to), nodeOf);
    assert.ok(verifyConsistency({ from, fromRoot: rootAt(from), to, toRoot: rootAt(to), proof }));
    const path = assembleProof(inclusionPlan(from - 1, to), nodeOf);
    assert.ok(
      verifyInclusion({
        index: from - 1,
        size: to,
        leafHash: nodeOf({ level: 0, index: 0 }),
        proof: path,
        root: rootAt(to),
      }),
    );
  }
});

test('proofs that cannot exist are refused', () => {
  assert.throws(() => inclusionPlan(3, 3), RangeError);
  assert.throws(() => inclusionPlan(-1, 3), RangeError);
  assert.throws(() => consistencyPlan(0, 3), RangeError);
  assert.throws(() => consistencyPlan(4, 3), RangeError);
});
