// Sealing: leaves appended since the last checkpoint are folded into the tree, and its new head is signed.
import {
  appendToEdge,
  type Checkpoint,
  edgeRoot,
  type FullTile,
  openCheckpoint,
  parseVerifierKey,
  type Signer,
  signCheckpoint,
  TILE_WIDTH,
  type TileEdge,
} from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { Broken, Failed, invariant } from '../base/errors.ts';
import { openLedger, partialRow } from './hashes.ts';
import { readHeadSize, readLatestCheckpoint, readLeafHashes } from './reader.ts';
import type { LedgerStore, Sealing, StoredCheckpoint } from './types.ts';
import { insertCheckpoint, insertTiles, lockSealing } from './writer.ts';

/** Leaves read at a time, and sealed by one transaction at most: bounds for memory and for how long a transaction stays open. */
const READ_LEAVES = 8192;
const SEAL_LEAVES_MAX = 16 * READ_LEAVES;

/** The tree's right edge as the last seal left it. Saves reading it back; never trusted beyond its size and root. */
export type SealMemory = { edge: TileEdge | undefined };

/**
 * Seals everything appended before the call, in as many checkpoints as its bounds need, and returns the newest checkpoint.
 * Safe when two run at once, and without effect when nothing was appended.
 */
export async function seal(
  sealing: Sealing,
  memory: SealMemory = { edge: undefined },
): Promise<StoredCheckpoint | undefined> {
  for (;;) {
    const sealed = await sealOnce(sealing, memory);
    if (!sealed.more) return sealed.checkpoint;
  }
}

type Sealed = { readonly checkpoint: StoredCheckpoint | undefined; readonly more: boolean };

async function sealOnce({ db, signer, clock }: Sealing, memory: SealMemory): Promise<Sealed> {
  // The edge changes in place; if the transaction fails, what is remembered must not be ahead of the store.
  const remembered = memory.edge;
  memory.edge = undefined;
  const done = await db.transaction(async (tx) => {
    await lockSealing(tx);
    const last = await readLatestCheckpoint(tx);
    const head = await readHeadSize(tx);
    if (head === (last?.size ?? 0)) return { edge: remembered, checkpoint: last, more: false };
    if (last !== undefined) checkSameKey(last, signer);
    const edge = await edgeAt(tx, last, remembered);
    const size = Math.min(head, edge.size + SEAL_LEAVES_MAX);
    await insertTiles(tx, await extend(tx, edge, size));
    const root = edgeRoot(edge);
    const checkpoint = { size, at: clock.now(), root, note: signCheckpoint({ size, root }, signer) };
    await insertCheckpoint(tx, checkpoint);
    return { edge, checkpoint, more: size < head };
  });
  memory.edge = done.edge;
  return done;
}

// A log is one history under one key. Signing on with another would let a copied database grow a second history unnoticed.
function checkSameKey(last: StoredCheckpoint, signer: Signer): void {
  const verifier = parseVerifierKey(signer.verifierKey);
  invariant(verifier !== undefined, 'the signer has a verifier key');
  const opened = openCheckpoint(last.note, verifier);
  if (opened.ok && opened.checkpoint.size === last.size && rootsEqual(opened.checkpoint, last)) return;
  const why = opened.ok ? 'it does not match its row' : opened.what;
  throw new Failed(
    'ledger-key-mismatch',
    `The checkpoint of ${last.size} leaves does not verify with this server's ledger key (${why}). Put back the key file this ledger was sealed with.`,
  );
}

async function edgeAt(
  tx: Sql,
  last: StoredCheckpoint | undefined,
  remembered: TileEdge | undefined,
): Promise<TileEdge> {
  const size = last?.size ?? 0;
  const edge = remembered?.size === size ? remembered : await readEdge(openLedger(tx), size);
  // Checked each time before anything is signed: a log must never sign two histories.
  if (last !== undefined && !rootsEqual({ root: edgeRoot(edge) }, last)) {
    throw new Broken(`The ledger's leaves no longer give the root that was signed at ${size} leaves.`);
  }
  return edge;
}

async function readEdge(store: LedgerStore, size: number): Promise<TileEdge> {
  const partial: Uint8Array[][] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    partial.push([...(await partialRow(store, { level, first: count - width, count: width }))]);
  }
  return { size, partial };
}

async function extend(tx: Sql, edge: TileEdge, size: number): Promise<readonly FullTile[]> {
  const full: FullTile[] = [];
  while (edge.size < size) {
    const hashes = await readLeafHashes(tx, edge.size, Math.min(size, edge.size + READ_LEAVES));
    for (const hash of hashes) full.push(...appendToEdge(edge, hash));
  }
  return full;
}

function rootsEqual(a: Pick<Checkpoint, 'root'>, b: Pick<Checkpoint, 'root'>): boolean {
  return Buffer.compare(a.root, b.root) === 0;
}
