// What is true of each touched person now: verdicts, and the patient as served.                                           (pure)
import type { Instant } from '../base/ids.ts';
import type { Person } from '../identity/types.ts';
import {
  ALLERGIES,
  type AllergyInput,
  composePatient,
  decide,
  decideAllergies,
  type ListState,
} from '../truth/index.ts';
import type { SubjectInput, Verdict } from '../truth/types.ts';
import { rulingsOf } from './holding.ts';
import { judgeLists, sourceOf, standing } from './judge-lists.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { Basis, JudgedBefore, SubjectRecord, VerdictSummary } from './types.ts';
import { isUnmoved, judgedBefore } from './unmoved.ts';

export type Judged = {
  readonly person: Person;
  readonly verdicts: readonly Verdict[];
  /** In what the entries of lists that wait for a person differ, by element. */
  readonly differs: ListState['differs'];
  readonly summary: VerdictSummary;
  /** The Patient without server-owned id and meta; undefined while no subject has said anything. */
  readonly text: string | undefined;
  readonly before: JudgedBefore;
};

/** Judges every person that the receipt says anything new of. */
export function judge(basis: Basis, touched: { stated: Stated; linked: Linked; at: Instant }): readonly Judged[] {
  return touched.linked.persons
    .filter((person) => !isUnmoved(basis, touched, person))
    .map((person) => judgePerson({ basis, ...touched }, person));
}

function judgePerson(input: { basis: Basis; stated: Stated; linked: Linked; at: Instant }, person: Person): Judged {
  const { basis, stated, linked, at } = input;
  const members = person.subjects.flatMap((id) => linked.subjects.get(id) ?? []);
  const subjects = members.flatMap((subject) => subjectInput(basis, subject));
  const rulings = rulingsOf(basis, person.subjects);
  const { verdicts } = decide({ policy: basis.policy, subjects, rulings, at });
  const allergies = decideAllergies({
    policy: basis.policy,
    allergies: allergiesOf(basis, stated, members),
    rulings,
    at,
  });
  const lists = judgeLists(input, members, rulings);
  const all = [...verdicts, allergies, ...lists.flatMap((list) => list.conflicts)];
  const silent = subjects.every(({ view }) => view.removed === true);
  const text = silent ? undefined : composePatient(verdicts, subjects, person.id);
  const differs = Object.assign({}, ...lists.map((list) => list.differs));
  // Of what is judged, only what is said of the patient can grow old.
  const views = subjects.map(({ view }) => view);
  const before = judgedBefore(basis, members, { verdicts: all, views, at });
  return { person, verdicts: all, differs, summary: summarise(all, lists), text, before };
}

/** A subject ready to be decided over; none while its source has said nothing of it but its key. */
export function subjectInput(basis: Pick<Basis, 'sources'>, subject: SubjectRecord): SubjectInput[] {
  if (subject.view === undefined) return [];
  const trust = basis.sources.get(subject.source)?.trust ?? 0;
  return [
    { id: subject.id, source: subject.source, trust, view: subject.view, retired: subject.retired, erased: false },
  ];
}

function allergiesOf(basis: Basis, stated: Stated, members: readonly SubjectRecord[]): readonly AllergyInput[] {
  const held = { basis, stated, held: basis.allergies };
  return standing(held, members, (type) => type === ALLERGIES).map((one) => ({
    subject: one.member.id,
    source: sourceOf(one),
    view: one.view,
  }));
}

/** A list by its own name, and each thing in it that waits for a person. */
function summarise(verdicts: readonly Verdict[], lists: readonly ListState[]): VerdictSummary {
  return Object.fromEntries([
    ...verdicts.map((verdict) => [
      verdict.element,
      { state: verdict.state, harm: verdict.harm, rule: verdict.because.rule },
    ]),
    ...lists.map(({ element, state, harm, rule }) => [element, { state, harm, rule }]),
  ]);
}
