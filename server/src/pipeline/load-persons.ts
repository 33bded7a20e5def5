// Loads who may be the same as the patients of a batch, and all that is held of their persons: the second round of reads.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { identityOf, linkingKeys } from '../identity/index.ts';
import { news, putCase, putLink, putRuling } from './holding.ts';
import { addResources, addSubjects, loadViews, type Unviewed } from './load-views.ts';
import * as reader from './reader.ts';
import type { Basis, SubjectRecord } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

const CANDIDATE_HOPS_MAX = 4;

/**
 * Whoever shares a key with the batch, with the other members of their persons; then whoever shares an identifier with those, for
 * a link refused earlier may become possible through them. Few hops reach everybody in practice; the limit bounds a pathological chain.
 */
async function loadCandidates(db: Db, basis: Basis, { keys, views, before, asked }: Loading): Promise<void> {
  const known = new Set(before);
  const loaded = freshSubjects(basis, known);
  let wanted = [...keys, ...loaded.flatMap(identifiersOf)];
  let alone = loaded.map((subject) => subject.id);
  for (let hop = 0; hop < CANDIDATE_HOPS_MAX; hop += 1) {
    const lookups = await reader.readLookups(db, [...news(wanted, asked)]);
    for (const { key, subjects } of lookups)
      basis.lookup.set(key, new Set([...(basis.lookup.get(key) ?? []), ...subjects]));
    const unknown = lookups.flatMap((row) => row.subjects).filter((id) => !basis.subjects.has(id));
    if (alone.length + unknown.length === 0) return;
    for (const id of basis.subjects.keys()) known.add(id);
    addSubjects(basis, await reader.readMembers(db, [...alone, ...unknown]), views.unviewed);
    await loadViews(db, basis, views);
    wanted = freshSubjects(basis, known).flatMap(identifiersOf);
    alone = [];
  }
}

function freshSubjects(basis: Basis, known: ReadonlySet<SubjectId>): readonly SubjectRecord[] {
  return [...basis.subjects.values()].filter((subject) => !known.has(subject.id));
}

function identifiersOf(subject: SubjectRecord): readonly string[] {
  return subject.view === undefined ? [] : linkingKeys(identityOf(subject.view, subject));
}

type Loading = {
  readonly keys: readonly string[];
  readonly views: { readonly unviewed: Unviewed; readonly memory: ViewMemory };
  /** Subjects that were held before this batch. */
  readonly before: ReadonlySet<SubjectId>;
  readonly asked: Set<string>;
};

export async function loadPersons(db: Db, basis: Basis, loading: Loading): Promise<void> {
  await loadCandidates(db, basis, loading);
  const fresh = freshSubjects(basis, loading.before);
  const subjects = fresh.map((subject) => subject.id);
  const persons = [...new Set(fresh.map((subject) => subject.person))];
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
      .then((rows) => addResources(basis, rows, loading.views.unviewed)),
    reader.readOpenCases(db, subjects, receipts).then((rows) => {
      for (const row of rows) putCase(basis, row);
    }),
    reader.readVerdicts(db, persons).then((rows) => {
      for (const row of rows) basis.verdicts.set(row.person, row.verdicts);
    }),
  ]);
  await loadViews(db, basis, loading.views);
}
