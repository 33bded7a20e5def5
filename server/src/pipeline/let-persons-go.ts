// Persons who have long not been spoken of leave the holding, with all that is judged with them, and are read again when they come up.  (pure)
import type { SubjectId } from '../base/ids.ts';
import { identityOf, lookupKeys } from '../identity/index.ts';
import { TURNS_UNDER_WAY } from './loose.ts';
import type { Basis, SubjectRecord } from './types.ts';

/** The turn that last touched each person, longest untouched first. */
export type PersonTurns = Map<SubjectId, number>;

type Held = {
  readonly basis: Basis;
  readonly persons: PersonTurns;
  readonly asked: {
    readonly subjects: Set<string>;
    readonly ids: Set<string>;
    readonly resources: Set<string>;
    readonly lookups: Set<string>;
  };
  readonly loose: { readonly turn: number };
};

export function touchPerson(persons: PersonTurns, person: SubjectId, turn: number): void {
  // To the young end: a Map keeps the order of insertion.
  persons.delete(person);
  persons.set(person, turn);
}

/** Lets go of the persons that are longest untouched, until `isEnough` or nobody is left who may go. */
export function letPersonsGo(held: Held, isEnough: () => boolean): void {
  const { persons, loose } = held;
  for (const [person, turn] of persons) {
    if (turn > loose.turn - TURNS_UNDER_WAY || isEnough()) return;
    persons.delete(person);
    const simple = simpleMember(held.basis, person);
    if (simple !== undefined) letGoOf(held, simple);
  }
}

/**
 * The one record of a person who concerns nobody else: linked with nobody, ruled on by nobody, in no open case, and found by no key that
 * finds somebody else. The others are few and stay.
 */
function simpleMember(basis: Basis, person: SubjectId): SubjectRecord | undefined {
  const members = basis.members.get(person);
  const only = members?.size === 1 ? basis.subjects.get(person) : undefined;
  if (only?.view === undefined || !members?.has(person)) return undefined;
  if (basis.links.has(person) || basis.rulings.has(person) || (basis.casesOf.get(person)?.size ?? 0) > 0)
    return undefined;
  const isOwn = (key: string) => [...(basis.lookup.get(key) ?? [])].every((id) => id === person);
  return keysOf(only).every(isOwn) ? only : undefined;
}

function keysOf(subject: SubjectRecord): readonly string[] {
  return subject.view === undefined ? [] : lookupKeys(identityOf(subject.view, subject));
}

function letGoOf({ basis, asked }: Held, subject: SubjectRecord): void {
  const { id, source, key } = subject;
  for (const one of keysOf(subject)) {
    basis.lookup.delete(one);
    asked.lookups.delete(one);
  }
  const names = [...(basis.listed.get(id) ?? []), ...(basis.allergies.get(id) ?? []), `Patient/${id}`];
  for (const name of names) {
    // What has come to be said of somebody else stays with them.
    const owner = basis.resources.get(name)?.subject;
    if (owner !== undefined && owner !== id) continue;
    basis.resources.delete(name);
    asked.resources.delete(name);
  }
  for (const held of [basis.subjects, basis.members, basis.listed, basis.allergies, basis.verdicts, basis.judged])
    held.delete(id);
  basis.subjectByKey.delete(`${source} ${key}`);
  asked.subjects.delete(`${source} ${key}`);
  asked.ids.delete(id);
}
