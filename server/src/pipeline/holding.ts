// The basis as it is held: each part is found by whom it is about, so that a plan costs the same however much is held.   (pure)
import type { ReceiptId, SubjectId } from '../base/ids.ts';
import type { Link } from '../identity/types.ts';
import { judgedList } from '../truth/index.ts';
import type { Ruling } from '../truth/types.ts';
import type { Basis, OpenCase, ResourceRecord, SubjectRecord } from './types.ts';

export function emptyBasis(standing: Pick<Basis, 'policy' | 'sources' | 'mint' | 'parameters'>): Basis {
  return {
    ...standing,
    subjects: new Map(),
    subjectByKey: new Map(),
    members: new Map(),
    lookup: new Map(),
    links: new Map(),
    rulings: new Map(),
    resources: new Map(),
    allergies: new Map(),
    listed: new Map(),
    histories: new Map(),
    cases: new Map(),
    casesOf: new Map(),
    verdicts: new Map(),
    judged: new Map(),
    blocks: new Map(),
    targets: new Map(),
  };
}

export function putSubject(basis: Basis, subject: SubjectRecord): void {
  const before = basis.subjects.get(subject.id);
  if (before !== undefined && before.person !== subject.person) basis.members.get(before.person)?.delete(subject.id);
  basis.subjects.set(subject.id, subject);
  basis.subjectByKey.set(`${subject.source} ${subject.key}`, subject.id);
  addTo(basis.members, subject.person, subject.id);
}

export function putResource(basis: Basis, resource: ResourceRecord): void {
  const name = `${resource.type}/${resource.id}`;
  basis.resources.set(name, resource);
  if (resource.type === 'AllergyIntolerance' && resource.subject !== undefined)
    addTo(basis.allergies, resource.subject, name);
  if (resource.subject !== undefined && judgedList(resource.type) !== undefined)
    addTo(basis.listed, resource.subject, name);
}

/** The same link may come twice: from the plan that made it, and read back. */
export function putLink(basis: Basis, link: Link): void {
  for (const id of new Set([link.a, link.b])) {
    const held = basis.links.get(id) ?? [];
    if (!held.some((one) => one.id === link.id)) basis.links.set(id, [...held, link]);
  }
}

export function putRuling(basis: Basis, ruling: Ruling): void {
  const held = basis.rulings.get(ruling.subject) ?? [];
  if (!held.some((one) => one.id === ruling.id)) basis.rulings.set(ruling.subject, [...held, ruling]);
}

export function putCase(basis: Basis, one: OpenCase): void {
  basis.cases.set(one.id, one);
  for (const person of one.persons) addTo(basis.casesOf, person, one.id);
}

export function noteCase(basis: Basis, { id, steps, handling }: Pick<OpenCase, 'id' | 'steps' | 'handling'>): void {
  const held = basis.cases.get(id);
  if (held !== undefined) basis.cases.set(id, { ...held, steps, handling });
}

export function dropCase(basis: Basis, id: string): void {
  for (const person of basis.cases.get(id)?.persons ?? []) basis.casesOf.get(person)?.delete(id);
  basis.cases.delete(id);
}

/** All subjects of these persons. */
export function membersOf(basis: Basis, persons: Iterable<SubjectId>): readonly SubjectRecord[] {
  return [...persons].flatMap((person) =>
    [...(basis.members.get(person) ?? [])].flatMap((id) => basis.subjects.get(id) ?? []),
  );
}

/** Every link that touches any of these subjects, in the order in which they were made. */
export function linksOf(basis: Basis, subjects: Iterable<SubjectId>): readonly Link[] {
  const found = new Map([...subjects].flatMap((id) => basis.links.get(id) ?? []).map((one) => [one.id, one]));
  return [...found.values()].sort((one, other) => one.id - other.id);
}

/** In the order in which they were made. */
export function rulingsOf(basis: Basis, subjects: readonly SubjectId[]): readonly Ruling[] {
  return subjects.flatMap((id) => basis.rulings.get(id) ?? []).sort((one, other) => one.id - other.id);
}

/** Open cases about any of these persons. */
export function casesOf(basis: Basis, persons: Iterable<string>): readonly OpenCase[] {
  const ids = new Set([...persons].flatMap((person) => [...(basis.casesOf.get(person) ?? [])]));
  return [...ids].sort().flatMap((id) => basis.cases.get(id) ?? []);
}

export function unblock(basis: Basis, receipt: ReceiptId): void {
  for (const [name, receipts] of basis.blocks) {
    if (receipts.includes(receipt))
      basis.blocks.set(
        name,
        receipts.filter((one) => one !== receipt),
      );
  }
}

/** What was not asked for before; it counts as asked for from now on. */
export function news<T>(wanted: Iterable<T>, asked: Set<T>): Set<T> {
  const fresh = new Set<T>();
  for (const one of wanted) {
    if (asked.has(one)) continue;
    asked.add(one);
    fresh.add(one);
  }
  return fresh;
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const held = sets.get(key);
  if (held === undefined) sets.set(key, new Set([value]));
  else held.add(value);
}
