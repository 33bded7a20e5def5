// The naive search that the index is compared with: FHIRPath over every resource, and the specification's words for each kind.
import type { Json, JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import type { SearchParameter } from '../fhir/structures.ts';
import { type Compiled, compile } from '../fhirpath/index.ts';
import type { Node } from '../fhirpath/types.ts';
import { CUSTOM } from './custom.testkit.ts';
import { fold, list, matchesNode, textAt } from './scan-values.testkit.ts';

/** `name:modifier=value,value`, a chain when `through` names the reference it goes by. */
export type Term = {
  readonly name: string;
  readonly modifier: string | undefined;
  readonly values: readonly string[];
  /** What a `_filter` means. */
  readonly filter?: Filter;
};
export type Filter =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'term'; readonly term: Term };
export type Store = readonly JsonObject[];

const base = baseLibrary()
  .urls('SearchParameter')
  .flatMap((url) => baseLibrary().searchParameter(url) ?? []);
const definitions = [...base, ...CUSTOM];
const compiled = new Map<string, Compiled>();

export function definitionOf(type: string, code: string): SearchParameter {
  const found = definitions.find(
    (one) => one.code === code && (one.base ?? []).some((base) => [type, 'Resource', 'DomainResource'].includes(base)),
  );
  if (found === undefined) throw new Error(`${type} ${code}`);
  return found;
}

export function definitionsOf(type: string): readonly SearchParameter[] {
  return base.filter((one) => (one.base ?? []).includes(type) && one.expression !== undefined);
}

/** Resources of the type for which all terms hold. */
export function scan(store: Store, type: string, terms: readonly Term[]): readonly string[] {
  return store
    .filter((one) => one['resourceType'] === type && terms.every((term) => holds(store, one, term)))
    .map((one) => String(one['id']));
}

/** Resources that contain one of the type for which all terms hold; `Type/id`. */
export function scanContained(store: Store, type: string, terms: readonly Term[]): readonly string[] {
  return store
    .filter((one) =>
      containedIn(one).some(
        (inner) => inner['resourceType'] === type && terms.every((term) => holds(store, inner, term)),
      ),
    )
    .map((one) => `${one['resourceType']}/${one['id']}`);
}

/** Resources of the type in which all words stand, in whatever text. */
export function scanWords(store: Store, type: string, words: readonly string[]): readonly string[] {
  return store
    .filter((one) => one['resourceType'] === type)
    .filter((one) => {
      const there = new Set(textsIn(one).flatMap((text) => fold(text).split(' ')));
      return words.every((word) => there.has(word));
    })
    .map((one) => String(one['id']));
}

function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value.replace(/['’.]/g, ' ')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) => textsIn(one as Json));
}

function containedIn(resource: JsonObject): readonly JsonObject[] {
  return list(resource['contained']).filter((one): one is JsonObject => textAt(one, 'resourceType') !== undefined);
}

function filtered(store: Store, resource: JsonObject, filter: Filter): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.of.every((one) => filtered(store, resource, one));
    case 'any':
      return filter.of.some((one) => filtered(store, resource, one));
    case 'not':
      return !filtered(store, resource, filter.of);
    case 'term':
      return holds(store, resource, filter.term);
  }
}

function holds(store: Store, resource: JsonObject, term: Term): boolean {
  if (term.filter !== undefined) return filtered(store, resource, term.filter);
  const type = String(resource['resourceType']);
  if (term.name.startsWith('_has:')) {
    const [, from = '', by = '', ...rest] = term.name.split(':');
    const self = `${type}/${resource['id']}`;
    return store.some(
      (other) =>
        other['resourceType'] === from &&
        nodesOf(other, definitionOf(from, by)).some((node) => textAt(node.value, 'reference') === self) &&
        holds(store, other, { ...term, name: rest.join(':') }),
    );
  }
  const dot = term.name.indexOf('.');
  if (dot > 0) return holdsBehind(store, resource, term);
  const definition = definitionOf(type, term.name);
  if (definition.type === 'composite') return holdsTogether(resource, definition, term);
  const nodes = nodesOf(resource, definition);
  if (term.modifier === 'missing') return (nodes.length === 0) === (term.values[0] === 'true');
  const matches = term.values.some((value) =>
    nodes.some((node) => matchesNode(node, value, { definition, modifier: term.modifier })),
  );
  return term.modifier === 'not' ? !matches : matches;
}

/** Of one item, all parts. */
function holdsTogether(resource: JsonObject, composite: SearchParameter, { modifier, values }: Term): boolean {
  const items = nodesOf(resource, composite).map((item) =>
    (composite.component ?? []).map(({ definition, expression }) => ({
      definition: definitions.find(({ url }) => url === definition.replace(/\|.*/, '')),
      nodes: run(expression, item.type)(item.value, { resource }, item).filter(({ value }) => value !== undefined),
    })),
  );
  if (modifier === 'missing')
    return items.some((parts) => parts.every(({ nodes }) => nodes.length > 0)) === (values[0] === 'false');
  return values.some((value) => {
    const asked = value.split('$');
    return items.some((parts) =>
      parts.every(
        ({ definition, nodes }, place) =>
          definition !== undefined &&
          nodes.some((node) => matchesNode(node, asked[place] ?? '', { definition, modifier: undefined })),
      ),
    );
  });
}

function holdsBehind(store: Store, resource: JsonObject, term: Term): boolean {
  const [by = '', ...rest] = term.name.split('.');
  const name = rest.join('.');
  return nodesOf(resource, definitionOf(String(resource['resourceType']), by)).some((node) => {
    const named = textAt(node.value, 'reference');
    const target =
      store.find((one) => named === `${one['resourceType']}/${one['id']}`) ??
      containedIn(resource).find((one) => named === `#${one['id']}`);
    return target !== undefined && holds(store, target, { ...term, name });
  });
}

function run(expression: string, type: string): Compiled {
  const key = `${type} ${expression}`;
  // The published definition of code-value-date writes DateTime for dateTime.
  const known = compiled.get(key) ?? compile(expression.replaceAll('as(DateTime)', 'as(dateTime)'), { type });
  compiled.set(key, known);
  return known;
}

function nodesOf(resource: JsonObject, { expression = '' }: SearchParameter): readonly Node[] {
  const type = String(resource['resourceType']);
  const own = expression
    .split(' | ')
    .filter((part) => new RegExp(`^\\(*(${type}|Resource|DomainResource)\\b`).test(part.trim()))
    .join(' | ');
  return run(own, type)(resource, { resource }).filter((node) => node.value !== undefined);
}
