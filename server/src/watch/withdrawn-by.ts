// What a receipt took back, and what that reaches: told to whoever ruled, and to whoever looks at the receipt.
import type { Db } from '../base/db.ts';
import type { Withdrawal } from '../operate/types.ts';
import { unpackSaid } from '../pipeline/pack.ts';
import { isWithdrawn, withdrawalReach } from '../truth/index.ts';
import { readFellows, readWithdrawnBy } from './reader.ts';
import { servedThen } from './resting-of.ts';

/** As the record stands now: `standing` is what still counts and waits for a person. */
export async function withdrawnBy(db: Db, receipt: number): Promise<readonly Withdrawal[]> {
  const found: Withdrawal[] = [];
  for (const { type, id, subject, said } of await readWithdrawnBy(db, receipt)) {
    const name = `${type}/${id}`;
    if (type === 'Patient') {
      const elements = unpackSaid(said ?? '').flatMap(({ element, action }) => (action === 'set' ? [element] : []));
      found.push({ name, elements, reached: [] });
      continue;
    }
    const records = subject === null ? [] : await servedThen(db, await readFellows(db, subject), NOW);
    const gone = new Map(records.map((one) => [one.name, isWithdrawn(one.resource)]));
    // A result that was sent as wrong and is right again reaches nothing.
    if (gone.get(name) !== true) continue;
    const reached = withdrawalReach(records, [name]).map((one) => ({ ...one, standing: gone.get(one.name) === false }));
    found.push({ name, elements: [], reached });
  }
  return found;
}

const NOW = Number.MAX_SAFE_INTEGER;
