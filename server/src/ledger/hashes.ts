// Hashes of the tree read from tiles: full ones as stored, partial ones made of what lies below them.
import { concatBytes, type Node, rootOf, splitHashes, TILE_WIDTH, tileSpanOf } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import { readLeafHashes, readTiles, type TileKey } from './reader.ts';
import type { LedgerStore } from './types.ts';

// 32 bytes and a key each: a few megabytes at most.
const ROOTS_MAX = 65_536;

/** Keeps the kind of `db` it is given, so that one value can serve reading and sealing. */
export function openLedger<D extends Sql>(db: D): LedgerStore & { readonly db: D } {
  return { db, roots: new Map() };
}

type Span = { readonly level: number; readonly first: number; readonly count: number };

/** Hash of each node, in order. All tiles needed are fetched in two or three queries, however many nodes. */
export async function nodeHashes(store: LedgerStore, nodes: readonly Node[]): Promise<readonly Uint8Array[]> {
  const spans = nodes.map(tileSpanOf);
  const tiles = await fetchTiles(store, spans.map(tileOf));
  const hashes: Uint8Array[] = [];
  for (const span of spans) {
    const tile = tiles.get(keyOf(tileOf(span)));
    const start = span.first % TILE_WIDTH;
    const row = tile === undefined ? await partialRow(store, span) : tile.slice(start, start + span.count);
    hashes.push(rootOf(row));
  }
  return hashes;
}

/** `count` hashes of a tile level from `first` on, all of them of tiles that are not yet full at that level. */
export async function partialRow(store: LedgerStore, { level, first, count }: Span): Promise<readonly Uint8Array[]> {
  if (count === 0) return [];
  if (level === 0) return readLeafHashes(store.db, first, first + count);
  return tileRoots(store, level - 1, { first, count });
}

/** Roots of full tiles: the hashes of the level above. */
async function tileRoots(store: LedgerStore, level: number, { first, count }: Omit<Span, 'level'>) {
  const keys = Array.from({ length: count }, (_, position) => ({ level, index: first + position }));
  const missing = keys.filter((key) => !store.roots.has(keyOf(key)));
  const found = new Map<string, Uint8Array>();
  for (const [key, hashes] of await fetchTiles(store, missing)) found.set(key, rootOf(hashes));
  const roots = keys.map((key) => {
    const root = store.roots.get(keyOf(key)) ?? found.get(keyOf(key));
    invariant(root !== undefined, `tile ${keyOf(key)} is stored; if tiles were lost, rebuild them from the leaves`);
    return root;
  });
  if (store.roots.size + found.size > ROOTS_MAX) store.roots.clear();
  for (const [key, root] of found) store.roots.set(key, root);
  return roots;
}

async function fetchTiles(store: LedgerStore, keys: readonly TileKey[]): Promise<Map<string, readonly Uint8Array[]>> {
  const distinct = [...new Map(keys.map((key) => [keyOf(key), key])).values()];
  const rows = await readTiles(store.db, distinct);
  return new Map(rows.map((row) => [keyOf(row), splitHashes(row.hashes)]));
}

function tileOf({ level, first }: Span): TileKey {
  return { level, index: Math.floor(first / TILE_WIDTH) };
}

function keyOf({ level, index }: TileKey): string {
  return `${level}/${index}`;
}

/** The bytes of one tile at a width it has already reached. */
export async function tileBytes(store: LedgerStore, key: TileKey, width: number): Promise<Uint8Array> {
  const full = (await fetchTiles(store, [key])).get(keyOf(key));
  if (full !== undefined) return concatBytes(...full.slice(0, width));
  return concatBytes(...(await partialRow(store, { level: key.level, first: key.index * TILE_WIDTH, count: width })));
}
