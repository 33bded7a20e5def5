// Roots and proofs at any size the log has reached, made from tiles.
import { assembleProof, consistencyPlan, inclusionPlan, type Node, type ProofPlan, rootPlan } from '@vouch/proof';
import { invariant } from '../base/errors.ts';
import { nodeHashes } from './hashes.ts';
import type { LedgerStore } from './types.ts';

/** Root of the first `size` leaves. */
export async function rootAt(store: LedgerStore, size: number): Promise<Uint8Array> {
  const [root] = await assemble(store, [[rootPlan(size)]]);
  invariant(root?.[0] !== undefined, 'a plan of one element gives one hash');
  return root[0];
}

/** Throws RangeError when the leaf is not among the first `size`. */
export async function inclusionProof(store: LedgerStore, index: number, size: number): Promise<readonly Uint8Array[]> {
  const [proof] = await inclusionProofs(store, [index], size);
  return proof ?? [];
}

/** Proofs of many leaves at once: their paths share nodes, which are read once. */
export async function inclusionProofs(store: LedgerStore, indexes: readonly number[], size: number) {
  return assemble(
    store,
    indexes.map((index) => inclusionPlan(index, size)),
  );
}

/** That the first `from` leaves are the beginning of the first `to`. Throws RangeError unless 1 ≤ from ≤ to. */
export async function consistencyProof(store: LedgerStore, from: number, to: number): Promise<readonly Uint8Array[]> {
  const [proof] = await assemble(store, [consistencyPlan(from, to)]);
  return proof ?? [];
}

async function assemble(store: LedgerStore, plans: readonly ProofPlan[]): Promise<readonly (readonly Uint8Array[])[]> {
  const nodes = new Map(plans.flat(2).map((node) => [keyOf(node), node]));
  const hashes = await nodeHashes(store, [...nodes.values()]);
  const known = new Map([...nodes.keys()].map((key, position) => [key, hashes[position]]));
  return plans.map((plan) =>
    assembleProof(plan, (node) => {
      const hash = known.get(keyOf(node));
      invariant(hash !== undefined, 'every node of the plan was read');
      return hash;
    }),
  );
}

function keyOf({ level, index }: Node): string {
  return `${level}/${index}`;
}
