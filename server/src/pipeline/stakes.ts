// What is at stake between two records, by what is known of the persons they belong to now.                                (pure)
import type { Instant, SubjectId } from '../base/ids.ts';
import { ALLERGIES, type AllergyInput, contradictEachOther, type LinkHandling, linkHandling } from '../truth/index.ts';
import type { LinkStake } from '../truth/types.ts';
import { membersOf } from './holding.ts';
import type { Judged } from './judge.ts';
import { sourceOf, standing } from './judge-lists.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { Basis, SubjectRecord, VerdictSummary } from './types.ts';

export type Between = {
  readonly basis: Basis;
  readonly at: Instant;
  readonly stated: Pick<Stated, 'resources'>;
  /** As the plan leaves it; what it does not touch is as the basis has it. */
  readonly subjectOf: (id: SubjectId) => SubjectRecord | undefined;
  readonly membersOf: (person: SubjectId) => readonly SubjectRecord[];
  readonly verdictsOf: (person: SubjectId) => VerdictSummary | undefined;
};

/** On the basis alone, for what says nothing of either record. */
export function betweenIn(basis: Basis, at: Instant): Between {
  return {
    basis,
    at,
    stated: { resources: new Map() },
    subjectOf: (id) => basis.subjects.get(id),
    membersOf: (person) => membersOf(basis, [person]),
    verdictsOf: (person) => basis.verdicts.get(person),
  };
}

/** When the plan is done. */
export function betweenAfter(
  basis: Basis,
  planned: { readonly stated: Stated; readonly linked: Linked; readonly judged: readonly Judged[] },
  at: Instant,
): Between {
  const { stated, linked, judged } = planned;
  const now = new Map(judged.map((one) => [one.person.id, one]));
  const subjectOf: Between['subjectOf'] = (id) => linked.subjects.get(id) ?? basis.subjects.get(id);
  return {
    ...{ basis, stated, subjectOf, at },
    membersOf: (person) =>
      now.get(person)?.person.subjects.flatMap((id) => subjectOf(id) ?? []) ?? membersOf(basis, [person]),
    verdictsOf: (person) => now.get(person)?.summary ?? basis.verdicts.get(person),
  };
}

export function linkHandlingOf(between: Between, pair: readonly [SubjectId, SubjectId], vetoed: boolean): LinkHandling {
  const persons = pair.flatMap((id) => between.subjectOf(id)?.person ?? []);
  const members = persons.map((person) => between.membersOf(person));
  const stakes: LinkStake[] = [];
  if (vetoed) stakes.push('vetoed');
  if (members.length === 2 && members.every((some) => some.length > 1)) stakes.push('several-records');
  if (persons.some((person) => holdsGraveThings(between.verdictsOf(person)))) stakes.push('grave');
  const [one = [], other = []] = members.map((some) => allergiesOf(between, some));
  if (contradictEachOther(between.basis.policy, [one, other], between.at)) stakes.push('contradicting');
  return linkHandling(between.basis.policy, stakes);
}

/** Whether anything that may kill is recorded of the person. */
function holdsGraveThings(verdicts: VerdictSummary = {}): boolean {
  return Object.values(verdicts).some(({ harm, state }) => harm === 'H3' && state !== 'missing');
}

function allergiesOf({ basis, stated }: Between, members: readonly SubjectRecord[]): readonly AllergyInput[] {
  const held = { basis, stated, held: basis.allergies };
  return standing(held, members, (type) => type === ALLERGIES).map((one) => ({
    subject: one.member.id,
    source: sourceOf(one),
    view: one.view,
  }));
}
