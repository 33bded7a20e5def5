// Which home a row has that is about nobody: organisations, practitioners, places.                                          (pure)
import { hash } from 'node:crypto';
import type { Home, ResourceId } from '../base/ids.ts';

const HOME_BITS = 52;

/** Rows without a person take their home from their own id. */
export function homeOfId(id: ResourceId): Home {
  const bits = hash('sha256', id, 'buffer').readBigUInt64BE(0) >> BigInt(64 - HOME_BITS);
  return Number(bits) as number as Home;
}
