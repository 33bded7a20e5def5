// Who says what about one element: the candidates that a verdict is made of, in an order that depends on nothing but their content.
import type { Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { choiceBase } from './choice.ts';
import { entriesWithProvenance } from './fold-element.ts';
import { byCodeUnit, isList, isObject, listAt, textAt } from './json-values.ts';
import type { Candidate, EntryProvenance, SubjectInput, ViewElement } from './types.ts';

/** One candidate with what ranks it. */
export type Word = {
  readonly candidate: Candidate;
  readonly subject: SubjectInput;
  /** When the source last said it, for freshness. */
  readonly lastSaidAt: Instant;
};
/** A subject that says "none", with the source's own reason where it gives one. */
export type NoneSaid = {
  readonly candidate: Candidate;
  readonly subject: SubjectInput;
  readonly reason: string | undefined;
};

export type Words = {
  /** In order of subjects; a list gives one word an entry. */
  readonly values: readonly Word[];
  readonly none: readonly NoneSaid[];
  /** Subjects whose value was erased. */
  readonly erased: readonly Candidate[];
};

const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const ASKED_UNKNOWN = 'asked-unknown';

/** Subjects in the order in which everything is listed: current before retired, trusted first, then by source and id; never by arrival. */
export function inSubjectOrder(subjects: readonly SubjectInput[]): readonly SubjectInput[] {
  if (subjects.length < 2) return subjects;
  return [...subjects].sort(
    (a, b) =>
      Number(a.retired) - Number(b.retired) ||
      b.trust - a.trust ||
      byCodeUnit(a.source, b.source) ||
      byCodeUnit(a.id, b.id),
  );
}

/** What the given subjects (in subject order) say of an element, such as `birthDate` or `deceased[x]`. */
export function wordsOn(subjects: readonly SubjectInput[], element: string): Words {
  const values: Word[] = [];
  const none: NoneSaid[] = [];
  const erased: Candidate[] = [];
  for (const subject of subjects) {
    const spoken = spokenElement(subject, element);
    if (spoken === undefined) noteSilence({ none, erased }, subject, element);
    else if (subject.erased || (spoken.value === undefined && !spoken.cleared)) erased.push(nothing(subject, spoken));
    else if (!saysSomething(spoken)) none.push({ candidate: nothing(subject, spoken), subject, reason: undefined });
    else pushValues(values, subject, spoken);
  }
  return { values, none, erased };
}

function pushValues(values: Word[], subject: SubjectInput, spoken: ViewElement): void {
  if (isList(spoken.value)) {
    for (const entry of entriesWithProvenance(spoken)) {
      if (!isAbsentEntry(entry.value)) values.push(word(subject, entry.value, entry.from));
    }
  } else if (spoken.value !== undefined) values.push(word(subject, spoken.value, spoken));
}

function saysSomething(spoken: ViewElement): boolean {
  if (!isList(spoken.value)) return spoken.value !== undefined;
  return spoken.value.some((entry) => !isAbsentEntry(entry));
}

/** "No number of this kind": an entry that carries a reason where its value would be. */
function isAbsentEntry(entry: Json): boolean {
  return isObject(entry) && entry['value'] === undefined && absentReason(entry['_value']) !== undefined;
}

/** A word that carries a whole element, list or not, as one value. */
export function wholeWord(subject: SubjectInput, spoken: ViewElement, value: Json): Word {
  return word(subject, value, spoken);
}

function word(subject: SubjectInput, value: Json, from: EntryProvenance): Word {
  const { statement, saidAt, repeated } = from;
  const candidate = { subject: subject.id, source: subject.source, statement, saidAt, value };
  if (repeated === undefined) return { candidate, subject, lastSaidAt: saidAt };
  return { candidate: { ...candidate, repeatedAt: repeated.saidAt }, subject, lastSaidAt: repeated.saidAt };
}

/** A subject that does not speak of the element may still give the reason why, or have had everything erased. */
function noteSilence(into: { none: NoneSaid[]; erased: Candidate[] }, subject: SubjectInput, element: string): void {
  const companion = subject.view.elements[`_${element}`];
  const reason = companion === undefined ? undefined : absentReason(companion.value);
  if (companion !== undefined && reason !== undefined) {
    into.none.push({ candidate: nothing(subject, companion), subject, reason });
  } else if (subject.erased && Object.keys(subject.view.elements).length === 0) {
    const { lastStatement: statement, lastSaidAt: saidAt } = subject.view;
    into.erased.push({ subject: subject.id, source: subject.source, statement, saidAt, value: null });
  }
}

function absentReason(companion: Json | undefined): string | undefined {
  const found = listAt(companion, 'extension').find((one) => textAt(one, 'url') === DATA_ABSENT_REASON);
  return found === undefined ? undefined : (textAt(found, 'valueCode') ?? ASKED_UNKNOWN);
}

/** That a subject says nothing we may repeat: null stands for "none", withheld or erased. */
export function nothing(subject: SubjectInput, spoken: ViewElement): Candidate {
  const { statement, saidAt } = spoken;
  return { subject: subject.id, source: subject.source, statement, saidAt, value: null };
}

const CHOICES: { readonly [element: string]: readonly string[] } = {
  'deceased[x]': ['deceasedBoolean', 'deceasedDateTime', 'deceased[x]'],
  'multipleBirth[x]': ['multipleBirthBoolean', 'multipleBirthInteger', 'multipleBirth[x]'],
};

/** The property under which a subject holds an element: a value before a "none". */
export function propertyOf(subject: SubjectInput, element: string): string | undefined {
  const { elements } = subject.view;
  if (!element.endsWith('[x]')) return elements[element] === undefined ? undefined : element;
  const base = element.slice(0, -'[x]'.length);
  const possible = CHOICES[element] ?? Object.keys(elements).filter((property) => choiceBase(property) === base);
  const held = possible.filter((property) => elements[property] !== undefined);
  return held.find((property) => elements[property]?.cleared === false) ?? held[0];
}

export function spokenElement(subject: SubjectInput, element: string): ViewElement | undefined {
  const property = propertyOf(subject, element);
  return property === undefined ? undefined : subject.view.elements[property];
}
