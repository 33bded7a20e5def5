// Tries a policy on everybody who is known: all that was ever said of them is folded and judged under both, and nothing is written.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { type PersonAt, personsAt } from '../pipeline/person-at.ts';
import { readSourcesBefore } from '../pipeline/person-reader.ts';
import { JUDGED_TYPES, WATCHED_LONG, WATCHED_SHORT } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import { changesBetween, type Judging, verdictsUnder } from './compare.ts';
import { countPersons, readPersonIds } from './reader.ts';
import { createTally } from './tally.ts';
import type { PolicyDiff } from './types.ts';

export type Trial = {
  readonly from: Policy;
  readonly to: Policy;
  readonly at: Instant;
  readonly tell: (diff: PolicyDiff) => void;
  /** Persons for whom anything changes. */
  readonly changed?: (persons: readonly SubjectId[]) => Promise<void>;
};

/** Persons read at once: many reads cost what one does, and the server answers others between two pages. */
const PAGE = 200;
const RESUSCITATION = ['ResuscitationStatus'];

/** As of the ledger's size when it begins. */
export async function tryPolicy(db: Db, trial: Trial): Promise<PolicyDiff> {
  const { from, to, at } = trial;
  const [asOf, of] = [await readLedgerSize(db), await countPersons(db)];
  const sources = await readSourcesBefore(db, asOf);
  const types = typesTouched(from, to);
  const tally = createTally();
  const run = { from: from.id, to: to.id, of };
  for (let after = ''; ; ) {
    const page = await readPersonIds(db, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    const persons = await personsAt(db, page, { asOf, types, sources });
    const changed = page.filter((id) => {
      const person = persons.get(id);
      if (person === undefined) return false;
      const judging = judgingOf(person);
      return tally.add(id, changesBetween(verdictsUnder(from, judging, at), verdictsUnder(to, judging, at)));
    });
    if (changed.length > 0) await trial.changed?.(changed.sort());
    trial.tell(tally.diff({ ...run, done: false }));
    after = last;
  }
  const diff = tally.diff({ ...run, done: true });
  trial.tell(diff);
  return diff;
}

/**
 * Types of which the two policies may make something different. A verdict on a list follows from what is said, from the rules for that
 * list and from what sources are trusted for, and from nothing else in a policy: what has the same rules need not be read.
 */
export function typesTouched(from: Policy, to: Policy): readonly string[] {
  const differs = (types: readonly string[]) =>
    !isSame(from.sources, to.sources) || types.some((type) => !isSame(from.elements[type], to.elements[type]));
  const watched = [...WATCHED_SHORT, ...WATCHED_LONG];
  return [...(differs(JUDGED_TYPES) ? JUDGED_TYPES : []), ...(differs([...watched, ...RESUSCITATION]) ? watched : [])];
}

function isSame(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function judgingOf(person: PersonAt): Judging {
  const isJudged = ({ type }: PersonAt['entries'][number]) => JUDGED_TYPES.includes(type);
  return {
    ...person,
    entries: person.entries.filter(isJudged),
    watched: person.entries.filter((entry) => !isJudged(entry)),
  };
}
