// Truth as the gate sees it: functions that can be exchanged for broken ones, so that each property shows it would notice.

import type { SourceKey, SubjectId } from '../../src/base/ids.ts';
import {
  composePatient,
  decide,
  decideAllergies,
  type ExplainWhole,
  explain,
  fold,
  foldNext,
} from '../../src/truth/index.ts';
import { AT } from '../../src/truth/people.testkit.ts';
import type { Explanation, Policy, Statement, SubjectInput, Verdict, View } from '../../src/truth/types.ts';
import type { TruthCase } from '../../src/truth/vectors.testkit.ts';

export type Resolver = {
  readonly fold: typeof fold;
  readonly foldNext: typeof foldNext;
  readonly decide: typeof decide;
  readonly decideAllergies: typeof decideAllergies;
  readonly explain: typeof explain;
  readonly composePatient: typeof composePatient;
};
export const real: Resolver = { fold, foldNext, decide, decideAllergies, explain, composePatient };

/** A resolver with one thing wrong. */
export type Mutant = { readonly name: string; readonly make: () => Resolver };

/** The subjects of a case, folded from these statements. */
export function subjectsBy(
  resolver: Resolver,
  one: TruthCase,
  statements: readonly Statement[],
): readonly SubjectInput[] {
  return Object.entries(one.subjects).flatMap(([id, { source, trust, retired = false, erased = false }]) => {
    const view = resolver.fold(statements.filter((statement) => statement.subject === id));
    if (view === undefined) return [];
    return [{ id: id as SubjectId, source: source as SourceKey, trust, view, retired, erased }];
  });
}

/** Folds statements as they arrive; a late one folds the history again. */
export function foldArriving(resolver: Resolver, statements: readonly Statement[]): View | undefined {
  let view: View | undefined;
  for (const [place, statement] of statements.entries()) {
    const next = resolver.foldNext(view, statement);
    view = next === 'refold' ? resolver.fold(statements.slice(0, place + 1)) : next;
  }
  return view;
}

export function verdictsBy(resolver: Resolver, policy: Policy, subjects: readonly SubjectInput[]): readonly Verdict[] {
  return resolver.decide({ policy, subjects, rulings: [], at: AT }).verdicts;
}

export function explainedBy(
  resolver: Resolver,
  one: TruthCase,
  asked: Pick<ExplainWhole, 'policy' | 'statements' | 'element' | 'asOf'>,
): Explanation {
  const subjects = Object.entries(one.subjects).map(([id, { source, trust, retired = false, erased = false }]) => ({
    ...{ id: id as SubjectId, source: source as SourceKey, trust, retired, erased },
  }));
  const answer = resolver.explain({ ...asked, subjects, rulings: [], at: AT, sourceNames: {} });
  if ('refused' in answer) throw new Error(`${asked.element} cannot be explained`);
  return answer;
}

/** What verdicts say, without the numbers that statements happened to get. */
export function answersOf(verdicts: readonly Verdict[]): string {
  return JSON.stringify(
    verdicts.map(({ element, state, harm, values, because }) => ({
      ...{ element, state, harm, values, rule: because.rule, competingSet: because.competingSet },
      used: because.used.map(({ subject, value }) => [subject, value]),
      setAside: because.setAside.map(({ candidate, reason }) => [candidate.subject, candidate.value, reason]),
    })),
  );
}
