// A statement that repeats the one before it word for word: the same view as folding it gives, without comparing values.     (pure)
import { repetition, sayAgain } from './fold-element.ts';
import { compareMoments } from './order.ts';
import { isRemoval } from './removal.ts';
import { hasLife } from './supersession.ts';
import type { EntryProvenance, Spoken, View, ViewElement } from './types.ts';

/**
 * What may be folded on by `foldAgain`. A result has a life of its own, and what takes entries back in part repeats none of those it
 * leaves: both go the long way, as does a statement that takes another place than the last.
 */
export function isFoldableAgain(view: View, statement: Omit<Spoken, 'resource'>): boolean {
  return (
    view.removed !== true &&
    !isRemoval(statement) &&
    statement.text !== '' &&
    !hasLife(statement.resourceType) &&
    statement.said.every(({ action }) => action === 'set') &&
    compareMoments(statement, { saidAt: view.lastSaidAt, id: view.lastStatement }) > 0
  );
}

/** The view after a statement with the same text, and the same said of it, as the last one folded in. */
export function foldAgain(view: View, statement: Pick<Spoken, 'id' | 'saidAt'>): View {
  const before = view.lastStatement;
  const again = {
    by: ({ statement: said, repeated }: EntryProvenance) => (repeated?.statement ?? said) === before,
    now: repetition(statement),
  };
  const elements: { [element: string]: ViewElement } = {};
  for (const name of Object.keys(view.elements)) {
    const held = view.elements[name];
    if (held !== undefined) elements[name] = sayAgain(held, again);
  }
  return { ...view, elements, lastSaidAt: statement.saidAt, lastStatement: statement.id };
}
