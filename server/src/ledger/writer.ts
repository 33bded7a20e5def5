// Writes the ledger: leaves with the rows they commit to, and later the tiles and checkpoints that seal them.
import { type FullTile, LEAF_KINDS } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import type { PreparedLeaf } from './leaf.ts';
import type { StoredCheckpoint } from './types.ts';

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const RECORD_BYTES = SALT_BYTES + 2 * HASH_BYTES;
const TILE_BYTES = 256 * HASH_BYTES;
// Any constant that nobody else uses: "seal" in ASCII, as a number.
const SEAL_LOCK = 1_936_023_916;

/**
 * Takes `count` places on the number line and holds the ledger's lock until the transaction ends. Two writers that come
 * together take turns here, which is what keeps the ledger without gaps; so the work between this and commit stays short.
 * Returns the first index taken.
 */
export async function takeIndexes(tx: Sql, count: number): Promise<number> {
  const result = await tx.query<{ base: number }>('select take_indexes($1) as base', [count]);
  const base = result.rows[0]?.base;
  invariant(base !== undefined, 'the ledger has its one head row');
  return base;
}

/** Appends leaves at `base`, `base + 1`, … : the indexes just taken in the same transaction. */
export async function appendLeaves(tx: Sql, base: number, leaves: readonly PreparedLeaf[]): Promise<void> {
  if (leaves.length > 0) await tx.query('select append_leaves($1, $2, $3)', [base, ...leafColumns(leaves)]);
}

/** Leaves as the store's functions take them: their kinds, and one run of bytes instead of three values a leaf. */
export function leafColumns(leaves: readonly PreparedLeaf[]): [kinds: number[], records: Buffer] {
  const records = Buffer.allocUnsafe(leaves.length * RECORD_BYTES);
  for (const [position, leaf] of leaves.entries()) {
    records.set(leaf.salt, position * RECORD_BYTES);
    records.set(leaf.commitment, position * RECORD_BYTES + SALT_BYTES);
    records.set(leaf.hash, position * RECORD_BYTES + SALT_BYTES + HASH_BYTES);
  }
  return [leaves.map((leaf) => LEAF_KINDS.indexOf(leaf.kind)), records];
}

/** One sealer at a time, until the transaction ends. The next one then finds the work done, so sealing twice is harmless. */
export async function lockSealing(tx: Sql): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [SEAL_LOCK]);
}

export async function insertTiles(tx: Sql, tiles: readonly FullTile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.query(
    `insert into ledger_tile (level, tile, hashes)
     select level, tile, substr($3::bytea, (n::int - 1) * ${TILE_BYTES} + 1, ${TILE_BYTES})
     from unnest($1::smallint[], $2::bigint[]) with ordinality as given (level, tile, n)`,
    [tiles.map((tile) => tile.level), tiles.map((tile) => tile.index), Buffer.concat(tiles.map((tile) => tile.hashes))],
  );
}

export async function deleteTiles(tx: Sql): Promise<void> {
  await tx.query('delete from ledger_tile');
}

export async function insertCheckpoint(tx: Sql, { size, at, root, note }: StoredCheckpoint): Promise<void> {
  await tx.query('insert into checkpoint (size, at, root, note) values ($1, $2, $3, $4)', [size, at, root, note]);
}
