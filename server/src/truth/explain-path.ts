// Which element a person asks about: `birthDate`, `name.family`, `name[0].given`, `Patient.birthDate`, `AllergyIntolerance`.
import type { Json, JsonObject } from '../base/json.ts';
import { choiceBase, elementName } from './choice.ts';
import { PATIENT_ELEMENTS } from './fhir-order.ts';
import { entriesOf, isObject } from './json-values.ts';
import { SHAPES } from './lists/identity.ts';
import { nearest } from './nearest.ts';
import type { Policy } from './types.ts';

export type ExplainPath = {
  /** As asked, without `Patient.`. */
  readonly asked: string;
  /** Patient, or the type that names a clinical list. */
  readonly resourceType: string;
  /** One thing of a list, by its key or by the id of a resource that speaks of it. */
  readonly thing?: string;
  /** The element that has a verdict: `deceased[x]` for `deceasedDateTime`. */
  readonly element: string;
  /** Which entry of a list, if one was named. */
  readonly index: number | undefined;
  /** Below the element, such as `family`. */
  readonly below: readonly Step[];
};
type Step = { readonly name: string; readonly index: number | undefined };

/** An unknown path, with names that come near it. */
export type ExplainRefusal = {
  readonly refused: true;
  readonly code: 'unknown-path';
  readonly message: string;
  readonly nearest: readonly string[];
};

const SEGMENT = /^([A-Za-z][A-Za-z0-9]*(?:\[x\])?)(?:\[(\d{1,4})\])?$/;
const PATH_LENGTH_MAX = 200;
const ALLERGY_TYPE = 'AllergyIntolerance';
/** A list, one thing of it, and a part of that: `Condition`, `Condition:5f1c…`, `Condition/id.clinicalStatus`. */
const LISTED = /^([A-Z][A-Za-z]*)(?:[:/]([A-Za-z0-9-]{1,64}))?(?:\.(.+))?$/;
/** Types that stand in a list named by another. */
const LIST_OF: { readonly [type: string]: string } = { MedicationRequest: 'MedicationStatement' };
const BELOW: { readonly [element: string]: readonly string[] } = {
  identifier: ['use', 'type', 'system', 'value', 'period', 'assigner', 'extension'],
  name: ['use', 'text', 'family', 'given', 'prefix', 'suffix', 'period', 'extension'],
  telecom: ['system', 'value', 'use', 'rank', 'period', 'extension'],
  address: ['use', 'type', 'text', 'line', 'city', 'district', 'state', 'postalCode', 'country', 'period', 'extension'],
  generalPractitioner: ['reference', 'type', 'identifier', 'display', 'extension'],
  birthDate: ['extension'],
  gender: ['extension'],
};

/** Which element of a patient, or of which list, is meant. */
export function pathUnder({ elements }: Pick<Policy, 'elements'>, path: string): ExplainPath | ExplainRefusal {
  const { Patient = {}, ...others } = elements;
  const lists = Object.keys(others).filter((type) => SHAPES[type] !== undefined);
  return parseExplainPath(path, Object.keys(Patient), lists);
}

/** `lists`: the clinical lists that the policy has rules for. */
export function parseExplainPath(
  path: string,
  policyElements: readonly string[],
  lists: readonly string[] = [],
): ExplainPath | ExplainRefusal {
  const listed = listPath(path, lists);
  if (listed !== undefined) return listed;
  const known = [...new Set([...PATIENT_ELEMENTS, ...policyElements])];
  const steps = path.length > PATH_LENGTH_MAX ? undefined : stepsOf(path);
  if (steps === undefined) return refuse(path, [...known, ALLERGY_TYPE]);
  const [head, ...rest] = steps;
  if (head?.name === ALLERGY_TYPE) {
    return { asked: path, resourceType: ALLERGY_TYPE, element: ALLERGY_TYPE, index: head.index, below: rest };
  }
  const [first, ...below] = head?.name === 'Patient' ? rest : steps;
  const asked = head?.name === 'Patient' ? path.slice('Patient.'.length) : path;
  const element = first === undefined ? undefined : knownElement(first.name, known);
  if (first === undefined || element === undefined) return refuse(asked, [...known, ALLERGY_TYPE]);
  const wrong = wrongStep(element, below);
  if (wrong !== undefined) return refuse(asked, wrong, first.name);
  return { asked, resourceType: 'Patient', element, index: first.index, below };
}

