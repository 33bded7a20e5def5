// Loads who may be the same as the patients of a batch, and all that is held of their persons: the second round of reads.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { identityOf, linkingKeys } from '../identity/index.ts';
import { casesOf, news, putCase, putLink, putRuling } from './holding.ts';
import { addResources, addSubjects, type Fresh, loadViews } from './load-views.ts';
import * as reader from './reader.ts';
import type { Basis } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

const CANDIDATE_HOPS_MAX = 4;

/**
 * Whoever shares a key with the batch, with the other members of their persons; then whoever shares an identifier with those, for
 * a link refused earlier may become possible through them. Few hops reach everybody in practice; the limit bounds a pathological chain.
 */
async function loadCandidates(db: Db, basis: Basis, { keys, fresh, memory, asked }: Loading): Promise<void> {
  const { subjects } = fresh;
  let wanted = [...keys, ...subjects.flatMap((id) => identifiersOf(basis, id))];
  let alone: readonly SubjectId[] = [...subjects];
  for (let hop = 0; hop < CANDIDATE_HOPS_MAX; hop += 1) {
    const lookups = await reader.readLookups(db, [...news(wanted, asked)]);
    for (const { key, subjects: found } of lookups)
      basis.lookup.set(key, new Set([...(basis.lookup.get(key) ?? []), ...found]));
    const unknown = lookups.flatMap((row) => row.subjects).filter((id) => !basis.subjects.has(id));
    if (alone.length + unknown.length === 0) return;
    const known = subjects.length;
    addSubjects(basis, await reader.readMembers(db, [...alone, ...unknown]), fresh);
    await loadViews(db, basis, { fresh, memory });
    wanted = subjects.slice(known).flatMap((id) => identifiersOf(basis, id));
    alone = [];
  }
}

function identifiersOf(basis: Basis, id: SubjectId): readonly string[] {
  const subject = basis.subjects.get(id);
  return subject?.view === undefined ? [] : linkingKeys(identityOf(subject.view, subject));
}

type Loading = {
  readonly keys: readonly string[];
  readonly fresh: Fresh;
  readonly memory: ViewMemory;
  readonly asked: Set<string>;
};

/** Who is asked about together with somebody: how urgent that is follows from both. */
async function loadOthers(db: Db, basis: Basis, loading: Loading): Promise<void> {
  const { fresh } = loading;
  const asked = casesOf(basis, fresh.subjects).filter(
    ({ kind }) => kind === 'possible-link' || kind === 'identity-veto',
  );
  const others = asked.flatMap((one) => one.persons as readonly SubjectId[]).filter((id) => !basis.subjects.has(id));
  if (others.length === 0) return;
  const more: Fresh = { subjects: [], resources: [], unviewed: new Set() };
  addSubjects(basis, await reader.readMembers(db, [...new Set(others)]), more);
  if (more.subjects.length === 0) return;
  await loadViews(db, basis, { ...loading, fresh: more });
  await loadPersons(db, basis, { ...loading, keys: [], fresh: more });
  fresh.subjects.push(...more.subjects);
}

export async function loadPersons(db: Db, basis: Basis, loading: Loading): Promise<void> {
  await loadCandidates(db, basis, loading);
  const { fresh } = loading;
  const { subjects } = fresh;
  const persons = [...new Set(subjects.flatMap((id) => basis.subjects.get(id)?.person ?? []))];
  const receipts = [...basis.targets.keys()];
  await Promise.all([
    reader.readLinks(db, subjects).then((rows) => {
      for (const row of rows) putLink(basis, row);
    }),
    reader.readRulings(db, subjects).then((rows) => {
      for (const row of rows) putRuling(basis, row);
    }),
    reader
      .readPersonResources(db, subjects, [...new Set([...persons, ...subjects])])
      .then((rows) => addResources(basis, rows, fresh)),
    reader.readOpenCases(db, subjects, receipts).then((rows) => {
      for (const row of rows) putCase(basis, row);
    }),
    reader.readVerdicts(db, persons).then((rows) => {
      for (const row of rows) basis.verdicts.set(row.person, row.verdicts);
    }),
  ]);
  await loadViews(db, basis, loading);
  await loadOthers(db, basis, loading);
}
