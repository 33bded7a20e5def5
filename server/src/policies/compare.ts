// What two policies make of the same person.                                                                            (pure)
import type { Instant } from '../base/ids.ts';
import type { PersonAt } from '../pipeline/person-at.ts';
import { ASKED_LISTS, askedVerdicts, decide, decideAllergies, listVerdicts, watchedVerdicts } from '../truth/index.ts';
import type { HarmClass, Policy, Verdict, VerdictState } from '../truth/types.ts';
import type { ReasonChange, VerdictChange } from './types.ts';

export type Judging = Pick<PersonAt, 'subjects' | 'rulings' | 'allergies' | 'entries'> & {
  /** Entries of the lists that are judged behind the commits, where they are asked about. */
  readonly watched?: PersonAt['entries'];
  /** Entries of the lists that are decided when somebody asks. */
  readonly asked?: PersonAt['entries'];
};

/** Every verdict on a person under a policy. */
export function verdictsUnder(policy: Policy, person: Judging, at: Instant): readonly Verdict[] {
  const { subjects, rulings, allergies, entries, watched = [], asked = [] } = person;
  return [
    ...decide({ policy, subjects, rulings, at }).verdicts,
    decideAllergies({ policy, allergies, rulings, at }),
    ...listVerdicts({ policy, entries, rulings, at }),
    ...watchedVerdicts({ policy, entries: watched, rulings, at }),
    ...askedVerdicts({ policy, entries: asked, rulings, at }),
  ];
}

type Counted<T> = Omit<T, 'count' | 'examples'>;
export type Changes = {
  readonly verdicts: readonly Counted<VerdictChange>[];
  readonly reasons: readonly Counted<ReasonChange>[];
  /** Each once for every case that would open or close. */
  readonly opened: readonly HarmClass[];
  readonly closed: readonly HarmClass[];
};

/** Elements whose state or values are others under the second policy, those that only have another reason, and what waits for a person. */
export function changesBetween(before: readonly Verdict[], after: readonly Verdict[]): Changes {
  const earlier = new Map(before.map((verdict) => [verdict.element, verdict]));
  const later = new Map(after.map((verdict) => [verdict.element, verdict]));
  const pairs = [...new Set([...earlier.keys(), ...later.keys()])].map((element) => ({
    element: shortOf(element),
    one: earlier.get(element),
    other: later.get(element),
  }));
  return {
    verdicts: pairs.flatMap(({ element, one, other }) => {
      if (isSameAnswer(one, other)) return [];
      const harm = other?.harm ?? one?.harm ?? ('H0' satisfies HarmClass);
      return [{ element, harm, before: stateOf(one), after: stateOf(other) }];
    }),
    reasons: pairs.flatMap(({ element, one, other }) => {
      if (one === undefined || other === undefined || !isSameAnswer(one, other)) return [];
      const [was, is] = [reasonOf(one), reasonOf(other)];
      if (was.rule === is.rule && was.harm === is.harm) return [];
      return [{ element, state: other.state, before: was, after: is }];
    }),
    opened: pairs.flatMap(({ one, other }) => waiting(other, one)),
    closed: pairs.flatMap(({ one, other }) => waiting(one, other)),
  };
}

function reasonOf({ because, harm }: Verdict) {
  return { rule: because.rule, harm };
}

function stateOf(verdict: Verdict | undefined): VerdictState | 'none' {
  return verdict?.state ?? 'none';
}

/** The class of a case that there is under one policy and not under the other: a case is about its exact competing set. */
function waiting(verdict: Verdict | undefined, other: Verdict | undefined): readonly HarmClass[] {
  if (verdict?.state !== 'conflicting' || ASKED_LISTS.includes(shortOf(verdict.element))) return [];
  const stands = other?.state === 'conflicting' && other.because.competingSet === verdict.because.competingSet;
  return stands ? [] : [verdict.harm];
}

function isSameAnswer(one: Verdict | undefined, other: Verdict | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.state === other.state && JSON.stringify(one.values) === JSON.stringify(other.values);
}

/** Things in a list are counted as the list: which one it is tells of a patient. */
function shortOf(element: string): string {
  const colon = element.indexOf(':');
  return colon < 0 ? element : element.slice(0, colon);
}
