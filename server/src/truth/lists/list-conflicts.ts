// The lists that are judged with every receipt: whether anything in them waits for a person. Most people's problems and medicines
// come from one record, which cannot contradict itself, and then next to nothing is done.

import { isErasedEntry } from '../entry-candidate.ts';
import { WITHDRAWN } from '../rests-on.ts';
import type { Verdict, VerdictState, View } from '../types.ts';
import { type ClinicalListInput, decideClinicalList } from './decide-clinical-list.ts';
import { claimOfView } from './entries.ts';
import { SHAPES } from './identity.ts';
import type { Difference, ListEntry } from './types.ts';

/** Lists that are judged with every receipt, and the resource types that stand in them. */
export const JUDGED_LISTS: readonly string[] = ['Condition', 'MedicationStatement'];
const LIST_OF: { readonly [type: string]: string } = {
  Condition: 'Condition',
  MedicationStatement: 'MedicationStatement',
  MedicationRequest: 'MedicationStatement',
};
export const JUDGED_TYPES: readonly string[] = Object.keys(LIST_OF);

/** The list that entries of a type stand in; undefined for types that are not judged as lists. */
export function judgedList(type: string): string | undefined {
  return LIST_OF[type];
}

export type ListState = {
  readonly element: string;
  readonly state: VerdictState;
  readonly harm: Verdict['harm'];
  readonly rule: string;
  /** Each a case of its own. */
  readonly conflicts: readonly Verdict[];
  /** In what the entries about each of these differ, by element. */
  readonly differs: { readonly [element: string]: readonly Difference[] };
};
const NO_DIFFERENCES: ListState['differs'] = {};

const PLAIN = { state: 'known', rule: 'all-are-shown' } as const;

/** Undefined when the policy has no rule for the list, or nobody speaks of it. */
export function listState(input: ClinicalListInput): ListState | undefined {
  const harm = input.policy.elements[input.list]?.['*']?.harm;
  if (harm === undefined || input.entries.length === 0) return undefined;
  if (isPlain(input.list, input.entries))
    return { element: input.list, harm, conflicts: [], differs: NO_DIFFERENCES, ...PLAIN };
  return remembered(input, () => judged(input, harm));
}

function judged(input: ClinicalListInput, harm: ListState['harm']): ListState | undefined {
  const decided = decideClinicalList(input);
  if (decided === undefined) return undefined;
  const { verdict, conflicts, things } = decided;
  const differs = Object.fromEntries(
    things.filter((one) => conflicts.includes(one.verdict)).map((one) => [one.element, one.differences]),
  );
  return { element: input.list, harm, conflicts, differs, state: decided.state, rule: verdict.because.rule };
}

type EntriesInput = Omit<ClinicalListInput, 'list' | 'entries'> & {
  readonly entries: readonly (ListEntry & { readonly type: string })[];
};

/** Of every list that anybody speaks of the verdict on the whole, and those on what in it waits for a person. */
export function listVerdicts(input: EntriesInput): readonly Verdict[] {
  return JUDGED_LISTS.flatMap((list) => {
    const entries = input.entries.filter(({ type }) => judgedList(type) === list);
    const decided = entries.length === 0 ? undefined : decideClinicalList({ ...input, list, entries });
    return decided === undefined ? [] : [...new Set([decided.verdict, ...decided.conflicts])];
  });
}

/** Lists that are judged behind the commits, and when somebody looks: seldom in dispute, and too long to be held for every receipt. */
export const WATCHED_LISTS: readonly string[] = [
  'ResuscitationStatus',
  'Consent',
  'Immunization',
  'Observation',
  'DiagnosticReport',
];
/** Types of which a person has few. */
export const WATCHED_SHORT: readonly string[] = ['Flag', 'Consent', 'Immunization'];
/** Types of which a person may have thousands: one record's cannot contradict each other, so they are read where two speak. */
export const WATCHED_LONG: readonly string[] = ['Observation', 'DiagnosticReport'];

