// The concepts of a code system, flat, and those that the filters of a value set keep
// (https://hl7.org/fhir/R4/valueset-filter-operator.html).                                                                   (pure)
import type { CodeSystem, Concept, Filter } from './structures.ts';

type Placed = { readonly code: string; readonly concept: Concept; readonly ancestors: readonly string[] };

const flat = new WeakMap<CodeSystem, readonly Placed[]>();

export function allConcepts(system: CodeSystem): readonly Placed[] {
  const known = flat.get(system);
  if (known !== undefined) return known;
  const nested = below(system.concept ?? [], []);
  const placed = withParents(nested);
  flat.set(system, placed);
  return placed;
}

/** Codes that meet every filter; undefined when one of them cannot be applied to what is loaded. */
export function conceptsByFilter(system: CodeSystem, filters: readonly Filter[]): readonly string[] | undefined {
  let kept = allConcepts(system);
  for (const filter of filters) {
    const meets = predicateOf(filter);
    if (meets === undefined) return undefined;
    kept = kept.filter(meets);
  }
  return kept.map(({ code }) => code);
}

function below(concepts: readonly Concept[], ancestors: readonly string[]): readonly Placed[] {
  return concepts.flatMap((concept) => [
    { code: concept.code, concept, ancestors },
    ...below(concept.concept ?? [], [...ancestors, concept.code]),
  ]);
}

// Some systems say parents or children of a concept as properties, beside or instead of nesting.
function withParents(placed: readonly Placed[]): readonly Placed[] {
  const parents = new Map(placed.map(({ code }) => [code, new Set<string>()]));
  for (const { code, concept, ancestors } of placed) {
    const nearest = ancestors.at(-1);
    if (nearest !== undefined) parents.get(code)?.add(nearest);
    for (const { code: property, valueCode: other } of concept.property ?? []) {
      if (typeof other !== 'string') continue;
      if (property === 'subsumedBy' || property === 'parent') parents.get(code)?.add(other);
      else if (property === 'child') parents.get(other)?.add(code);
    }
  }
  const seen = new Map<string, readonly string[]>();
  const above = (code: string): readonly string[] => {
    const done = seen.get(code);
    if (done !== undefined) return done;
    seen.set(code, []);
    const all = [...new Set([...(parents.get(code) ?? [])].flatMap((parent) => [parent, ...above(parent)]))];
    seen.set(code, all);
    return all;
  };
  return placed.map((one) => ({ ...one, ancestors: above(one.code) }));
}

function predicateOf({ property, op, value }: Filter): ((one: Placed) => boolean) | undefined {
  const values = new Set(value.split(',').map((one) => one.trim()));
  switch (op) {
    case 'is-a':
      return ({ code, ancestors }) => code === value || ancestors.includes(value);
    case 'descendent-of':
      return ({ ancestors }) => ancestors.includes(value);
    case 'is-not-a':
      return ({ code, ancestors }) => code !== value && !ancestors.includes(value);
    case 'in':
      return (one) => said(one, property).some((each) => values.has(each));
    case 'not-in':
      return (one) => !said(one, property).some((each) => values.has(each));
    case '=':
      return (one) => said(one, property).includes(value);
    case 'exists':
      return (one) => said(one, property).length > 0 === (value === 'true');
    case 'regex':
      return undefined;
    default:
      return undefined;
  }
}

function said({ code, concept, ancestors }: Placed, property: string): readonly string[] {
  if (property === 'concept' || property === 'code') return [code];
  if (property === 'display') return [concept.display ?? ''];
  if (property === 'parent') return ancestors;
  return (concept.property ?? [])
    .filter((one) => one.code === property)
    .map((one) => String(Object.entries(one).find(([name]) => name.startsWith('value'))?.[1] ?? ''));
}
