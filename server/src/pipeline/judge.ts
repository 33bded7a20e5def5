// What is true of each touched person now: verdicts, and the patient as served.                                           (pure)
import type { Instant } from '../base/ids.ts';
import type { Person } from '../identity/types.ts';
import { type AllergyInput, composePatient, decide, decideAllergies } from '../truth/index.ts';
import type { SubjectInput, Verdict, View } from '../truth/types.ts';
import { rulingsOf } from './holding.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { Basis, SubjectRecord, VerdictSummary } from './types.ts';

export type Judged = {
  readonly person: Person;
  readonly verdicts: readonly Verdict[];
  readonly summary: VerdictSummary;
  /** The Patient without server-owned id and meta; undefined while no subject has said anything. */
  readonly text: string | undefined;
};

/** Judges every person that the receipt touched. */
export function judge(basis: Basis, touched: { stated: Stated; linked: Linked; at: Instant }): readonly Judged[] {
  return touched.linked.persons.map((person) => judgePerson({ basis, ...touched }, person));
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
  const all = [...verdicts, allergies];
  const silent = subjects.every(({ view }) => view.removed === true);
  const text = silent ? undefined : composePatient(verdicts, subjects, person.id);
  return { person, verdicts: all, summary: summarise(all), text };
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
  const found = new Map<string, AllergyInput>();
  for (const member of members) {
    for (const name of basis.allergies.get(member.id) ?? []) {
      const resource = stated.resources.has(name) ? undefined : basis.resources.get(name);
      // It may have been said to be about somebody else since.
      if (resource?.view !== undefined && resource.view.removed !== true && resource.subject === member.id)
        found.set(name, allergyInput(resource.view, member));
    }
    for (const [name, { type, subject, view }] of stated.resources) {
      if (type === 'AllergyIntolerance' && subject === member.id && view !== undefined && view.removed !== true)
        found.set(name, allergyInput(view, member));
    }
  }
  return [...found.values()];
}

function allergyInput(view: View, member: SubjectRecord): AllergyInput {
  const source = Object.values(view.elements)[0]?.source ?? member.source;
  return { subject: member.id, source, view };
}

function summarise(verdicts: readonly Verdict[]): VerdictSummary {
  return Object.fromEntries(
    verdicts.map((verdict) => [
      verdict.element,
      { state: verdict.state, harm: verdict.harm, rule: verdict.because.rule },
    ]),
  );
}
