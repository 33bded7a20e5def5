// Checks from inside what an outsider cannot: that the rows still say what their leaves committed to.
import { commit, encodeContent, leafEntry, leafHash } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { readContents, type StoredContent } from './content-reader.ts';
import { type LeafRow, readLeaves } from './reader.ts';

/** Leaves whose row is gone, changed, or erased, and leaves that were changed themselves. */
export type ContentTrouble = {
  readonly index: number;
  readonly kind: string;
  readonly what: 'row-missing' | 'row-changed' | 'erased' | 'leaf-changed';
};

// Large, because without an index on their leaf each round reads through statements and links once.
const AUDIT_LEAVES = 20_000;

/** Compares leaves `from` … `to - 1` with their rows. `erased` is told, but is no fault. */
export async function auditContents(db: Sql, from: number, to: number): Promise<readonly ContentTrouble[]> {
  const troubles: ContentTrouble[] = [];
  for (let first = from; first < to; first += AUDIT_LEAVES) {
    const indexes = Array.from({ length: Math.min(AUDIT_LEAVES, to - first) }, (_, position) => first + position);
    const contents = new Map((await readContents(db, { indexes })).map((stored) => [stored.index, stored]));
    for (const leaf of await readLeaves(db, indexes)) {
      const what = troubleOf(leaf, contents.get(leaf.index));
      if (what !== undefined) troubles.push({ index: leaf.index, kind: leaf.kind, what });
    }
  }
  return troubles;
}

export function troubleOf(leaf: LeafRow, stored: StoredContent | undefined): ContentTrouble['what'] | undefined {
  const { kind, commitment } = leaf;
  if (Buffer.compare(leafHash(leafEntry({ kind, commitment })), leaf.leafHash) !== 0) return 'leaf-changed';
  if (stored === undefined) return 'row-missing';
  if (stored.content === undefined) return 'erased';
  const matches =
    stored.content.kind === kind && Buffer.compare(commit(leaf.salt, encodeContent(stored.content)), commitment) === 0;
  return matches ? undefined : 'row-changed';
}
