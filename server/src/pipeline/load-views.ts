// Gives the subjects and resources of a basis their views: from memory, or folded from what is stored.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { fold, foldOn, parseView } from '../truth/index.ts';
import type { Statement, View } from '../truth/types.ts';
import { putResource, putSubject } from './holding.ts';
import * as reader from './reader.ts';
import type { Basis } from './types.ts';
import type { RememberedView, ViewMemory } from './view-memory.ts';

/** What a batch brought into the holding. Whoever was held before is held whole. */
export type Fresh = {
  readonly subjects: SubjectId[];
  readonly resources: string[];
  /** `Type/id` of those whose view is still to be found. */
  readonly unviewed: Set<string>;
};

export function addSubjects(basis: Basis, rows: readonly reader.SubjectRow[], fresh: Fresh): void {
  for (const row of rows) {
    if (basis.subjects.has(row.id)) continue;
    putSubject(basis, { ...row, view: undefined, behind: 0, identified: false });
    fresh.subjects.push(row.id);
    fresh.unviewed.add(`Patient/${row.id}`);
  }
}

export function addResources(basis: Basis, rows: readonly reader.ResourceRow[], fresh: Fresh): void {
  for (const row of rows) {
    const name = `${row.type}/${row.id}`;
    if (basis.resources.has(name)) continue;
    const { subject, digest } = row;
    putResource(basis, {
      ...row,
      subject: subject ?? undefined,
      digest: digest ?? undefined,
      view: undefined,
      behind: 0,
    });
    fresh.resources.push(name);
    // A patient as served has no view of its own: it is composed of those of the subjects.
    if (row.type !== 'Patient') fresh.unviewed.add(name);
  }
}

/** Finds every view still missing, and empties `fresh.unviewed`. */
export async function loadViews(
  db: Db,
  basis: Basis,
  { fresh, memory }: { fresh: Fresh; memory: ViewMemory },
): Promise<void> {
  const { unviewed } = fresh;
  for (const name of unviewed) {
    const remembered = memory.get(name);
    if (remembered === undefined) continue;
    setView(basis, name, remembered);
    unviewed.delete(name);
  }
  if (unviewed.size === 0) return;
  const stored = new Map<string, View>();
  for (const { name, view } of await reader.readViews(db, [...unviewed])) stored.set(name, parseView(view));
  const never = [...unviewed].filter((name) => !stored.has(name));
  const ends = [...stored].map(([name, view]) => ({ name, saidAt: view.lastSaidAt, id: view.lastStatement }));
  const [all, since] = await Promise.all([reader.readStatementsOf(db, never), reader.readStatementsSince(db, ends)]);
  const statements = Map.groupBy([...all, ...since], nameOf);
  for (const name of unviewed) {
    const said = statements.get(name) ?? [];
    const view = stored.get(name);
    setView(basis, name, { view: view === undefined ? fold(said) : foldOn(view, said), behind: said.length });
  }
  unviewed.clear();
}

function nameOf({ resourceType, resourceId }: Statement): string {
  return `${resourceType}/${resourceId}`;
}

function setView(basis: Basis, name: string, remembered: RememberedView): void {
  if (name.startsWith('Patient/')) {
    const id = name.slice('Patient/'.length) as SubjectId;
    const subject = basis.subjects.get(id);
    if (subject !== undefined) basis.subjects.set(id, { ...subject, ...remembered });
    return;
  }
  const resource = basis.resources.get(name);
  if (resource !== undefined) basis.resources.set(name, { ...resource, ...remembered });
}
