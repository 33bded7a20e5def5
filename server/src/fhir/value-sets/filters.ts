// Filters of value sets (https://hl7.org/fhir/R4/valueset-filter-operator.html): which concepts of a code system they keep.     (pure)
import { Refused } from '../../base/errors.ts';
import { isRawJson, type Json } from '../../base/json.ts';
import type { Filter } from '../structures.ts';
import { ancestorsOf, type CodeIndex, type Concept, conceptIn, descendantsOf, valueOfProperty } from './code-index.ts';
import { safeRegex } from './safe-regex.ts';

export type Predicate = (concept: Concept) => boolean;

/** Properties that every code system has, whether it lists them or not. */
const STANDARD: ReadonlySet<string> = new Set(
  'concept code display definition parent child ancestor descendant subsumedBy inactive notSelectable status'.split(
    ' ',
  ),
);
const HIERARCHICAL: ReadonlySet<string> = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes']);
/** Steps that one regular expression may take over a whole code system. */
const REGEX_STEPS_MAX = 100_000_000;

/** Throws Refused for a filter that cannot be applied: R4 forbids to pass over it (`filter-unknown`, `filter-regex`, `too-costly`). */
export function predicateOf(index: CodeIndex, filter: Filter): Predicate {
  const { property, op, value } = filter;
  if (HIERARCHICAL.has(op)) return hierarchical(index, filter);
  if (!STANDARD.has(property) && !index.system.property?.some(({ code }) => code === property)) {
    throw refused(
      index,
      `The code system ${index.system.url} has no property ${property}, so that the filter cannot be applied.`,
    );
  }
  const said = (concept: Concept) => saidBy(index, concept, property);
  const values = new Set(value.split(',').map((one) => one.trim()));
  switch (op) {
    case '=':
      return (concept) => said(concept).includes(value);
    case 'in':
      return (concept) => said(concept).some((one) => values.has(one));
    case 'not-in':
      return (concept) => !said(concept).some((one) => values.has(one));
    case 'exists':
      return (concept) => existsIn(concept, property, said(concept)) === (value === 'true');
    case 'regex':
      return byRegex(index, said, value);
    default:
      throw refused(index, `R4 has no filter operator ${op}.`);
  }
}

function refused({ system }: CodeIndex, message: string): Refused {
  return new Refused('filter-unknown', `${message} Correct the value set.`, system.url);
}

function hierarchical(index: CodeIndex, { property, op, value }: Filter): Predicate {
  if (property !== 'concept' && property !== 'code') {
    throw refused(index, `The filter ${op} is about the property concept, not ${property}.`);
  }
  const root = conceptIn(index, value)?.code;
  if (root === undefined) {
    throw refused(index, `The filter ${op} names a code that ${index.system.url} does not have.`);
  }
  if (op === 'generalizes') {
    const above = ancestorsOf(index, root);
    return ({ code }) => code === root || above.has(code);
  }
  const isBelow = belowOf(index, root);
  if (op === 'descendent-of') return ({ code }) => code !== root && isBelow(code);
  const isA: Predicate = ({ code }) => code === root || isBelow(code);
  return op === 'is-a' ? isA : (concept) => !isA(concept);
}

/** Few questions go up from the code, which is near; many are worth the whole tree below the root, once. */
const QUESTIONS_MAX = 16;

function belowOf(index: CodeIndex, root: string): (code: string) => boolean {
  let questions = 0;
  let below: ReadonlySet<string> | undefined;
  return (code) => {
    if (below === undefined && questions++ < QUESTIONS_MAX) return ancestorsOf(index, code).has(root);
    below ??= descendantsOf(index, root);
    return below.has(code);
  };
}

function byRegex(index: CodeIndex, said: (concept: Concept) => readonly string[], source: string): Predicate {
  const regex = safeRegex(source, index.system.url);
  let steps = 0;
  return (concept) =>
    said(concept).some((text) => {
      steps += regex.cost(text.length);
      if (steps > REGEX_STEPS_MAX) {
        const message = 'The regular expression of a filter costs too much on this code system. Make it plainer.';
        throw new Refused('too-costly', message, index.system.url);
      }
      return regex.test(text);
    });
}

/** What a concept says for a property, as text. */
function saidBy(index: CodeIndex, concept: Concept, property: string): readonly string[] {
  switch (property) {
    case 'concept':
    case 'code':
      return [concept.code];
    case 'display':
      return concept.display === undefined ? [] : [concept.display];
    case 'definition':
      return concept.definition === undefined ? [] : [concept.definition];
    case 'parent':
    case 'subsumedBy':
      return [...concept.parents];
    case 'child':
      return [...concept.children];
    case 'ancestor':
      return [...ancestorsOf(index, concept.code)];
    case 'descendant':
      return [...descendantsOf(index, concept.code)];
    case 'inactive':
      return [String(concept.inactive)];
    case 'notSelectable':
      return [String(concept.abstract)];
    default:
      return own(concept, property).map(textOf);
  }
}

function existsIn(concept: Concept, property: string, said: readonly string[]): boolean {
  // That a concept is active need not be said; that it is said is what `exists` asks.
  return property === 'inactive' || property === 'notSelectable' ? own(concept, property).length > 0 : said.length > 0;
}

function own({ json }: Concept, property: string): readonly Json[] {
  return (json.property ?? []).filter(({ code }) => code === property).flatMap((one) => valueOfProperty(one) ?? []);
}

function textOf(value: Json): string {
  if (isRawJson(value)) return value.rawJSON;
  // A Coding is named by its code.
  const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined;
  return String(code ?? value);
}
