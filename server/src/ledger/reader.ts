// Reads the ledger's own tables: leaves, tiles and checkpoints. What leaves commit to is read in content-reader.ts.
import { LEAF_KINDS, type LeafEntry, type LeafKind, splitHashes } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import type { StoredCheckpoint } from './types.ts';

export const CHECKPOINTS_PAGE_MAX = 1000;

/** Leaves appended so far, sealed or not. */
export async function readHeadSize(db: Sql): Promise<number> {
  const result = await db.query<{ size: number }>('select size from ledger_head');
  const size = result.rows[0]?.size;
  invariant(size !== undefined, 'the ledger has its one head row');
  return size;
}

export async function readLatestCheckpoint(db: Sql): Promise<StoredCheckpoint | undefined> {
  const sql = 'select size, at, root, note from checkpoint order by size desc limit 1';
  return (await db.query<StoredCheckpoint>(sql)).rows[0];
}

export async function readCheckpoint(db: Sql, size: number): Promise<StoredCheckpoint | undefined> {
  const sql = 'select size, at, root, note from checkpoint where size = $1';
  return (await db.query<StoredCheckpoint>(sql, [size])).rows[0];
}

/** Checkpoints of more than `after` leaves, by rising size. */
export async function readCheckpoints(db: Sql, after: number): Promise<readonly StoredCheckpoint[]> {
  const sql = 'select size, at, root, note from checkpoint where size > $1 order by size limit $2';
  return (await db.query<StoredCheckpoint>(sql, [after, CHECKPOINTS_PAGE_MAX])).rows;
}

/** Leaf hashes `from` … `to - 1`. The database joins them into one value: a row for each would cost more than the hashing. */
export async function readLeafHashes(db: Sql, from: number, to: number): Promise<readonly Uint8Array[]> {
  if (from === to) return [];
  const result = await db.query<{ hashes: Uint8Array | null }>(
    `select string_agg(leaf_hash, ''::bytea order by index) as hashes from ledger_leaf where index >= $1 and index < $2`,
    [from, to],
  );
  const hashes = splitHashes(result.rows[0]?.hashes ?? new Uint8Array(0));
  invariant(hashes.length === to - from, `the ledger has every leaf from ${from} to ${to}`);
  return hashes;
}

export async function readEntries(db: Sql, from: number, to: number): Promise<readonly LeafEntry[]> {
  const sql = 'select kind, commitment from ledger_leaf where index >= $1 and index < $2 order by index';
  const result = await db.query<{ kind: number; commitment: Uint8Array }>(sql, [from, to]);
  invariant(result.rows.length === to - from, `the ledger has every leaf from ${from} to ${to}`);
  return result.rows.map(({ kind, commitment }) => ({ kind: kindOf(kind), commitment }));
}

export type LeafRow = {
  readonly index: number;
  readonly kind: LeafKind;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  readonly leafHash: Uint8Array;
};

/** Leaves in order of index; places that do not exist are left out. */
export async function readLeaves(db: Sql, indexes: readonly number[]): Promise<readonly LeafRow[]> {
  const result = await db.query<Omit<LeafRow, 'kind'> & { kind: number }>(
    `select index, kind, salt, commitment, leaf_hash as "leafHash" from ledger_leaf where index = any ($1::bigint[]) order by index`,
    [indexes],
  );
  return result.rows.map((row) => ({ ...row, kind: kindOf(row.kind) }));
}

function kindOf(code: number): LeafKind {
  const kind = LEAF_KINDS[code];
  invariant(kind !== undefined, `leaf kind ${code} is known`);
  return kind;
}

export type TileKey = { readonly level: number; readonly index: number };
export type TileRow = TileKey & { readonly hashes: Uint8Array };

export async function readTiles(db: Sql, keys: readonly TileKey[]): Promise<readonly TileRow[]> {
  if (keys.length === 0) return [];
  const result = await db.query<TileRow>(
    `select level, tile as index, hashes from ledger_tile
     join unnest($1::smallint[], $2::bigint[]) as asked (level, tile) using (level, tile)`,
    [keys.map((key) => key.level), keys.map((key) => key.index)],
  );
  return result.rows;
}
