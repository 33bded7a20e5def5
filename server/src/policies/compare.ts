// What two policies make of the same person.                                                                            (pure)
import type { Instant } from '../base/ids.ts';
import type { PersonAt } from '../pipeline/person-at.ts';
import { decide, decideAllergies, listVerdicts } from '../truth/index.ts';
import type { HarmClass, Policy, Verdict, VerdictState } from '../truth/types.ts';
import type { PolicyDiff, VerdictChange } from './types.ts';

export type Judging = Pick<PersonAt, 'subjects' | 'rulings' | 'allergies' | 'entries'>;

/** Every verdict on a person under a policy. */
export function verdictsUnder(policy: Policy, person: Judging, at: Instant): readonly Verdict[] {
  const { subjects, rulings, allergies, entries } = person;
  return [
    ...decide({ policy, subjects, rulings, at }).verdicts,
    decideAllergies({ policy, allergies, rulings, at }),
    ...listVerdicts({ policy, entries, rulings, at }),
  ];
}

type Change = Omit<VerdictChange, 'count' | 'examples'>;

/** Elements whose state, harm class, rule or values are others under the second policy. */
export function changesBetween(before: readonly Verdict[], after: readonly Verdict[]): readonly Change[] {
  const earlier = new Map(before.map((verdict) => [verdict.element, verdict]));
  const later = new Map(after.map((verdict) => [verdict.element, verdict]));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((element) => {
    const [one, other] = [earlier.get(element), later.get(element)];
    if (isSame(one, other)) return [];
    const harm = other?.harm ?? one?.harm ?? ('H0' satisfies HarmClass);
    return [{ element: shortOf(element), harm, before: stateOf(one), after: stateOf(other) }];
  });
}

function stateOf(verdict: Verdict | undefined): VerdictState | 'none' {
  return verdict?.state ?? 'none';
}

function isSame(one: Verdict | undefined, other: Verdict | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.state === other.state &&
    one.harm === other.harm &&
    one.because.rule === other.because.rule &&
    JSON.stringify(one.values) === JSON.stringify(other.values)
  );
}

/** Things in a list are counted as the list: which one it is tells of a patient. */
function shortOf(element: string): string {
  const colon = element.indexOf(':');
  return colon < 0 ? element : element.slice(0, colon);
}

const EXAMPLES_MAX = 5;

export type Tally = {
  add(person: string, changes: readonly Change[]): void;
  diff(run: { readonly from: string; readonly to: string; readonly done: boolean; readonly of: number }): PolicyDiff;
};

export function createTally(): Tally {
  const verdicts = new Map<string, { change: Change; count: number; examples: string[] }>();
  const cases = { opened: 0, closed: 0 };
  let compared = 0;
  let changed = 0;
  return {
    add: (person, changes) => {
      compared += 1;
      if (changes.length > 0) changed += 1;
      for (const change of changes) {
        const key = JSON.stringify(change);
        const known = verdicts.get(key) ?? { change, count: 0, examples: [] };
        known.count += 1;
        if (known.examples.length < EXAMPLES_MAX) known.examples.push(person);
        verdicts.set(key, known);
        if (change.after === 'conflicting' && change.before !== 'conflicting') cases.opened += 1;
        if (change.before === 'conflicting' && change.after !== 'conflicting') cases.closed += 1;
      }
    },
    diff: ({ from, to, done, of }) => ({
      from,
      to,
      persons: { compared, changed },
      verdicts: [...verdicts.values()]
        .map(({ change, count, examples }) => ({ ...change, count, examples }))
        .sort((one, other) => (one.harm === other.harm ? other.count - one.count : one.harm < other.harm ? 1 : -1)),
      cases: { ...cases },
      done,
      progress: done || of === 0 ? 1 : Math.min(1, compared / of),
    }),
  };
}
