// What a policy would change, counted over persons, with some of them as examples.                                      (pure)
import type { HarmClass } from '../truth/types.ts';
import type { Changes } from './compare.ts';
import type { PolicyDiff } from './types.ts';

const EXAMPLES_MAX = 5;
const CLASSES: readonly HarmClass[] = ['H3', 'H2', 'H1', 'H0'];
const UNAFFECTED: PolicyDiff['unaffected'] = {
  identity: 'A policy says what is true of a person and never who is who: nobody would be joined or parted.',
  dispatches: 'Nothing is owed to any destination by this version, so no dispatch would be made or taken back.',
};

export type Tally = {
  /** Returns whether anything changes for the person. */
  add(person: string, changes: Changes): boolean;
  diff(run: Pick<PolicyDiff, 'from' | 'to' | 'done' | 'sources'> & { readonly of: number }): PolicyDiff;
};

export function createTally(): Tally {
  const verdicts = countChanges<Changes['verdicts'][number]>();
  const reasons = countChanges<Changes['reasons'][number]>();
  const cases = CLASSES.map((harm) => ({ harm, opened: 0, closed: 0 }));
  let compared = 0;
  let changed = 0;
  return {
    add: (person, changes) => {
      const isChanged = changes.verdicts.length > 0 || changes.reasons.length > 0 || changes.opened.length > 0;
      compared += 1;
      if (isChanged) changed += 1;
      verdicts.add(person, changes.verdicts);
      reasons.add(person, changes.reasons);
      for (const one of cases) {
        one.opened += countOf(changes.opened, one.harm);
        one.closed += countOf(changes.closed, one.harm);
      }
      return isChanged;
    },
    diff: ({ from, to, done, of, sources }) => ({
      from,
      to,
      persons: { compared, changed },
      verdicts: verdicts.list((change) => change.harm),
      reasons: reasons.list((change) => change.after.harm),
      cases: {
        opened: cases.reduce((sum, one) => sum + one.opened, 0),
        closed: cases.reduce((sum, one) => sum + one.closed, 0),
        byHarm: cases.filter(({ opened, closed }) => opened + closed > 0).map((one) => ({ ...one })),
      },
      sources,
      unaffected: UNAFFECTED,
      done,
      progress: done || of === 0 ? 1 : Math.min(1, compared / of),
    }),
  };
}

function countOf(all: readonly HarmClass[], harm: HarmClass): number {
  return all.filter((one) => one === harm).length;
}

/** Equal changes as one, with how many there are; the gravest first, then the most frequent. */
function countChanges<Change extends object>() {
  const found = new Map<string, { readonly change: Change; count: number; readonly examples: string[] }>();
  return {
    add: (person: string, changes: readonly Change[]): void => {
      for (const change of changes) {
        const key = JSON.stringify(change);
        const known = found.get(key) ?? { change, count: 0, examples: [] };
        known.count += 1;
        const isShown = known.examples.length >= EXAMPLES_MAX || known.examples.includes(person);
        if (!isShown) known.examples.push(person);
        found.set(key, known);
      }
    },
    list: (harmOf: (change: Change) => HarmClass) =>
      [...found.values()]
        .map(({ change, count, examples }) => ({ ...change, count, examples: [...examples] }))
        .sort((one, other) => CLASSES.indexOf(harmOf(one)) - CLASSES.indexOf(harmOf(other)) || other.count - one.count),
  };
}
