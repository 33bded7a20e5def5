// What of these subjects' record is withdrawn as of a ledger size, and what that stands rests on it.
import type { Db } from '../base/db.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { type Recorded, type Resting, restingOn } from '../truth/index.ts';
import { readServedThen } from './reader.ts';

/** Of most people nothing was ever withdrawn, and this need not be asked (`readWithdrawnOf`). */
export async function restingOf(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Resting[]> {
  return restingOn(await servedThen(db, subjects, asOf));
}

/** What was served about these subjects then. */
export async function servedThen(db: Db, subjects: readonly string[], asOf: number): Promise<readonly Recorded[]> {
  const served = await readServedThen(db, subjects, asOf);
  return served.map(({ name, text }) => ({ name, resource: parseFaithful(text) as JsonObject }));
}
