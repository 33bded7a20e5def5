// Which statements speak of an element, and what became of each: the raw material of an explanation.
import type { Json } from '../base/json.ts';
import { choiceBase } from './choice.ts';
import { foldNext, isWithinRepeats } from './fold.ts';
import { entriesOf, isList, sameContent } from './json-values.ts';
import { isRestricted } from './restricted.ts';
import type { ExplainedStatement, Spoken, SubjectInput, View, ViewElement } from './types.ts';
import { propertyOf } from './words.ts';

/** A statement that said something of the element, in the order of saying. `value` is what it said; null for "none" or erased. */
export type Testimony = { readonly statement: Spoken; readonly value: Json };
export type Heard = {
  readonly view: View;
  readonly testimonies: readonly Testimony[];
  /** The last restriction that the source lifted: without the lifting the value would not be shown. */
  readonly lifted: LiftedRestriction | undefined;
};
export type LiftedRestriction = { readonly restricting: readonly Spoken[]; readonly lifting: Spoken };

/** Folds the statements (in order, at least one) of one resource, noting each that changed or repeated one of the properties. */
export function hear(statements: readonly Spoken[], about: (property: string) => boolean): Heard | undefined {
  let view: View | undefined;
  let lifted: LiftedRestriction | undefined;
  let restricting: readonly Spoken[] = [];
  const testimonies: Testimony[] = [];
  let between: Spoken[] = [];
  for (const [place, statement] of statements.entries()) {
    if (isWithinRepeats(statements, place)) {
      between.push(statement);
      continue;
    }
    const next = foldNext(view, statement);
    if (next === 'refold') continue;
    const alike = [...between, statement];
    between = [];
    const property = touchedProperty(view, next, about);
    const value = property === undefined ? null : (statement.resource[property] ?? null);
    if (property !== undefined) for (const one of alike) testimonies.push({ statement: one, value });
    if (isRestricted(next.elements['meta'])) {
      if (next.elements['meta'] !== view?.elements['meta']) restricting = [...restricting, ...alike];
    } else if (restricting.length > 0) {
      lifted = { restricting, lifting: statement };
      restricting = [];
    }
    view = next;
  }
  return view === undefined ? undefined : { view, testimonies, lifted };
}

/** The fold makes a new element whenever a statement speaks of it, so identity tells touched from untouched. */
function touchedProperty(
  before: View | undefined,
  after: View,
  about: (property: string) => boolean,
): string | undefined {
  let touched: string | undefined;
  for (const property of Object.keys(after.elements)) {
    if (!about(property) || after.elements[property] === before?.elements[property]) continue;
    if (touched === undefined || touched.startsWith('_')) touched = property;
  }
  if (touched !== undefined || before === undefined) return touched;
  return Object.keys(before.elements).find((property) => about(property) && after.elements[property] === undefined);
}

/** Properties that carry an element of Patient: both forms of a choice, and the `_` companion. */
export function carries(element: string): (property: string) => boolean {
  const base = element.endsWith('[x]') ? element.slice(0, -'[x]'.length) : undefined;
  return (property) => {
    const bare = property.startsWith('_') ? property.slice(1) : property;
    return bare === element || (base !== undefined && choiceBase(bare) === base);
  };
}

/** True when the source still says what this testimony said. */
export function stillHeld(testimony: Testimony, subject: SubjectInput, element: string): boolean {
  const property = propertyOf(subject, element);
  const held: ViewElement | undefined = property === undefined ? undefined : subject.view.elements[property];
  if (held === undefined) return false;
  if (testimony.value === null) return held.value === undefined;
  if (!isList(testimony.value)) return sameContent(held.value, testimony.value);
  const entries = entriesOf(held.value);
  return testimony.value.length > 0 && testimony.value.every((entry) => entries.some((one) => sameContent(one, entry)));
}

/** A testimony as it is told: who, when and by which receipt. From which bytes is put in when it is known what is cited. */
export function told(
  { statement }: Testimony,
  telling: { readonly sourceName: string; readonly value: Json },
): ExplainedStatement {
  const { id, receipt, source, saidAt, receivedAt } = statement;
  return {
    statement: id,
    receipt,
    source,
    sourceName: telling.sourceName,
    saidAt,
    receivedAt,
    value: telling.value,
    origins: [],
  };
}
