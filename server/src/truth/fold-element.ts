// One element of a view, before and after a statement spoke of it.
import type { Json } from '../base/json.ts';
import { isMergedByMember, typeKey } from './entry-key.ts';
import { isList, isObject, sameContent } from './json-values.ts';
import type { EntryProvenance, Repetition, Spoken, ViewElement } from './types.ts';

/** The statement that speaks, and how: without an `update` the element is replaced whole. */
export type Speaking = Pick<Spoken, 'id' | 'source' | 'saidAt'> & {
  readonly element?: string;
  readonly update?: 'snapshot' | 'merge-by-type';
};

/** The same value again is a repetition; another value is news from this statement. */
export function setElement(previous: ViewElement | undefined, value: Json, speaking: Speaking): ViewElement {
  const merged = speaking.update === 'merge-by-type' ? merge(previous, value, speaking) : undefined;
  if (merged !== undefined) return merged;
  if (previous?.value !== undefined && sameContent(previous.value, value)) {
    return { ...previous, repeated: repetition(speaking) };
  }
  return { value, cleared: false, ...provenance(speaking) };
}

/** The source says there is none. `only` limits that to entries of the same types, and others stay. */
export function clearElement(
  previous: ViewElement | undefined,
  speaking: Speaking,
  only?: readonly Json[],
): ViewElement {
  const rest = only === undefined ? [] : without(previous, only, speaking.element ?? '');
  if (previous !== undefined && isList(previous.value) && rest.length > 0) {
    return withEntries(rest, speaking, previous);
  }
  if (previous?.cleared === true) return { ...previous, repeated: repetition(speaking) };
  return { value: undefined, cleared: true, ...provenance(speaking) };
}

/** A value whose content was destroyed: neither said to be none, nor there. */
export function eraseElement(speaking: Speaking): ViewElement {
  return { value: undefined, cleared: false, ...provenance(speaking) };
}

type Entry = { readonly value: Json; readonly from: EntryProvenance };

/** Entries of a list with where each came from. */
export function entriesWithProvenance(element: ViewElement): readonly Entry[] {
  if (!isList(element.value)) return [];
  const whole = entryProvenance(element);
  return element.value.map((value, place) => ({ value, from: element.entries?.[place] ?? whole }));
}

function entryProvenance(element: ViewElement): EntryProvenance {
  const { statement, saidAt, repeated } = element;
  return repeated === undefined ? { statement, saidAt } : { statement, saidAt, repeated };
}

/** Undefined when the element's entries have no types to merge by. */
function merge(previous: ViewElement | undefined, value: Json, speaking: Speaking): ViewElement | undefined {
  const element = speaking.element ?? '';
  if (isMergedByMember(element)) return mergeMembers(previous, value, speaking);
  if (!isList(value) || previous === undefined || !isList(previous.value)) return undefined;
  if (value.some((entry) => typeKey(element, entry) === undefined)) return undefined;
  const now = repetition(speaking);
  if (sameContent(previous.value, value)) return sayAgain(previous, { by: () => true, now });
  const byKey = groupByKey(element, value);
  const before = entriesWithProvenance(previous);
  const merged: Entry[] = [];
  for (const entry of before) {
    const key = typeKey(element, entry.value) ?? '';
    const replacing = byKey.get(key);
    if (replacing === undefined) merged.push(entry);
    for (const news of replacing?.splice(0) ?? []) merged.push(said(news, before, speaking));
  }
  for (const rest of byKey.values()) for (const news of rest) merged.push(said(news, before, speaking));
  return withEntries(merged, speaking, previous);
}

/** Members given now over those held before; undefined when either is no object. */
function mergeMembers(previous: ViewElement | undefined, value: Json, speaking: Speaking): ViewElement | undefined {
  if (!isObject(value) || !isObject(previous?.value)) return undefined;
  const merged = { ...previous.value, ...value };
  if (sameContent(previous.value, merged)) return { ...previous, repeated: repetition(speaking) };
  return { value: merged, cleared: false, ...provenance(speaking) };
}

function groupByKey(element: string, entries: readonly Json[]): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  for (const entry of entries) {
    const key = typeKey(element, entry) ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** An entry said now: with the provenance it had if the source says the same again. */
function said(value: Json, before: readonly Entry[], speaking: Speaking): Entry {
  const same = before.find((entry) => sameContent(entry.value, value));
  if (same !== undefined) return { value: same.value, from: { ...same.from, repeated: repetition(speaking) } };
  return { value, from: repetition(speaking) };
}

function without(previous: ViewElement | undefined, only: readonly Json[], element: string): readonly Entry[] {
  if (previous === undefined) return [];
  const keys = new Set(only.map((entry) => typeKey(element, entry)));
  return entriesWithProvenance(previous).filter((entry) => !keys.has(typeKey(element, entry.value)));
}

function withEntries(entries: readonly Entry[], speaking: Speaking, previous: ViewElement): ViewElement {
  const value = entries.map((entry) => entry.value);
  const froms = entries.map(({ from }) => from);
  if (!sameContent(previous.value, value)) return listed({ value, cleared: false, ...provenance(speaking) }, froms);
  const { entries: _before, ...kept } = previous;
  const news = froms.some((from) => from.repeated?.statement === speaking.id);
  return listed(news ? { ...kept, repeated: repetition(speaking) } : kept, froms);
}

/** The element, and those of its entries, said again by whoever `by` says. */
export function sayAgain(
  held: ViewElement,
  { by, now }: { readonly by: (from: EntryProvenance) => boolean; readonly now: Repetition },
): ViewElement {
  const { entries, ...whole } = held;
  const said = by(held) ? { ...whole, repeated: now } : whole;
  if (entries === undefined) return said;
  return listed(
    said,
    entries.map((from) => (by(from) ? { ...from, repeated: now } : from)),
  );
}

/** Entry provenance is kept only where it says more than the element's own. */
function listed(whole: ViewElement, entries: readonly EntryProvenance[]): ViewElement {
  const own = entries.every(
    (from) => from.statement === whole.statement && from.repeated?.statement === whole.repeated?.statement,
  );
  return own ? whole : { ...whole, entries };
}

function provenance(speaking: Speaking): Pick<ViewElement, 'statement' | 'source' | 'saidAt'> {
  return { statement: speaking.id, source: speaking.source, saidAt: speaking.saidAt };
}

/** Shared by all that one statement repeats: views are many, and most of what they hold was said again. */
let shared: Repetition | undefined;

export function repetition({ id, saidAt }: Pick<Spoken, 'id' | 'saidAt'>): Repetition {
  if (shared === undefined || shared.statement !== id || shared.saidAt !== saidAt) shared = { statement: id, saidAt };
  return shared;
}
