// Where salts come from: the system's randomness, or a seed for runs that must give the same ledger twice.
import { hash, randomFillSync } from 'node:crypto';
import { SALT_BYTES } from '@vouch/proof';
import type { SaltSource } from './leaf.ts';

const POOL_SALTS = 256;

/** Salts nobody can guess. Drawn in pools: one call to the system for 256 leaves. */
export function randomSalts(): SaltSource {
  let pool = Buffer.alloc(0);
  return () => {
    // A fresh pool each time, because a salt handed out is a view into it.
    if (pool.length === 0) pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_SALTS * SALT_BYTES));
    const salt = pool.subarray(0, SALT_BYTES);
    pool = pool.subarray(SALT_BYTES);
    return salt;
  };
}

/** The same salts in the same order for the same seed. For synthetic data only: who knows the seed can test guesses. */
export function seededSalts(seed: string): SaltSource {
  let count = 0;
  return () => {
    count += 1;
    return hash('sha256', `salt ${count} of ${seed}`, 'buffer').subarray(0, SALT_BYTES);
  };
}
