// The inputs about one person as of a ledger size, as they were appended: no more than what is asked about needs.
import type { Db } from '../base/db.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import type { Link, Person } from '../identity/types.ts';
import type { Source } from '../mapping/types.ts';
import { fold, type NamedOrigins, originsNamed, resourceOf } from '../truth/index.ts';
import type { Ruling, Spoken } from '../truth/types.ts';
import {
  readConnected,
  readLinksBefore,
  readListStatements,
  readNamedStatements,
  readPatientStatements,
  readProvenanceNames,
  readProvenancesOf,
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
  /** Of the listed resources, as `Type/id`, those that are wanted; all of these types where it is not given, or finds it cannot choose. */
  readonly choose?: (subjects: readonly SubjectId[]) => Promise<readonly string[] | undefined>;
};

/** Of the person that patient `id` belonged to then. Undefined when nobody had spoken of them yet. */
export async function personInputs(db: Db, id: string, asked: InputsAsked): Promise<PersonInputs | undefined> {
  return (await personsInputs(db, [id], asked)).get(id);
}

/** The same for several patients, with as many reads as for one. Those of whom nobody had spoken yet are left out. */
export async function personsInputs(
  db: Db,
  ids: readonly string[],
  asked: InputsAsked,
): Promise<ReadonlyMap<string, PersonInputs>> {
  const { asOf, types } = asked;
  const connected = await readConnected(db, ids);
  const known = connected.map((row) => row.id);
  const links = known.length === 0 ? [] : await readLinksBefore(db, known, asOf);
  const personOf = new Map<string, Person>();
  for (const person of components(connected, links)) for (const id of person.subjects) personOf.set(id, person);
  const persons = new Set(ids.flatMap((id) => personOf.get(id) ?? []));
  const subjects = [...persons].flatMap((person) => person.subjects);
  if (subjects.length === 0) return new Map();
  const names = await asked.choose?.(subjects);
  const [patients, spoken, said, sources, rulings, origins] = await Promise.all([
    asked.patients ? readPatientStatements(db, subjects, asOf) : [],
    readSpokenOf(db, subjects, asOf),
    names === undefined ? readListStatements(db, { subjects, types, asOf }) : readNamedStatements(db, names, asOf),
    asked.sources ?? readSourcesBefore(db, asOf),
    readRulingsBefore(db, subjects, asOf),
    readOrigins(
      db,
      names === undefined ? readProvenanceNames(db, { types, subjects }) : readProvenancesOf(db, names),
      asOf,
    ),
  ]);
  const group = <T>(all: readonly T[], subjectOf: (one: T) => SubjectId | undefined) =>
    Map.groupBy(all, (one) => personOf.get(subjectOf(one) ?? ''));
  const saidOf = group(patients, ({ resourceId }) => resourceId as string as SubjectId);
  const listedOf = group(said, ownerIn(said));
  const ruledOn = group(rulings, ({ subject }) => subject);
  const linkedOf = group(links, ({ a }) => a);
  const partedOf = group(links, ({ b }) => b);
  const retired = retiredSubjects(links);
  const byId = new Map(connected.map((row) => [row.id, row]));
  const heard = new Set(spoken);
  const inputsOf = (person: Person): readonly PersonInputs[] => {
    const first = person.subjects.find((subject) => heard.has(subject));
    if (first === undefined) return [];
    const own = new Set([...(linkedOf.get(person) ?? []), ...(partedOf.get(person) ?? [])]);
    return [
      {
        id: first,
        subjects: person.subjects.flatMap((subject) => {
          const row = byId.get(subject);
          return row === undefined ? [] : [{ id: subject, source: row.source, retired: retired.has(subject) }];
        }),
        patients: saidOf.get(person) ?? [],
        listed: listedOf.get(person) ?? [],
        rulings: ruledOn.get(person) ?? [],
        links: [...own].sort((a, b) => a.id - b.id),
        sources,
        origins,
      },
    ];
  };
  const found = new Map([...persons].map((person) => [person, inputsOf(person)[0]]));
  return new Map(
    ids.flatMap((id) => {
      const person = personOf.get(id);
      const inputs = person === undefined ? undefined : found.get(person);
      return inputs === undefined ? [] : [[id, inputs] as const];
    }),
  );
}

export function nameOf({ resourceType, resourceId }: Pick<Spoken, 'resourceType' | 'resourceId'>): string {
  return `${resourceType}/${resourceId}`;
}

/** An entry of a list is of the patient it was last said to be of: what has been said to be about somebody else since is theirs. */
function ownerIn(said: readonly Spoken[]): (statement: Spoken) => SubjectId | undefined {
  const owners = new Map(said.map((statement) => [nameOf(statement), statement.subject]));
  return (statement) => owners.get(nameOf(statement));
}

/** What every Provenance about the listed resources said by then; one that was taken back says nothing. */
async function readOrigins(db: Db, names: Promise<readonly string[]>, asOf: number): Promise<NamedOrigins> {
  const said = await readStatementsOf(db, await names, asOf);
  const views = [...Map.groupBy(said, (one) => one.resourceId).values()].flatMap((some) => fold(some) ?? []);
  return originsNamed(views.filter((view) => view.removed !== true).map(resourceOf));
}
