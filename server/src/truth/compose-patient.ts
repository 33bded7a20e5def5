// The patient as served: adopted values only, and a mark wherever silence could be taken for absence.
import type { SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { isPatientList, patientPlace } from './fhir-order.ts';
import { byCodeUnit, isObject, textAt } from './json-values.ts';
import type { SubjectInput, Verdict, VerdictState } from './types.ts';
import { propertyOf } from './words.ts';

type Resource = { [property: string]: Json };

const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
export const VERDICT_STATE = 'https://vouch.dev/fhir/StructureDefinition/verdict-state';

/**
 * JSON text of the Patient without id and meta of ours. A single subject that was replaced whole, and of which everything is
 * adopted, is its own text byte for byte.
 */
export function composePatient(
  verdicts: readonly Verdict[],
  subjects: readonly SubjectInput[],
  personId: SubjectId,
): string {
  const [only] = subjects;
  if (subjects.length === 1 && only?.view.wholeText !== undefined && !verdicts.some((verdict) => isMarked(verdict))) {
    return only.view.wholeText;
  }
  const byId = new Map(subjects.map((subject) => [subject.id, subject]));
  const parts: Resource = {};
  for (const verdict of verdicts) addElement(parts, verdict, byId);
  addLinks(parts, subjects, personId);
  const resource: Resource = { resourceType: 'Patient' };
  for (const property of Object.keys(parts).sort(inPatientOrder)) {
    const value = parts[property];
    if (value !== undefined) resource[property] = value;
  }
  return JSON.stringify(resource);
}

function inPatientOrder(a: string, b: string): number {
  return patientPlace(a) - patientPlace(b) || byCodeUnit(a, b);
}

/** Why an element that is not there must not be read as "there is none". */
const MARKS: { readonly [state in VerdictState]: string | undefined } = {
  known: undefined,
  assumed: undefined,
  stale: undefined,
  missing: undefined,
  conflicting: 'temp-unknown',
  withheld: 'masked',
  erased: 'masked',
};

function isMarked(verdict: Verdict): boolean {
  return MARKS[verdict.state] !== undefined;
}

function addElement(parts: Resource, verdict: Verdict, subjects: ReadonlyMap<SubjectId, SubjectInput>): void {
  const reason = MARKS[verdict.state];
  if (isPatientList(verdict.element)) {
    const entries = reason === undefined ? [...verdict.values] : uncontested(verdict);
    if (reason !== undefined) entries.push(mark(reason, verdict.state));
    if (entries.length > 0) parts[verdict.element] = entries;
  } else if (reason !== undefined) parts[`_${markedProperty(verdict.element)}`] = mark(reason, verdict.state);
  else addSingle(parts, verdict, subjects);
}

/** Of a conflicting list the entries that nobody disputes; of a list that must not lose one (H3) all of them. */
function uncontested(verdict: Verdict): Json[] {
  if (verdict.state !== 'conflicting') return [];
  const shown = verdict.harm === 'H3' ? 'all' : (verdict.shown ?? 'undisputed');
  if (shown === 'none') return [];
  return shown === 'all' ? [...verdict.values] : verdict.because.used.map((candidate) => candidate.value);
}

function addSingle(parts: Resource, verdict: Verdict, subjects: ReadonlyMap<SubjectId, SubjectInput>): void {
  const value = verdict.values[0];
  const subject = subjects.get(verdict.because.used[0]?.subject ?? ('' as SubjectId));
  const property = subject === undefined ? undefined : propertyOf(subject, verdict.element);
  if (value === undefined || subject === undefined || property === undefined) return;
  parts[property] = value;
  const companion = subject.view.elements[`_${property}`]?.value;
  if (companion !== undefined) parts[`_${property}`] = companion;
}

/** Choice elements are marked on their first type. */
function markedProperty(element: string): string {
  return element.endsWith('[x]') ? `${element.slice(0, -'[x]'.length)}Boolean` : element;
}

function mark(reason: string, state: VerdictState): JsonObject {
  return {
    extension: [
      { url: DATA_ABSENT_REASON, valueCode: reason },
      { url: VERDICT_STATE, valueCode: state },
    ],
  };
}

/** The other source subjects of the person, as the links that FHIR has for it. Links that a source sent itself stay. */
function addLinks(parts: Resource, subjects: readonly SubjectInput[], personId: SubjectId): void {
  const own = parts['link'];
  const links: Json[] = Array.isArray(own) ? [...own] : [];
  const present = new Set(links.map((link) => textAt(isObject(link) ? link['other'] : undefined, 'reference')));
  for (const subject of [...subjects].sort((a, b) => byCodeUnit(a.id, b.id))) {
    const reference = `Patient/${subject.id}`;
    if (subject.id === personId || present.has(reference)) continue;
    links.push({ other: { reference }, type: subject.retired ? 'replaces' : 'seealso' });
  }
  if (links.length > 0) parts['link'] = links;
}