function listPath(path: string, lists: readonly string[]): ExplainPath | ExplainRefusal | undefined {
  if (path.length > PATH_LENGTH_MAX) return undefined;
  const [, type = '', thing, rest] = LISTED.exec(path) ?? [];
  const list = LIST_OF[type] ?? type;
  if (list === ALLERGY_TYPE ? thing === undefined : !lists.includes(list)) return undefined;
  const below = rest === undefined ? [] : stepsOf(rest);
  if (below === undefined) return undefined;
  if (thing === undefined && rest !== undefined) return refuseUnnamed(type, rest);
  // Allergies are decided as one list, of which an entry is a part.
  const element = thing === undefined || list === ALLERGY_TYPE ? list : `${list}:${thing}`;
  return {
    asked: path,
    resourceType: list,
    element,
    index: undefined,
    below,
    ...(thing === undefined ? {} : { thing }),
  };
}

/** A part of a list is a part of one thing in it. */
function refuseUnnamed(type: string, rest: string): ExplainRefusal {
  const message = `There are several in the list. Name the one that is meant by its id, as in ${type}/id.${rest}.`;
  return { refused: true, code: 'unknown-path', message, nearest: [] };
}

/** Resource types by which anybody speaks of what the path is about. */
export function typesAbout(path: string): readonly string[] {
  const type = LISTED.exec(path)?.[1] ?? '';
  return SHAPES[LIST_OF[type] ?? type]?.types ?? ['Patient'];
}

function stepsOf(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const segment of path.split('.')) {
    const [, name, index] = SEGMENT.exec(segment) ?? [];
    if (name === undefined) return undefined;
    steps.push({ name, index: index === undefined ? undefined : Number(index) });
  }
  return steps;
}

/** `deceased`, `deceased[x]` and `deceasedDateTime` all ask about `deceased[x]`. */
function knownElement(name: string, known: readonly string[]): string | undefined {
  const bare = name.startsWith('_') ? name.slice(1) : name;
  const choice = choiceBase(bare) === undefined ? `${bare}[x]` : elementName(bare);
  return [bare, choice].find((candidate) => known.includes(candidate));
}

function wrongStep(element: string, below: readonly Step[]): readonly string[] | undefined {
  const known = BELOW[element];
  const [step] = below;
  return step === undefined || known === undefined || known.includes(step.name) ? undefined : known;
}

function refuse(path: string, known: readonly string[], parent?: string): ExplainRefusal {
  const wanted = path.split('.')[parent === undefined ? 0 : 1]?.replace(/\[\d*\]/g, '') ?? '';
  const near = nearest(wanted, known).map((name) => (parent === undefined ? name : `${parent}.${name}`));
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Name one element, such as birthDate, name.family or AllergyIntolerance.';
  return {
    refused: true,
    code: 'unknown-path',
    message: `There is no such element of a patient. ${hint}`,
    nearest: near,
  };
}

/** What stands at the asked place within an element's value; several where the value has several. */
export function below(path: ExplainPath, value: Json): readonly Json[] {
  let found: readonly Json[] = [value];
  for (const step of path.below) {
    found = found.flatMap((one) => {
      const inner = entriesOf(isObject(one) ? stepValue(one, step.name) : undefined);
      return step.index === undefined ? inner : inner.slice(step.index, step.index + 1);
    });
  }
  return found;
}

/** `value` and `value[x]` both find `valueQuantity`. */
function stepValue(value: JsonObject, name: string): Json | undefined {
  if (value[name] !== undefined) return value[name];
  const base = name.replace('[x]', '');
  const typed = Object.keys(value).find((property) => choiceBase(property) === base);
  return typed === undefined ? undefined : value[typed];
}
