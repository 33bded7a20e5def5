// The resources of C2SP tlog-tiles as bytes, for the HTTP routes: checkpoint, tiles, entry bundles.
import { leafEntry, parseTilePath, TILE_WIDTH, tileWidthAt } from '@vouch/proof';
import { tileBytes } from './hashes.ts';
import { readEntries, readLatestCheckpoint } from './reader.ts';
import type { LedgerStore } from './types.ts';

/** The newest checkpoint as text; undefined before the first seal. Not to be cached beyond a second or two. */
export async function serveCheckpoint(store: LedgerStore): Promise<string | undefined> {
  return (await readLatestCheckpoint(store.db))?.note;
}

/**
 * The tile or entry bundle that `path` (`tile/0/x001/234.p/5`) names, immutable once served. Undefined when the path is not
 * a tile's name, or when no checkpoint covers that much of the log yet.
 */
export async function serveTile(store: LedgerStore, path: string): Promise<Uint8Array | undefined> {
  const tile = parseTilePath(path);
  if (tile === undefined) return undefined;
  const sealed = (await readLatestCheckpoint(store.db))?.size ?? 0;
  if (tileWidthAt(tile, sealed) < tile.width) return undefined;
  if (tile.level !== 'entries') return tileBytes(store, { level: tile.level, index: tile.index }, tile.width);
  const first = tile.index * TILE_WIDTH;
  const entries = await readEntries(store.db, first, first + tile.width);
  return Buffer.concat(
    entries.map(leafEntry).flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]),
  );
}
