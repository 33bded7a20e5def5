// Everything truth needs to know of one person as of a ledger size, read from the inputs alone: the same function on a prefix.
import type { Db } from '../base/db.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import type { Link } from '../identity/types.ts';
import { ALLERGIES, fold, type NamedOrigins } from '../truth/index.ts';
import type { Ruling, Spoken, SubjectInput, View } from '../truth/types.ts';
import { type InputsAsked, nameOf, type PersonInputs, personsInputs, type SubjectAt } from './person-inputs.ts';

export type EntryAt = {
  readonly type: string;
  readonly resourceId: string;
  readonly subject: SubjectId;
  readonly source: SourceKey;
  readonly trust: number;
  readonly view: View;
  readonly origins?: readonly string[];
};
export type PersonAt = {
  /** The person's id as of then: that of its oldest subject. */
  readonly id: SubjectId;
  readonly asOf: number;
  readonly subjects: readonly SubjectInput[];
  readonly subjectKeys: readonly SubjectAt[];
  /** Statements about the patients themselves, their allergies, and what else was asked about. */
  readonly statements: readonly Spoken[];
  readonly allergies: readonly EntryAt[];
  /** Entries of the other lists that were asked about. */
  readonly entries: readonly EntryAt[];
  readonly rulings: readonly Ruling[];
  readonly links: readonly Link[];
  /** Where entries came from, as a Provenance names it. */
  readonly origins: NamedOrigins;
  /** What each source was called then. */
  readonly sourceNames: ReadonlyMap<SourceKey, string>;
};

/**
 * Loads the person that patient `id` belonged to when the ledger had so many leaves. Undefined when nobody had spoken of them yet.
 * `types`: resource types that are asked about beside the patients themselves and their allergies.
 */
export async function personAt(
  db: Db,
  id: string,
  asked: number | Omit<InputsAsked, 'patients'>,
): Promise<PersonAt | undefined> {
  const wanted = typeof asked === 'number' ? { asOf: asked, types: [] } : asked;
  return (await personsAt(db, [id], wanted)).get(id);
}

/** The same for several patients, with as many reads as for one. */
export async function personsAt(
  db: Db,
  ids: readonly string[],
  asked: Omit<InputsAsked, 'patients'>,
): Promise<ReadonlyMap<string, PersonAt>> {
  const inputs = await personsInputs(db, ids, { ...asked, types: [ALLERGIES, ...asked.types], patients: true });
  return new Map([...inputs].map(([id, one]) => [id, personOf(one, asked.asOf)]));
}

function personOf(inputs: PersonInputs, asOf: number): PersonAt {
  const { subjects, patients, listed, rulings, links, sources, origins } = inputs;
  const trustOf = (source: SourceKey) => sources.get(source)?.trust ?? 0;
  const entries = entriesAt(inputs);
  const bySubject = Map.groupBy(patients, (statement) => statement.resourceId as string);
  return {
    id: inputs.id,
    asOf,
    subjectKeys: subjects,
    subjects: subjects.flatMap((subject) => {
      const view = fold(bySubject.get(subject.id) ?? []);
      return view === undefined ? [] : [{ ...subject, trust: trustOf(subject.source), view, erased: false }];
    }),
    statements: [...patients, ...listed],
    allergies: entries.filter((entry) => entry.type === ALLERGIES),
    entries: entries.filter((entry) => entry.type !== ALLERGIES),
    rulings,
    origins,
    sourceNames: new Map([...sources].map(([key, source]) => [key, source.name])),
    links,
  };
}

/** What stands in the lists that were read. */
export function entriesAt({ listed, origins, sources }: PersonInputs): readonly EntryAt[] {
  return [...Map.groupBy(listed, nameOf).values()].flatMap((said): EntryAt[] => {
    const view = fold(said);
    const last = said.at(-1);
    if (view === undefined || view.removed === true || last?.subject === undefined) return [];
    const { resourceType: type, resourceId, subject, source } = last;
    const named = origins.get(nameOf(last));
    const known = named === undefined ? {} : { origins: named };
    return [{ type, resourceId, subject, source, trust: sources.get(source)?.trust ?? 0, view, ...known }];
  });
}
