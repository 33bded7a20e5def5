// A code system made ready for asking: its concepts by code, and its hierarchy in both directions.                            (pure)
import { Refused } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import type { CodeSystem, Concept as ConceptJson, Designation } from '../structures.ts';

export type Concept = {
  readonly code: string;
  readonly display: string | undefined;
  readonly definition: string | undefined;
  readonly designations: readonly Designation[];
  readonly json: ConceptJson;
  readonly parents: Set<string>;
  readonly children: Set<string>;
  readonly inactive: boolean;
  readonly abstract: boolean;
};
export type CodeIndex = {
  readonly system: CodeSystem;
  /** In the order of the code system. */
  readonly concepts: ReadonlyMap<string, Concept>;
  /** By code as the system compares codes: folded where it is not case sensitive. */
  readonly byKey: ReadonlyMap<string, Concept>;
};

const compiled = new WeakMap<CodeSystem, CodeIndex>();
/** Deeper nesting than this is no hierarchy of codes. */
const DEPTH_MAX = 1_000;

export function indexOf(system: CodeSystem): CodeIndex {
  const known = compiled.get(system);
  if (known !== undefined) return known;
  const concepts = new Map<string, Concept>();
  for (const { concept, parent } of nested(system.concept ?? [], system.url)) {
    const there = concepts.get(concept.code) ?? conceptOf(concept);
    concepts.set(concept.code, there);
    if (parent !== undefined) there.parents.add(parent);
  }
  link(concepts);
  const byKey =
    system.caseSensitive === false ? new Map([...concepts].map(([code, one]) => [folded(code), one])) : concepts;
  const made = { system, concepts, byKey };
  compiled.set(system, made);
  return made;
}

export function conceptIn({ system, byKey }: CodeIndex, code: string): Concept | undefined {
  return byKey.get(system.caseSensitive === false ? folded(code) : code);
}

// Letters without a case of their own stay; the machine's language plays no part.
function folded(code: string): string {
  return code.toLowerCase();
}

type Nested = { readonly concept: ConceptJson; readonly parent: string | undefined };

function* nested(roots: readonly ConceptJson[], url: string): Generator<Nested> {
  const open: { readonly list: readonly ConceptJson[]; readonly parent: string | undefined; at: number }[] = [
    { list: roots, parent: undefined, at: 0 },
  ];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const concept = top.list[top.at++];
    if (concept === undefined) open.pop();
    else {
      yield { concept, parent: top.parent };
      if (open.length > DEPTH_MAX)
        throw new Refused('code-system-depth', `Concepts nest at most ${DEPTH_MAX} deep.`, url);
      if (concept.concept !== undefined) open.push({ list: concept.concept, parent: concept.code, at: 0 });
    }
  }
}

function conceptOf(json: ConceptJson): Concept {
  return {
    code: json.code,
    display: json.display,
    definition: json.definition,
    designations: json.designation ?? [],
    json,
    parents: new Set(),
    children: new Set(),
    inactive: isInactive(json),
    abstract: propertyOf(json, 'notSelectable') === true || propertyOf(json, 'abstract') === true,
  };
}

// https://hl7.org/fhir/R4/codesystem-concept-properties.html, and the status that HL7's own systems give.
function isInactive(json: ConceptJson): boolean {
  const status = propertyOf(json, 'status');
  return propertyOf(json, 'inactive') === true || status === 'inactive' || status === 'retired';
}

function propertyOf(json: ConceptJson, code: string): Json | undefined {
  const property = json.property?.find((one) => one.code === code);
  return property === undefined ? undefined : valueOfProperty(property);
}

export function valueOfProperty(property: object): Json | undefined {
  const entry = Object.entries(property).find(([name]) => name.startsWith('value'));
  return entry?.[1] as Json | undefined;
}

/** Nesting, and properties that say parents or children beside it. */
function link(concepts: ReadonlyMap<string, Concept>): void {
  for (const concept of concepts.values()) {
    for (const property of concept.json.property ?? []) {
      const other = valueOfProperty(property);
      if (typeof other !== 'string') continue;
      if (property.code === 'parent' || property.code === 'subsumedBy') concept.parents.add(other);
      else if (property.code === 'child') concepts.get(other)?.parents.add(concept.code);
    }
  }
  for (const concept of concepts.values()) {
    for (const parent of concept.parents) concepts.get(parent)?.children.add(concept.code);
  }
}

/** All codes above, without the code itself. Throws Refused `code-system-cycle` when the hierarchy goes in a circle. */
export function ancestorsOf(index: CodeIndex, code: string): ReadonlySet<string> {
  return reached(index, code, 'parents');
}

/** All codes below, without the code itself. Throws as `ancestorsOf`. */
export function descendantsOf(index: CodeIndex, code: string): ReadonlySet<string> {
  return reached(index, code, 'children');
}

function reached({ concepts, system }: CodeIndex, code: string, way: 'parents' | 'children'): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [code];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of concepts.get(next)?.[way] ?? []) {
      if (other === code) {
        const message = 'The hierarchy of this code system goes in a circle. Correct the parents of its concepts.';
        throw new Refused('code-system-cycle', message, system.url);
      }
      if (seen.has(other) || !concepts.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return seen;
}