/** Lists that are decided when somebody asks, and only then: what their entries differ in makes no case. */
export const ASKED_LISTS: readonly string[] = ['Encounter'];

export function isWatched(element: string | undefined): boolean {
  const [list = ''] = element?.split(':') ?? [];
  return list === WITHDRAWN || WATCHED_LISTS.includes(list);
}

/** Entries that stand in a list; of Flags and Observations those that speak of resuscitation. */
export function entriesIn<E extends ListEntry & { readonly type: string }>(list: string, entries: readonly E[]) {
  const shape = SHAPES[list];
  return entries.filter(
    ({ type, view }) =>
      shape?.types.includes(type) === true &&
      (list !== 'ResuscitationStatus' || shape.identify(claimOfView(list, view).resource, 'any') !== undefined),
  );
}

/** Of the lists that are decided when somebody asks, what several sources do not agree on. */
export function askedVerdicts(input: EntriesInput): readonly Verdict[] {
  return ASKED_LISTS.flatMap((list) => {
    const entries = entriesIn(list, input.entries);
    if (isOfOne(entries)) return [];
    return decideClinicalList({ ...input, list, entries })?.conflicts ?? [];
  });
}

/** What one record says cannot contradict itself. */
function isOfOne(entries: readonly ListEntry[]): boolean {
  return new Set(entries.map((one) => one.subject)).size < 2;
}

/** Of the watched lists that anybody speaks of the verdict on the whole (of results only where they differ), and what waits for a person. */
export function watchedVerdicts(input: EntriesInput): readonly Verdict[] {
  return WATCHED_LISTS.flatMap((list) => {
    const entries = entriesIn(list, input.entries);
    const isLong = WATCHED_LONG.includes(list);
    if (entries.length === 0 || (isLong && isOfOne(entries))) return [];
    const decided = decideClinicalList({ ...input, list, entries });
    if (decided === undefined) return [];
    return isLong ? decided.conflicts : [...new Set([decided.verdict, ...decided.conflicts])];
  });
}

type Remembered = { readonly input: ClinicalListInput; readonly state: ListState | undefined };
const answers = new WeakMap<View, Remembered>();

/**
 * The last answer, where everything that it follows from is the same: most receipts about somebody with two lists change neither.
 * The time plays no part, since entries of these lists do not grow stale.
 */
function remembered(input: ClinicalListInput, judge: () => ListState | undefined): ListState | undefined {
  const [first] = input.entries;
  if (first === undefined) return undefined;
  const known = answers.get(first.view);
  if (known !== undefined && isSame(known.input, input)) return known.state;
  const state = judge();
  answers.set(first.view, { input, state });
  return state;
}

function isSame(a: ClinicalListInput, b: ClinicalListInput): boolean {
  return (
    a.policy === b.policy &&
    a.list === b.list &&
    a.entries.length === b.entries.length &&
    a.rulings.length === b.rulings.length &&
    a.rulings.every((ruling, place) => ruling.id === b.rulings[place]?.id) &&
    a.entries.every((entry, place) => isSameEntry(entry, b.entries[place]))
  );
}

function isSameEntry(a: ListEntry, b: ListEntry | undefined): boolean {
  return (
    b !== undefined &&
    a.view === b.view &&
    a.subject === b.subject &&
    a.source === b.source &&
    a.trust === b.trust &&
    a.resourceId === b.resourceId &&
    a.erased === b.erased &&
    a.origins === b.origins
  );
}

/** One record that says "none known" of nothing, took nothing back and had nothing erased. */
function isPlain(list: string, entries: readonly ListEntry[]): boolean {
  const [first] = entries;
  return entries.every((entry) => {
    if (entry.subject !== first?.subject || isErasedEntry(entry)) return false;
    const { claim, wide } = claimOfView(list, entry.view);
    return wide === undefined && claim !== 'withdrawn';
  });
}
