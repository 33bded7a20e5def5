// The inputs about one person as of a ledger size, as they were appended: no more than what is asked about needs.
import type { Db } from '../base/db.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import type { Link } from '../identity/types.ts';
import type { Source } from '../mapping/types.ts';
import { fold, type NamedOrigins, originsNamed, resourceOf } from '../truth/index.ts';
import type { Ruling, Spoken } from '../truth/types.ts';
import {
  readConnected,
  readLinksBefore,
  readListStatements,
  readPatientStatements,
  readProvenanceNames,
  readRulingsBefore,
  readSourcesBefore,
  readSpokenOf,
} from './person-reader.ts';
import { readStatementsOf } from './reader.ts';

export type SubjectAt = { readonly id: SubjectId; readonly source: SourceKey; readonly retired: boolean };
export type PersonInputs = {
  /** The person's id as of then: that of its oldest subject. */
  readonly id: SubjectId;
  readonly subjects: readonly SubjectAt[];
  /** About the patients themselves; empty where that was not asked for. */
  readonly patients: readonly Spoken[];
  /** About the resources of the types asked for. */
  readonly listed: readonly Spoken[];
  readonly rulings: readonly Ruling[];
  readonly links: readonly Link[];
  readonly sources: ReadonlyMap<SourceKey, Source>;
  /** Where the listed resources came from, as a Provenance names it. */
  readonly origins: NamedOrigins;
};
export type InputsAsked = {
  readonly asOf: number;
  readonly types: readonly string[];
  /** Whether what is said of the patients themselves is wanted. */
  readonly patients: boolean;
  /** What was known of the sources then, for a reader of many persons as of one ledger size. */
  readonly sources?: ReadonlyMap<SourceKey, Source>;
};

/** Of the person that patient `id` belonged to then. Undefined when nobody had spoken of them yet. */
export async function personInputs(db: Db, id: string, asked: InputsAsked): Promise<PersonInputs | undefined> {
  const { asOf, types } = asked;
  const connected = await readConnected(db, id);
  if (connected.length === 0) return undefined;
  const links = await readLinksBefore(
    db,
    connected.map((row) => row.id),
    asOf,
  );
  const person = components(connected, links).find((one) => one.subjects.includes(id as SubjectId));
  if (person === undefined) return undefined;
  const [patients, spoken, said, sources, rulings, origins] = await Promise.all([
    asked.patients ? readPatientStatements(db, person.subjects, asOf) : [],
    readSpokenOf(db, person.subjects, asOf),
    readListStatements(db, { subjects: person.subjects, types, asOf }),
    asked.sources ?? readSourcesBefore(db, asOf),
    readRulingsBefore(db, person.subjects, asOf),
    readOrigins(db, { types, subjects: person.subjects }, asOf),
  ]);
  if (spoken.length === 0) return undefined;
  const retired = retiredSubjects(links);
  const byId = new Map(connected.map((row) => [row.id, row]));
  const listed = ofSubjects(said, person.subjects);
  return {
    id: person.subjects.find((subject) => spoken.includes(subject)) ?? person.id,
    subjects: person.subjects.flatMap((subject) => {
      const row = byId.get(subject);
      return row === undefined ? [] : [{ id: subject, source: row.source, retired: retired.has(subject) }];
    }),
    patients,
    listed,
    rulings,
    links: links.filter((link) => person.subjects.includes(link.a) || person.subjects.includes(link.b)),
    sources,
    origins,
  };
}

export function nameOf({ resourceType, resourceId }: Pick<Spoken, 'resourceType' | 'resourceId'>): string {
  return `${resourceType}/${resourceId}`;
}

/** An entry of a list is of the patient it was last said to be of: what has been said to be about somebody else since is theirs. */
function ofSubjects(said: readonly Spoken[], subjects: readonly SubjectId[]): readonly Spoken[] {
  const own = new Set(subjects);
  if (said.every(({ subject }) => subject !== undefined && own.has(subject))) return said;
  const owners = new Map(said.map((statement) => [nameOf(statement), statement.subject]));
  const isOwn = (owner: SubjectId | undefined) => owner !== undefined && own.has(owner);
  return said.filter((statement) => isOwn(owners.get(nameOf(statement))));
}

/** What every Provenance about the listed resources said by then; one that was taken back says nothing. */
async function readOrigins(
  db: Db,
  listed: { readonly types: readonly string[]; readonly subjects: readonly string[] },
  asOf: number,
): Promise<NamedOrigins> {
  const said = await readStatementsOf(db, await readProvenanceNames(db, listed), asOf);
  const views = [...Map.groupBy(said, (one) => one.resourceId).values()].flatMap((some) => fold(some) ?? []);
  return originsNamed(views.filter((view) => view.removed !== true).map(resourceOf));
}
