// Blocking keys as numbers: what the index holds and is asked for.                                                       (pure)
import { BLOCKING_RULES, blockingKeys, type Ready } from '../identity/index.ts';
import { hash64 } from '../search/hash.ts';

/** Never changed: what is stored was hashed with it. */
const SEED = 3;

/** Each key once, with the number of records that may share it before it is a crowd. */
export function hashedKeys({ prepared }: Pick<Ready, 'prepared'>): ReadonlyMap<bigint, number> {
  const keys = new Map<bigint, number>();
  for (const rule of BLOCKING_RULES)
    for (const key of blockingKeys(prepared, [rule])) keys.set(hash64(SEED, key), rule.most);
  return keys;
}
