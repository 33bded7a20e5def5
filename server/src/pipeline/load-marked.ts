// Loads the resources that rulings and cases name by their statements: a plan may serve them otherwise than they were said.
import type { Db } from '../base/db.ts';
import { restsOn } from '../truth/index.ts';
import { addResources, type Fresh, loadViews } from './load-views.ts';
import * as reader from './reader.ts';
import type { Basis, Prepared } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

type Loading = {
  /** What was named before, so that it is looked for once; it is held for as long as it is named here. */
  readonly holding: { readonly marked: Map<number, string> };
  readonly basis: Basis;
  readonly fresh: Fresh;
  readonly memory: ViewMemory;
};

export async function loadMarked(db: Db, batch: readonly Prepared[], loading: Loading): Promise<void> {
  const { holding, basis, fresh } = loading;
  const named = new Set([...batch.flatMap(namedBy), ...held(basis)]);
  const unknown = [...named].filter((statement) => !holding.marked.has(statement));
  if (unknown.length === 0) return;
  for (const { statement, name } of await reader.readNamesSaid(db, unknown)) holding.marked.set(statement, name);
  // A patient as served is composed, and comes with its person.
  const names = unknown
    .flatMap((statement) => holding.marked.get(statement) ?? [])
    .filter((name) => !name.startsWith('Patient/'));
  addResources(basis, await reader.readResources(db, [...new Set(names)]), fresh);
  await loadViews(db, basis, loading);
}

/** By rulings of the batch itself: what they take back, and what the watch found to rest on something withdrawn. */
function namedBy({ ruling }: Prepared): readonly number[] {
  if (ruling?.kind === 'wrong-patient') return ruling.statement === undefined ? [] : [ruling.statement];
  if (ruling?.kind !== 'watch') return [];
  return ruling.conflicts.flatMap(({ competing }) => competing.map(({ statement }) => statement));
}

function* held(basis: Basis): Iterable<number> {
  for (const rulings of basis.rulings.values())
    for (const { decision, chosen } of rulings) if (decision === 'wrong-patient' && chosen !== undefined) yield chosen;
  for (const { element, competitors, steps } of basis.cases.values()) {
    if (restsOn(element) !== undefined) yield* competitors;
    for (const step of steps)
      if (step.step === 'proposed' && step.decision === 'wrong-patient' && step.statement !== undefined)
        yield step.statement;
  }
}
