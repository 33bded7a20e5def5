// Which resources are served otherwise than their source said them, after a plan: those that a ruling says to be about somebody
// else, as long as nobody disputes them anew, and those that rest on what was withdrawn, as long as a case asks about them.  (pure)
import type { StatementId, SubjectId } from '../base/ids.ts';
import type { Mark } from '../record/marked.ts';
import { changedBy, restsOn } from '../truth/index.ts';
import { casesOf, membersOf, rulingsOf } from './holding.ts';
import type { Linked } from './link.ts';
import type { Basis, OpenCase, PlannedCase, ResourceRecord } from './types.ts';

export type Marking = {
  /** Undefined where it is served as it was said. */
  readonly of: (resource: Pick<ResourceRecord, 'subject' | 'view'>) => Mark | undefined;
  /** Held resources whose mark may be another now. */
  readonly concerned: readonly ResourceRecord[];
};

type Standing = {
  readonly withdrawn: ReadonlySet<StatementId>;
  readonly resting: ReadonlyMap<number, readonly string[]>;
};

/** `planned`: all cases that the plan opens and closes. */
export function markingAfter(
  basis: Basis,
  { linked, planned }: { readonly linked: Linked; readonly planned: readonly PlannedCase[] },
): Marking {
  const personOf = (id: SubjectId) => linked.subjects.get(id)?.person ?? basis.subjects.get(id)?.person;
  const membersNow = (person: SubjectId) =>
    linked.persons.find((one) => one.id === person)?.subjects ?? membersOf(basis, [person]).map((one) => one.id);
  const remembered = new Map<SubjectId, Standing>();
  const standingOf = (subject: SubjectId) => {
    const person = personOf(subject) ?? subject;
    const known = remembered.get(person) ?? standing(basis, membersNow(person), planned);
    remembered.set(person, known);
    return known;
  };
  return {
    of: ({ subject, view }) => {
      if (subject === undefined || view === undefined) return undefined;
      const { withdrawn, resting } = standingOf(subject);
      if (withdrawn.size + resting.size === 0) return undefined;
      const statement = changedBy(view);
      const names = resting.get(statement) ?? [];
      return withdrawn.has(statement) || names.length > 0
        ? { withdrawn: withdrawn.has(statement), restsOn: names }
        : undefined;
    },
    concerned: concerned(basis, linked, planned),
  };
}

function standing(basis: Basis, members: readonly SubjectId[], planned: readonly PlannedCase[]): Standing {
  const closed = new Set(planned.flatMap((one) => (one.action === 'close' ? [one.id] : [])));
  const opened = planned.filter((one) => one.action === 'open');
  const ids: ReadonlySet<string> = new Set(members);
  const open: readonly OpenCase[] = [
    ...casesOf(basis, members).filter((one) => !closed.has(one.id)),
    ...opened.filter((one) => one.persons.some((person) => ids.has(person))),
  ].filter((one) => one.kind === 'conflict');
  const disputed = new Set(open.flatMap((one) => (restsOn(one.element) === undefined ? one.competitors : [])));
  const resting = new Map<number, readonly string[]>();
  for (const { element, competitors } of open) {
    const name = restsOn(element);
    if (name === undefined) continue;
    for (const one of competitors) resting.set(one, [...new Set([...(resting.get(one) ?? []), name])].sort());
  }
  const withdrawn = rulingsOf(basis, members).flatMap(({ decision, chosen }) =>
    decision === 'wrong-patient' && chosen !== undefined && !disputed.has(chosen) ? [chosen] : [],
  );
  return { withdrawn: new Set(withdrawn), resting };
}

/** Whoever a ruling or a case of these persons names, on whichever side of a link they are by now. */
function concerned(basis: Basis, linked: Linked, planned: readonly PlannedCase[]): readonly ResourceRecord[] {
  const touched = new Set<SubjectId>(linked.persons.flatMap((one) => one.subjects));
  const closed = planned.flatMap((one) => (one.action === 'close' ? (basis.cases.get(one.id) ?? []) : []));
  const about = [...closed, ...planned.filter((one) => one.action === 'open')];
  for (const id of about.flatMap((one) => one.persons)) {
    const person = basis.subjects.get(id as SubjectId)?.person;
    for (const member of person === undefined ? [] : membersOf(basis, [person])) touched.add(member.id);
  }
  const subjects = [...touched];
  const named = new Set<number>([
    ...rulingsOf(basis, subjects).flatMap((one) => (one.decision === 'wrong-patient' ? (one.chosen ?? []) : [])),
    ...[...about, ...casesOf(basis, subjects)].flatMap((one) =>
      restsOn(one.element) === undefined ? [] : one.competitors,
    ),
  ]);
  if (named.size === 0) return [];
  return [...basis.resources.values()].filter(
    ({ subject, view, deleted }) =>
      subject !== undefined && view !== undefined && !deleted && touched.has(subject) && named.has(changedBy(view)),
  );
}
