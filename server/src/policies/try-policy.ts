// Tries a policy on everybody who is known: their statements as they stand are judged under both, and nothing is written.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { personAt } from '../pipeline/person-at.ts';
import { readSourcesBefore } from '../pipeline/person-reader.ts';
import { JUDGED_TYPES } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import { changesBetween, createTally, verdictsUnder } from './compare.ts';
import { countPersons, readPersonIds } from './reader.ts';
import type { PolicyDiff } from './types.ts';

export type Trial = {
  readonly from: Policy;
  readonly to: Policy;
  readonly at: Instant;
  readonly tell: (diff: PolicyDiff) => void;
  /** Persons for whom anything changes. */
  readonly changed?: (persons: readonly SubjectId[]) => Promise<void>;
};

const PAGE = 200;
const SIDE_BY_SIDE = 8;

/** As of the ledger's size when it begins. */
export async function tryPolicy(db: Db, trial: Trial): Promise<PolicyDiff> {
  const { from, to, at } = trial;
  const [asOf, of] = [await readLedgerSize(db), await countPersons(db)];
  const sources = await readSourcesBefore(db, asOf);
  const tally = createTally();
  const run = { from: from.id, to: to.id, of };
  for (let after = ''; ; ) {
    const page = await readPersonIds(db, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    const changed: SubjectId[] = [];
    for (let start = 0; start < page.length; start += SIDE_BY_SIDE) {
      await Promise.all(
        page.slice(start, start + SIDE_BY_SIDE).map(async (id) => {
          const person = await personAt(db, id, { asOf, types: JUDGED_TYPES, sources });
          if (person === undefined) return;
          const changes = changesBetween(verdictsUnder(from, person, at), verdictsUnder(to, person, at));
          tally.add(id, changes);
          if (changes.length > 0) changed.push(id);
        }),
      );
    }
    if (changed.length > 0) await trial.changed?.(changed.sort());
    trial.tell(tally.diff({ ...run, done: false }));
    after = last;
  }
  const diff = tally.diff({ ...run, done: true });
  trial.tell(diff);
  return diff;
}
