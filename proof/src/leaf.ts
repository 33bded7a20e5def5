// What the log holds for each input: its kind and a salted commitment. Never an id, never content, never an unsalted hash.
import { HASH_BYTES, sha256 } from './bytes.ts';

/** A kind's position is its code in the entry and in the store: append only. */
export const LEAF_KINDS = ['receipt', 'statement', 'link', 'ruling', 'policy', 'source'] as const;
export type LeafKind = (typeof LEAF_KINDS)[number];

export const SALT_BYTES = 16;
/** Version byte, kind byte, commitment. All entries have this length. */
export const ENTRY_BYTES = 2 + HASH_BYTES;
const ENTRY_VERSION = 1;

export type LeafEntry = { readonly kind: LeafKind; readonly commitment: Uint8Array };

/** The bytes whose RFC 6962 leaf hash stands in the log. */
export function leafEntry({ kind, commitment }: LeafEntry): Uint8Array {
  if (commitment.length !== HASH_BYTES) throw new RangeError('a commitment has 32 bytes');
  const entry = Buffer.allocUnsafe(ENTRY_BYTES);
  entry[0] = ENTRY_VERSION;
  entry[1] = LEAF_KINDS.indexOf(kind);
  entry.set(commitment, 2);
  return entry;
}

/** The entry read back; undefined when the bytes are not an entry of a known version and kind. */
export function readLeafEntry(entry: Uint8Array): LeafEntry | undefined {
  const kind = LEAF_KINDS[entry[1] ?? -1];
  if (entry.length !== ENTRY_BYTES || entry[0] !== ENTRY_VERSION || kind === undefined) return undefined;
  return { kind, commitment: entry.subarray(2) };
}

// Hashing is synchronous, so one piece of memory serves all contents that fit; most are some thousand bytes.
const reused = Buffer.alloc(16_384);

/**
 * SHA-256(salt ‖ content), text as UTF-8. The salt has a fixed length, so no two pairs share an input. Whoever has the log but not the salt can
 * neither read the content nor test a guess against it.
 */
export function commit(salt: Uint8Array, content: Uint8Array | string): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError('a salt has 16 bytes');
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  const input = SALT_BYTES + size <= reused.length ? reused : Buffer.allocUnsafe(SALT_BYTES + size);
  input.set(salt, 0);
  if (typeof content === 'string') input.write(content, SALT_BYTES, 'utf8');
  else input.set(content, SALT_BYTES);
  return sha256(input.subarray(0, SALT_BYTES + size));
}
