// An entry of a clinical list as a candidate: the whole resource, by the statement that last changed it.
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { compareMoments } from './order.ts';
import type { Candidate, View, ViewElement } from './types.ts';

export type Spoken = { readonly subject: SubjectId; readonly source: SourceKey; readonly view: View };

/** The statement that last changed the entry; saying it again keeps it. */
export function entryCandidate(entry: Spoken, value: Json): Candidate {
  const newest = newestOf(entry.view);
  let repeatedAt: Instant | undefined;
  for (const element of Object.values(entry.view.elements)) {
    const again = element.repeated?.saidAt;
    if (again !== undefined && (repeatedAt === undefined || again > repeatedAt)) repeatedAt = again;
  }
  const { lastStatement, lastSaidAt } = entry.view;
  const from = { statement: newest?.statement ?? lastStatement, saidAt: newest?.saidAt ?? lastSaidAt };
  const again = repeatedAt !== undefined && repeatedAt > from.saidAt ? { repeatedAt } : {};
  return { subject: entry.subject, source: entry.source, ...from, ...again, value };
}

/** The statement by which an entry's candidate is named. */
export function changedBy(view: View): StatementId {
  return newestOf(view)?.statement ?? view.lastStatement;
}

function newestOf({ elements }: View): ViewElement | undefined {
  let newest: ViewElement | undefined;
  for (const element of Object.values(elements)) if (newest === undefined || isAfter(element, newest)) newest = element;
  return newest;
}

function isAfter(a: ViewElement, b: ViewElement): boolean {
  return compareMoments({ saidAt: a.saidAt, id: a.statement }, { saidAt: b.saidAt, id: b.statement }) > 0;
}

/** Erased whole, or its code was: then nothing may be told of it. */
export function isErasedEntry(entry: { readonly view: View; readonly erased?: boolean }): boolean {
  const code = entry.view.elements['code'];
  return entry.erased === true || (code !== undefined && code.value === undefined && !code.cleared);
}
