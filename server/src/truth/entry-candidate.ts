// An entry of a clinical list as a candidate: the whole resource, by the statement that last changed it.
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { compareMoments } from './order.ts';
import type { Candidate, View, ViewElement } from './types.ts';

export type Spoken = { readonly subject: SubjectId; readonly source: SourceKey; readonly view: View };

/** The statement that last changed the entry; saying it again keeps it. */
export function entryCandidate(entry: Spoken, value: Json): Candidate {
  const elements = Object.values(entry.view.elements);
  let newest: ViewElement | undefined;
  let repeatedAt: Instant | undefined;
  for (const element of elements) {
    if (newest === undefined || isAfter(element, newest)) newest = element;
    const again = element.repeated?.saidAt;
    if (again !== undefined && (repeatedAt === undefined || again > repeatedAt)) repeatedAt = again;
  }
  const { lastStatement, lastSaidAt } = entry.view;
  const from = { statement: newest?.statement ?? lastStatement, saidAt: newest?.saidAt ?? lastSaidAt };
  const again = repeatedAt !== undefined && repeatedAt > from.saidAt ? { repeatedAt } : {};
  return { subject: entry.subject, source: entry.source, ...from, ...again, value };
}

function isAfter(a: ViewElement, b: ViewElement): boolean {
  return compareMoments({ saidAt: a.saidAt, id: a.statement }, { saidAt: b.saidAt, id: b.statement }) > 0;
}

/** Erased whole, or its code was: then nothing may be told of it. */
export function isErasedEntry(entry: { readonly view: View; readonly erased?: boolean }): boolean {
  const code = entry.view.elements['code'];
  return entry.erased === true || (code !== undefined && code.value === undefined && !code.cleared);
}
