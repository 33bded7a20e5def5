// Which persons there are after this receipt: links decided by rule, by the sender's merges, or by a ruling.             (pure)
import { invariant } from '../base/errors.ts';
import { type LinkId, partOf, type SubjectId } from '../base/ids.ts';
import { components, identify, identityOf, inOrderOfSight, lookupKeys, retiredSubjects } from '../identity/index.ts';
import type { Link, LinkDecision, NearMiss, Person, SubjectIdentity } from '../identity/types.ts';
import { ALLERGIES, judgedList } from '../truth/index.ts';
import { linksOf, membersOf } from './holding.ts';
import { ensureSubject } from './keys.ts';
import type { Stated } from './state.ts';
import type { Basis, Merge, PlannedLink, Prepared, SubjectRecord } from './types.ts';
import { areListsUnmoved } from './unmoved.ts';

export type Linked = {
  readonly links: readonly PlannedLink[];
  readonly merges: readonly Merge[];
  readonly nearMisses: readonly NearMiss[];
  /** Persons whose members or members' views changed, as they are now. */
  readonly persons: readonly Person[];
  /** Ids that were persons before and are not now: they lead on to the person that their subject belongs to. */
  readonly dissolved: readonly SubjectId[];
  /** All subjects of those persons, with person and retirement brought up to date. */
  readonly subjects: ReadonlyMap<SubjectId, SubjectRecord>;
  readonly lookupKeys: ReadonlyMap<SubjectId, readonly string[]>;
};

type Work = {
  readonly basis: Basis;
  readonly prepared: Prepared;
  readonly stated: Stated;
  readonly subjects: Map<SubjectId, SubjectRecord>;
  readonly links: PlannedLink[];
};

/** Decides links for every subject the receipt touched. `ruled`: a person's same or not-same, which is appended as it is. */
export function link(
  basis: Basis,
  receipt: { prepared: Prepared; stated: Stated; ruled: readonly LinkDecision[] },
): Linked {
  const { prepared, stated, ruled } = receipt;
  const work: Work = { basis, prepared, stated, subjects: new Map(stated.subjects), links: [] };
  const keys = new Map<SubjectId, readonly string[]>();
  const nearMisses: NearMiss[] = [];
  const merges =
    prepared.recorded?.merges ??
    prepared.links.map((draft) => ({
      kind: draft.kind,
      surviving: mergeSubject(work, draft.survivingKey),
      retired: mergeSubject(work, draft.retiredKey),
    }));
  for (const decision of ruled) append(work, decision);
  const touched = new Set([...stated.subjects.keys(), ...merges.flatMap((merge) => [merge.surviving, merge.retired])]);
  const isQuiet = merges.length === 0 && ruled.length === 0 && areListsUnmoved(stated);
  for (const id of touched) {
    if (isQuiet && isIdentified(work, id)) continue;
    const identity = identityFor(work, id);
    if (identity === undefined) continue;
    const subjectKeys = lookupKeys(identity);
    if (!isSameKeys(basis.subjects.get(id), subjectKeys)) keys.set(id, subjectKeys);
    const candidates = candidatesOf(work, { id, keys: subjectKeys, merges });
    const result = identify({
      subject: identity,
      candidates,
      links: linksAmong(work, [id, ...candidates.map((one) => one.id)]),
      addressed: stated.addressed.get(id),
      merges: merges.filter((merge) => merge.surviving === id),
    });
    for (const decision of result.decisions) append(work, decision);
    nearMisses.push(...result.nearMisses);
    work.subjects.set(id, { ...subjectOf(work, id), identified: true });
  }
  // Links are an input: those that were appended count, whatever the rules of today would decide.
  if (prepared.recorded !== undefined) work.links.splice(0, work.links.length, ...prepared.recorded.links);
  const concerned = new Set([...touched, ...listOwners(basis, stated)]);
  return { ...regroup(work, concerned), links: work.links, merges, nearMisses, lookupKeys: keys };
}

/**
 * Whose links were decided by what is said again now: whoever changed since looked at both sides. The lists of the persons count, too, for
 * how urgent an open question is depends on them.
 */
function isIdentified({ basis, stated }: Work, id: SubjectId): boolean {
  return (
    stated.repeated.has(`Patient/${id}`) && basis.subjects.get(id)?.identified === true && !stated.addressed.has(id)
  );
}

/** Most of what is said of a patient leaves what finds them as it was. */
function isSameKeys(held: SubjectRecord | undefined, keys: readonly string[]): boolean {
  if (held?.view === undefined) return false;
  const before = lookupKeys(identityOf(held.view, held));
  return before.length === keys.length && before.every((key, place) => key === keys[place]);
}

/** Whose verdict on a list may be another now, also where the receipt says nothing else of them. */
function listOwners(basis: Basis, stated: Stated): readonly SubjectId[] {
  return [...stated.resources].flatMap(([name, resource]) =>
    isJudged(basis, resource.type)
      ? [resource.subject, basis.resources.get(name)?.subject].filter((id) => id !== undefined)
      : [],
  );
}

