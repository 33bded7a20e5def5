// Gives the subjects and resources of a basis their views: from memory, from the row, or folded from their statements.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { fold, parseView } from '../truth/index.ts';
import type { View } from '../truth/types.ts';
import { putResource, putSubject } from './holding.ts';
import * as reader from './reader.ts';
import type { Basis } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

/** Rows whose view is still to be found, by `Type/id`, with the newest statement the row knows of. */
export type Unviewed = Map<
  string,
  { readonly lastStatement: View['lastStatement']; readonly lastSaidAt: View['lastSaidAt'] }
>;

export function addSubjects(basis: Basis, rows: readonly reader.SubjectRow[], unviewed: Unviewed): void {
  for (const { lastStatement, lastSaidAt, ...row } of rows) {
    if (basis.subjects.has(row.id)) continue;
    putSubject(basis, { ...row, view: undefined });
    if (lastStatement !== null && lastSaidAt !== null) unviewed.set(`Patient/${row.id}`, { lastStatement, lastSaidAt });
  }
}

export function addResources(basis: Basis, rows: readonly reader.ResourceRow[], unviewed: Unviewed): void {
  for (const { lastStatement, lastSaidAt, ...row } of rows) {
    const name = `${row.type}/${row.id}`;
    const known = basis.resources.get(name);
    if (known !== undefined) continue;
    putResource(basis, {
      ...row,
      subject: row.subject ?? undefined,
      digest: row.digest ?? undefined,
      view: undefined,
    });
    if (lastStatement !== null && lastSaidAt !== null) unviewed.set(name, { lastStatement, lastSaidAt });
  }
}

/** Finds every view still missing, and empties `unviewed`. */
export async function loadViews(
  db: Db,
  basis: Basis,
  { unviewed, memory }: { unviewed: Unviewed; memory: ViewMemory },
): Promise<void> {
  for (const [name, { lastStatement }] of unviewed) {
    const view = memory.get(name, lastStatement);
    if (view === undefined) continue;
    setView(basis, name, view);
    unviewed.delete(name);
  }
  if (unviewed.size === 0) return;
  const stored = new Map<string, View>();
  for (const { name, view } of await reader.readViews(db, [...unviewed.keys()])) stored.set(name, parseView(view));
  const unkept = [...unviewed.keys()].filter((name) => !stored.has(name));
  // A view that was not kept is folded from its statements: there are few, or it would have been kept.
  const statements = Map.groupBy(
    await reader.readStatementsOf(db, unkept),
    (one) => `${one.resourceType}/${one.resourceId}`,
  );
  for (const [name, { lastStatement, lastSaidAt }] of unviewed) {
    const view = stored.get(name);
    // Where the same was said again, the row moved on without rewriting the view.
    setView(
      basis,
      name,
      view === undefined ? fold(statements.get(name) ?? []) : { ...view, lastStatement, lastSaidAt },
    );
  }
  unviewed.clear();
}

function setView(basis: Basis, name: string, view: View | undefined): void {
  if (name.startsWith('Patient/')) {
    const id = name.slice('Patient/'.length) as SubjectId;
    const subject = basis.subjects.get(id);
    if (subject !== undefined) basis.subjects.set(id, { ...subject, view });
    return;
  }
  const resource = basis.resources.get(name);
  if (resource !== undefined) basis.resources.set(name, { ...resource, view });
}
