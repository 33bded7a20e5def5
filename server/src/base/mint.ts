// Opaque ids from a source's own keys: the same on every run of one installation, meaningless outside it.
import { createHmac } from 'node:crypto';
import type { ResourceId, SourceKey } from './ids.ts';

const ID_CHARACTERS = 32;

/** HMAC-SHA-256, so that an id in a URL gives away nothing about the hospital number it stands for. */
export function mintWith(secret: Uint8Array): (source: SourceKey, type: string, key: string) => ResourceId {
  return (source, type, key) =>
    createHmac('sha256', secret)
      .update(`${source}\n${type}\n${key}`)
      .digest('hex')
      .slice(0, ID_CHARACTERS) as ResourceId;
}
