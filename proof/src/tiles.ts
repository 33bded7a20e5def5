// The tile layout of C2SP tlog-tiles (https://c2sp.org/tlog-tiles): which hashes lie in which tile, and how tiles are named.
import { concatBytes, HASH_BYTES } from './bytes.ts';
import { joinSubtrees, rootOf } from './merkle.ts';
import type { Node } from './proofs.ts';

export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 2 ** TILE_HEIGHT;
const TILE_LEVEL_MAX = 63;
const TILE_PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** `width` is 256 for a full tile, 1 … 255 for a partial one. */
export type TileName = { readonly level: number | 'entries'; readonly index: number; readonly width: number };

/** `tile/0/x001/x234/067`, with `.p/<W>` for a partial tile. */
export function tilePath({ level, index, width }: TileName): string {
  const groups: string[] = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The name in a path; undefined for anything but the one spelling that `tilePath` gives it. */
export function parseTilePath(path: string): TileName | undefined {
  const found = TILE_PATH.exec(path);
  if (found === null) return undefined;
  const [, level = '', groups = '', partial] = found;
  const tile: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  const levelSane = tile.level === 'entries' || tile.level <= TILE_LEVEL_MAX;
  const sane = levelSane && Number.isSafeInteger(tile.index) && tile.width <= TILE_WIDTH;
  return sane && tilePath(tile) === path ? tile : undefined;
}

/** Hashes the tile has in a log of `size` leaves: 0 (not there yet) … 256. */
export function tileWidthAt(
  tile: { readonly level: number | 'entries'; readonly index: number },
  size: number,
): number {
  const level = tile.level === 'entries' ? 0 : tile.level;
  const hashesInLevel = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashesInLevel - tile.index * TILE_WIDTH));
}

/** Where a node's subtree lies: `count` hashes of tile level `level`, from `first` on, all within one tile. */
export function tileSpanOf(node: Node): { readonly level: number; readonly first: number; readonly count: number } {
  const count = 2 ** (node.level % TILE_HEIGHT);
  return { level: Math.floor(node.level / TILE_HEIGHT), first: node.index * count, count };
}

export function splitHashes(tile: Uint8Array): readonly Uint8Array[] {
  if (tile.length % HASH_BYTES !== 0) throw new RangeError('a tile is a row of 32-byte hashes');
  return Array.from({ length: tile.length / HASH_BYTES }, (_, position) =>
    tile.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES),
  );
}

export type FullTile = { readonly level: number; readonly index: number; readonly hashes: Uint8Array };

/** The growing edge of a tiled log: for each tile level, the hashes of its last, partial tile. */
export type TileEdge = { size: number; readonly partial: Uint8Array[][] };

export function emptyEdge(): TileEdge {
  return { size: 0, partial: [] };
}

/** Appends a leaf hash in place and returns the tiles that became full, lowest level first. */
export function appendToEdge(edge: TileEdge, leafHash: Uint8Array): readonly FullTile[] {
  edge.size += 1;
  const full: FullTile[] = [];
  let hash = leafHash;
  for (let level = 0; ; level += 1) {
    const row = edge.partial[level] ?? [];
    edge.partial[level] = row;
    row.push(hash);
    if (row.length < TILE_WIDTH) return full;
    hash = rootOf(row);
    full.push({ level, index: edge.size / TILE_WIDTH ** (level + 1) - 1, hashes: concatBytes(...row) });
    edge.partial[level] = [];
  }
}

/** Root of the tree at the edge: the partial tiles, highest level first, are its right spine. */
export function edgeRoot(edge: TileEdge): Uint8Array {
  return joinSubtrees(edge.partial.flatMap(completeSubtrees).reverse());
}

// Complete subtrees of a partial row, smallest first, so that rows can be joined from the lowest level up.
function completeSubtrees(row: readonly Uint8Array[]): readonly Uint8Array[] {
  const subtrees: Uint8Array[] = [];
  let end = row.length;
  for (let width = 1; end > 0; width *= 2) {
    if (Math.floor(end / width) % 2 === 0) continue;
    subtrees.push(rootOf(row.slice(end - width, end)));
    end -= width;
  }
  return subtrees;
}
