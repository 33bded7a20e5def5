// Opaque ids from a source's own keys: the same on every run of one installation, meaningless outside it.
import { hash } from 'node:crypto';
import type { ResourceId, SourceKey } from './ids.ts';

const ID_CHARACTERS = 32;
/** Wards, practitioners and patients come up again and again; what was minted lately is remembered. */
const REMEMBERED_MAX = 12_000;

/**
 * HMAC-SHA-256, so that an id in a URL gives away nothing about the hospital number it stands for. Written out with the one-shot
 * hash: setting up a key object for each call costs ten times the hashing, and this runs for every reference of every message.
 */
export function mintWith(secret: Uint8Array): (source: SourceKey, type: string, key: string) => ResourceId {
  const block = Buffer.alloc(64);
  block.set(secret.length > block.length ? hash('sha256', secret, 'buffer') : secret);
  const inner = Buffer.from(block.map((byte) => byte ^ 0x36));
  const outer = Buffer.from(block.map((byte) => byte ^ 0x5c));
  const made = (text: string) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, digest]), 'hex').slice(0, ID_CHARACTERS) as ResourceId;
  };
  // By source and type first: joining the three to one text costs more than finding what it stands for.
  const remembered = new Map<SourceKey, Map<string, Map<string, ResourceId>>>();
  let size = 0;
  return (source, type, key) => {
    const known = remembered.get(source)?.get(type)?.get(key);
    if (known !== undefined) return known;
    if (size >= REMEMBERED_MAX) {
      remembered.clear();
      size = 0;
    }
    size += 1;
    const id = made(`${source}\n${type}\n${key}`);
    inside(inside(remembered, source), type).set(key, id);
    return id;
  };
}

function inside<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const held = maps.get(key) ?? new Map<L, V>();
  maps.set(key, held);
  return held;
}
