// Tries a policy on everybody who is known: all that was ever said of them is folded and judged under both, and nothing is written.
import type { Db } from '../base/db.ts';
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { type PersonAt, personsAt } from '../pipeline/person-at.ts';
import { readSourcesBefore } from '../pipeline/person-reader.ts';
import { ASKED_LISTS, JUDGED_TYPES, WATCHED_LONG, WATCHED_SHORT } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import { changesBetween, type Judging, verdictsUnder } from './compare.ts';
import { countPersons, readPersonIds } from './reader.ts';
import { createTally } from './tally.ts';
import type { PolicyDiff, TrustChange } from './types.ts';

export type Trial = {
  readonly from: Policy;
  readonly to: Policy;
  readonly at: Instant;
  readonly tell: (diff: PolicyDiff) => void;
  /**
   * What follows by itself once the policy is in force, and is nobody's to judge again: the trust it would leave to each source, and
   * lists that are decided when somebody asks.
   */
  readonly forecast?: { readonly trusts: ReadonlyMap<SourceKey, number> };
  /** Persons for whom anything changes. */
  readonly changed?: (persons: readonly SubjectId[]) => Promise<void>;
};

/** Persons read at once: many reads cost what one does, and the server answers others between two pages. */
const PAGE = 200;
const RESUSCITATION = ['ResuscitationStatus'];

/** As of the ledger's size when it begins. */
export async function tryPolicy(db: Db, trial: Trial): Promise<PolicyDiff> {
  const { from, to, at, forecast } = trial;
  const [asOf, of] = [await readLedgerSize(db), await countPersons(db)];
  const sources = await readSourcesBefore(db, asOf);
  const changes = trustChanges(sources, forecast?.trusts);
  const touched = typesTouched(from, to, changes.length > 0);
  const types = forecast === undefined ? touched.filter((type) => !ASKED_LISTS.includes(type)) : touched;
  const tally = createTally();
  const run = { from: from.id, to: to.id, of, sources: changes };
  for (let after = ''; ; ) {
    const page = await readPersonIds(db, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    const persons = await personsAt(db, page, { asOf, types, sources });
    const changed = page.filter((id) => {
      const person = persons.get(id);
      if (person === undefined) return false;
      const judging = judgingOf(person);
      const after = changes.length === 0 ? judging : trusted(judging, changes);
      return tally.add(id, changesBetween(verdictsUnder(from, judging, at), verdictsUnder(to, after, at)));
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
export function typesTouched(from: Policy, to: Policy, isTrustChanged = false): readonly string[] {
  const differs = (types: readonly string[]) =>
    isTrustChanged ||
    !isSame(from.sources, to.sources) ||
    types.some((type) => !isSame(from.elements[type], to.elements[type]));
  const watched = [...WATCHED_SHORT, ...WATCHED_LONG];
  return [
    ...(differs(JUDGED_TYPES) ? JUDGED_TYPES : []),
    ...(differs([...watched, ...RESUSCITATION]) ? watched : []),
    ...(differs(ASKED_LISTS) ? ASKED_LISTS : []),
  ];
}

function isSame(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function judgingOf(person: PersonAt): Judging {
  const of = (types: readonly string[]) => person.entries.filter(({ type }) => types.includes(type));
  return {
    ...person,
    entries: of(JUDGED_TYPES),
    watched: of([...WATCHED_SHORT, ...WATCHED_LONG]),
    asked: of(ASKED_LISTS),
  };
}

function trustChanges(
  sources: ReadonlyMap<SourceKey, { readonly trust: number }>,
  trusts: ReadonlyMap<SourceKey, number> = new Map(),
): readonly TrustChange[] {
  return [...sources].flatMap(([source, { trust: before }]) => {
    const after = trusts.get(source) ?? before;
    return after === before ? [] : [{ source, before, after }];
  });
}

/** The same person, with the sources believed as much as they would be. */
function trusted(judging: Judging, changes: readonly TrustChange[]): Judging {
  const trusts = new Map(changes.map(({ source, after }) => [source, after]));
  const under = <T extends { readonly source: SourceKey; readonly trust: number }>(all: readonly T[]) =>
    all.map((one) => ({ ...one, trust: trusts.get(one.source) ?? one.trust }));
  const { subjects, allergies, entries, watched = [], asked = [] } = judging;
  return {
    ...judging,
    subjects: under(subjects),
    allergies: under(allergies),
    entries: under(entries),
    watched: under(watched),
    asked: under(asked),
  };
}