function isJudged({ policy }: Basis, type: string): boolean {
  if (type === ALLERGIES) return true;
  const list = judgedList(type);
  return list !== undefined && policy.elements[list]?.['*'] !== undefined;
}

function mergeSubject(work: Work, key: string): SubjectId {
  const { prepared, basis, subjects, stated } = work;
  const made = ensureSubject({ prepared, basis, subjects, addressed: stated.addressed }, key);
  work.subjects.set(made.id, work.subjects.get(made.id) ?? made);
  return made.id;
}

function append(work: Work, decision: LinkDecision): void {
  const { receipt } = work.prepared;
  const place = work.stated.statements.length + work.links.length;
  work.links.push({
    ...decision,
    id: partOf(receipt.id, place) as LinkId,
    receipt: receipt.id,
    home: subjectOf(work, decision.a).home,
  });
}

function linksAmong(work: Work, subjects: Iterable<SubjectId>): readonly Link[] {
  return [...linksOf(work.basis, subjects), ...work.links];
}

function subjectOf(work: Work, id: SubjectId): SubjectRecord {
  const subject = work.subjects.get(id) ?? work.basis.subjects.get(id);
  invariant(subject !== undefined, 'every linked subject is part of the basis');
  return subject;
}

function identityFor(work: Work, id: SubjectId): SubjectIdentity | undefined {
  const { view, source, firstSeen } = subjectOf(work, id);
  if (view === undefined)
    return {
      id,
      source,
      firstSeen,
      identifiers: [],
      birthDate: undefined,
      family: undefined,
      given: undefined,
      gender: undefined,
      postcode: undefined,
      pseudo: false,
    };
  return identityOf(view, { id, source, firstSeen });
}

function candidatesOf(
  work: Work,
  {
    id,
    keys,
    merges,
  }: {
    id: SubjectId;
    keys: readonly string[];
    merges: readonly { surviving: SubjectId; retired: SubjectId }[];
  },
): readonly SubjectIdentity[] {
  // A key that a subject had once may still name one that was let go since: it has the key no more, or it would have been read.
  const found = keys.flatMap((key) => [...(work.basis.lookup.get(key) ?? [])]);
  const ids = new Set<SubjectId>(found.filter((one) => work.basis.subjects.has(one)));
  for (const merge of merges) for (const one of [merge.surviving, merge.retired]) ids.add(one);
  const addressed = work.stated.addressed.get(id);
  if (addressed !== undefined) ids.add(addressed);
  // Subjects of the same receipt are not in the index yet.
  for (const other of work.subjects.keys()) ids.add(other);
  // A veto looks at whole components, so their other members come along.
  const persons = new Set([id, ...ids].map((one) => subjectOf(work, one).person));
  for (const other of membersOf(work.basis, persons)) ids.add(other.id);
  ids.delete(id);
  return [...ids].sort().flatMap((one) => identityFor(work, one) ?? []);
}

type Grouped = Pick<Linked, 'persons' | 'dissolved' | 'subjects'>;

/** Nobody new, and no link: every person has the members it had. */
function asBefore(work: Work, touched: ReadonlySet<SubjectId>): Grouped {
  const before = new Set([...touched].map((id) => subjectOf(work, id).person));
  const subjects = new Map<SubjectId, SubjectRecord>();
  const persons = [...before].map((person) => {
    const members = inOrderOfSight(membersOf(work.basis, [person]));
    for (const member of members) subjects.set(member.id, work.subjects.get(member.id) ?? member);
    return { id: person, subjects: members.map(({ id }) => id) };
  });
  return { persons, subjects, dissolved: [] };
}

/** Components over every person that touched or newly linked subjects belonged to. */
function regroup(work: Work, touched: ReadonlySet<SubjectId>): Grouped {
  if (work.links.length === 0 && [...touched].every((id) => work.basis.subjects.has(id)))
    return asBefore(work, touched);
  const seeds = new Set([...touched, ...work.links.flatMap((one) => [one.a, one.b])]);
  const before = new Set([...seeds].map((id) => subjectOf(work, id).person));
  const members = new Map<SubjectId, SubjectRecord>();
  for (const id of seeds) members.set(id, subjectOf(work, id));
  for (const subject of membersOf(work.basis, before))
    members.set(subject.id, work.subjects.get(subject.id) ?? subject);
  const links = linksAmong(work, members.keys()).filter((one) => members.has(one.a) && members.has(one.b));
  const persons = components([...members.values()], links);
  const retired = retiredSubjects(links);
  const subjects = new Map<SubjectId, SubjectRecord>();
  for (const person of persons) {
    for (const id of person.subjects) {
      const record = members.get(id);
      invariant(record !== undefined, 'a component has only members it was given');
      subjects.set(id, { ...record, person: person.id, retired: retired.has(id) });
    }
  }
  const now = new Set(persons.map((person) => person.id));
  const known = [...before].filter((id) => work.basis.subjects.has(id));
  return { persons, subjects, dissolved: known.filter((id) => !now.has(id)) };
}
