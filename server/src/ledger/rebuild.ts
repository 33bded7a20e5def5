// Tiles are derived: they can be dropped and made again from the leaves. Doing so also proves the leaves against every checkpoint.
import { appendToEdge, edgeRoot, emptyEdge, type FullTile } from '@vouch/proof';
import type { Db } from '../base/db.ts';
import { Broken } from '../base/errors.ts';
import { readCheckpoints, readLeafHashes } from './reader.ts';
import type { StoredCheckpoint } from './types.ts';
import { deleteTiles, insertTiles, lockSealing } from './writer.ts';

const READ_LEAVES = 8192;

/** Throws `Broken`, and changes nothing, when the leaves do not give a root that was signed. Returns the sealed size. */
export async function rebuildTiles(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    await lockSealing(tx);
    await deleteTiles(tx);
    const edge = emptyEdge();
    for (let page = await readCheckpoints(tx, 0); page.length > 0; page = await readCheckpoints(tx, edge.size)) {
      for (const checkpoint of page) {
        while (edge.size < checkpoint.size) {
          const full: FullTile[] = [];
          const hashes = await readLeafHashes(tx, edge.size, Math.min(checkpoint.size, edge.size + READ_LEAVES));
          for (const hash of hashes) full.push(...appendToEdge(edge, hash));
          await insertTiles(tx, full);
        }
        checkRoot(checkpoint, edgeRoot(edge));
      }
    }
    return edge.size;
  });
}

function checkRoot(checkpoint: StoredCheckpoint, root: Uint8Array): void {
  if (Buffer.compare(checkpoint.root, root) === 0) return;
  throw new Broken(`The ledger's leaves no longer give the root that was signed at ${checkpoint.size} leaves.`);
}
