// Everything truth needs to know of one person as of a ledger size, read from the inputs alone: the same function on a prefix.
import type { Db } from '../base/db.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import type { Link } from '../identity/types.ts';
import { ALLERGIES, fold, type NamedOrigins, originsNamed, resourceOf } from '../truth/index.ts';
import type { Ruling, Statement, SubjectInput, View } from '../truth/types.ts';
import {
  readConnected,
  readLinksBefore,
  readListNames,
  readProvenanceNames,
  readRulingsBefore,
  readSourcesBefore,
} from './person-reader.ts';
import { readStatementsOf } from './reader.ts';

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
  readonly subjectKeys: readonly { readonly id: SubjectId; readonly source: SourceKey; readonly retired: boolean }[];
  /** Statements about the patients themselves, their allergies, and what else was asked about. */
  readonly statements: readonly Statement[];
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
  asked: number | { readonly asOf: number; readonly types: readonly string[] },
): Promise<PersonAt | undefined> {
  const { asOf, types } = typeof asked === 'number' ? { asOf: asked, types: [] } : asked;
  const connected = await readConnected(db, id);
  if (connected.length === 0) return undefined;
  const ids = connected.map((row) => row.id);
  const links = await readLinksBefore(db, ids, asOf);
  const person = components(connected, links).find((one) => one.subjects.includes(id as SubjectId));
  if (person === undefined) return undefined;
  const [statements, listNames, sources, rulings] = await Promise.all([
    readStatementsOf(
      db,
      person.subjects.map((subject) => `Patient/${subject}`),
      asOf,
    ),
    readListNames(db, { subjects: person.subjects, types: [ALLERGIES, ...types], asOf }),
    readSourcesBefore(db, asOf),
    readRulingsBefore(db, person.subjects, asOf),
  ]);
  const spoken = new Set(statements.map((statement) => statement.resourceId as string));
  if (spoken.size === 0) return undefined;
  const listStatements = await readListStatements(db, { names: listNames, subjects: person.subjects, asOf });
  const retired = retiredSubjects(links);
  const byId = new Map(connected.map((row) => [row.id, row]));
  const subjectKeys = person.subjects.flatMap((subject) => {
    const row = byId.get(subject);
    return row === undefined ? [] : [{ id: subject, source: row.source, retired: retired.has(subject) }];
  });
  const origins = await readOrigins(db, listNames, asOf);
  const trustOf = (source: SourceKey) => sources.get(source)?.trust ?? 0;
  const entries = [...Map.groupBy(listStatements, (one) => `${one.resourceType}/${one.resourceId}`).values()].flatMap(
    (said): EntryAt[] => {
      const view = fold(said);
      const last = said.at(-1);
      if (view === undefined || view.removed === true || last?.subject === undefined) return [];
      const { resourceType: type, resourceId, subject, source } = last;
      const named = origins.get(`${type}/${resourceId}`);
      const known = named === undefined ? {} : { origins: named };
      return [{ type, resourceId, subject, source, trust: trustOf(source), view, ...known }];
    },
  );
  return {
    id: person.subjects.find((subject) => spoken.has(subject)) ?? person.id,
    asOf,
    subjectKeys,
    subjects: subjectKeys.flatMap((subject) => {
      const view = fold(statements.filter((statement) => (statement.resourceId as string) === subject.id));
      return view === undefined ? [] : [{ ...subject, trust: trustOf(subject.source), view, erased: false }];
    }),
    statements: [...statements, ...listStatements],
    allergies: entries.filter((entry) => entry.type === ALLERGIES),
    entries: entries.filter((entry) => entry.type !== ALLERGIES),
    rulings,
    origins,
    sourceNames: new Map([...sources].map(([key, source]) => [key, source.name])),
    links: links.filter((link) => person.subjects.includes(link.a) || person.subjects.includes(link.b)),
  };
}

/** What every Provenance about these resources said by then; one that was taken back says nothing. */
async function readOrigins(db: Db, names: readonly string[], asOf: number): Promise<NamedOrigins> {
  const said = await readStatementsOf(db, await readProvenanceNames(db, names), asOf);
  const views = [...Map.groupBy(said, (one) => one.resourceId).values()].flatMap((some) => fold(some) ?? []);
  return originsNamed(views.filter((view) => view.removed !== true).map(resourceOf));
}

/** An entry of a list is of the patient it was last said to be of: what has been said to be about somebody else since is theirs. */
async function readListStatements(
  db: Db,
  asked: { names: readonly string[]; subjects: readonly SubjectId[]; asOf: number },
): Promise<readonly Statement[]> {
  const said = await readStatementsOf(db, asked.names, asked.asOf);
  const nameOf = ({ resourceType, resourceId }: Statement) => `${resourceType}/${resourceId}`;
  const owners = new Map(said.map((statement) => [nameOf(statement), statement.subject]));
  return said.filter((statement) => asked.subjects.some((subject) => subject === owners.get(nameOf(statement))));
}
