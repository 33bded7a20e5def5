// The naive search that the index is compared with: FHIRPath over every resource, and the specification's words for each kind.
import type { Json, JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import type { SearchParameter } from '../fhir/structures.ts';
import { type Compiled, compile } from '../fhirpath/index.ts';
import type { Node } from '../fhirpath/types.ts';
import { CUSTOM } from './custom.testkit.ts';

/** `name:modifier=value,value`, a chain when `through` names the reference it goes by. */
export type Term = { readonly name: string; readonly modifier: string | undefined; readonly values: readonly string[] };
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

function holds(store: Store, resource: JsonObject, term: Term): boolean {
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
  const nodes = nodesOf(resource, definition);
  if (term.modifier === 'missing') return (nodes.length === 0) === (term.values[0] === 'true');
  const matches = term.values.some((value) =>
    nodes.some((node) => matchesNode(node, value, { definition, modifier: term.modifier })),
  );
  return term.modifier === 'not' ? !matches : matches;
}

function holdsBehind(store: Store, resource: JsonObject, term: Term): boolean {
  const [by = '', rest = ''] = term.name.split('.');
  return nodesOf(resource, definitionOf(String(resource['resourceType']), by)).some((node) => {
    const named = textAt(node.value, 'reference');
    const target =
      store.find((one) => named === `${one['resourceType']}/${one['id']}`) ??
      containedIn(resource).find((one) => named === `#${one['id']}`);
    return target?.['resourceType'] === 'Patient' && holds(store, target, { ...term, name: rest });
  });
}

function nodesOf(resource: JsonObject, { expression = '' }: SearchParameter): readonly Node[] {
  const type = String(resource['resourceType']);
  const own = expression
    .split(' | ')
    .filter((part) => new RegExp(`^\\(*(${type}|Resource|DomainResource)\\b`).test(part.trim()))
    .join(' | ');
  const key = `${type} ${own}`;
  const run = compiled.get(key) ?? compile(own, { type });
  compiled.set(key, run);
  return run(resource, { resource }).filter((node) => node.value !== undefined);
}

type How = { readonly definition: SearchParameter; readonly modifier: string | undefined };

function matchesNode(node: Node, value: string, { definition, modifier }: How): boolean {
  switch (definition.type) {
    case 'token':
      return modifier === 'text'
        ? textsOfToken(node).some((text) => fold(text).startsWith(fold(value)))
        : matchesToken(node, value);
    case 'string':
      return matchesString(node, value, modifier);
    case 'date':
      return rangesOf(node.value).some((range) => compares(range, value));
    case 'quantity':
      return matchesQuantity(node.value, value);
    case 'number':
      return matchesQuantity({ value: Number(node.value) }, value);
    case 'reference':
      return matchesReference(node.value, value);
    case 'uri':
      return node.value === value;
    default:
      throw new Error(definition.type);
  }
}

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Json];
}

function at(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
}

function textAt(value: Json | undefined, name: string): string | undefined {
  const found = at(value, name);
  return typeof found === 'string' ? found : undefined;
}

type Code = { readonly system: string; readonly code: string };

function codesOf({ value, type }: Node): readonly Code[] {
  if (typeof value !== 'object' || value === null) return [{ system: '', code: String(value) }];
  if (type === 'CodeableConcept')
    return list(at(value, 'coding')).map((one) => ({
      system: textAt(one, 'system') ?? '',
      code: textAt(one, 'code') ?? '',
    }));
  const code = type === 'Coding' ? textAt(value, 'code') : textAt(value, 'value');
  const system = type === 'ContactPoint' ? '' : (textAt(value, 'system') ?? '');
  return [{ system, code: code ?? '' }];
}

function textsOfToken({ value, type }: Node): readonly string[] {
  const texts =
    type === 'CodeableConcept'
      ? [textAt(value, 'text'), ...list(at(value, 'coding')).map((one) => textAt(one, 'display'))]
      : [];
  const others =
    type === 'Coding' ? [textAt(value, 'display')] : type === 'Identifier' ? [textAt(at(value, 'type'), 'text')] : [];
  return [...texts, ...others].filter((one) => one !== undefined);
}

function matchesToken(node: Node, asked: string): boolean {
  const bar = asked.indexOf('|');
  const system = bar < 0 ? undefined : asked.slice(0, bar);
  const code = asked.slice(bar + 1).toLowerCase();
  return codesOf(node).some((one) => {
    if (system !== undefined && one.system !== system) return false;
    return code === '' ? one.system !== '' : one.code.toLowerCase() === code;
  });
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’.]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

function matchesString({ value, type }: Node, asked: string, modifier: string | undefined): boolean {
  const parts =
    type === 'HumanName'
      ? ['text', 'family', 'given', 'prefix', 'suffix']
      : ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];
  const isWhole = typeof value === 'string';
  const texts = isWhole ? [value] : parts.flatMap((part) => list(at(value, part))).map(String);
  if (modifier === 'exact') return texts.includes(asked);
  const wanted = fold(asked);
  if (modifier === 'contains') return texts.some((text) => fold(text).includes(wanted));
  // "A server defined search" of a name or an address: from the start of any word.
  return texts.some((text) => (isWhole ? fold(text).startsWith(wanted) : ` ${fold(text)}`.includes(` ${wanted}`)));
}

type Range = readonly [from: number, to: number];

/** By the length of what is written, on a calendar; not as the server does it. */
function rangeOf(text: string): Range {
  const [, date = '', time = '', zone = 'Z'] = /^([\d-]+)(?:T([\d:.]+))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const full = `${date}${'-01-01'.slice(date.length - 4)}`;
  const start = Date.parse(
    time === '' ? `${full}T00:00:00Z` : `${full}T${time.length === 5 ? `${time}:00` : time}${zone}`,
  );
  const end = new Date(start);
  if (date.length === 4) end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (date.length === 7) end.setUTCMonth(end.getUTCMonth() + 1);
  else if (time === '') end.setUTCDate(end.getUTCDate() + 1);
  else if (time.length === 5) end.setUTCMinutes(end.getUTCMinutes() + 1);
  else if (time.length === 8) end.setUTCSeconds(end.getUTCSeconds() + 1);
  else end.setUTCMilliseconds(end.getUTCMilliseconds() + 1);
  return [start, end.getTime()];
}

function rangesOf(value: Json | undefined): readonly Range[] {
  if (typeof value === 'string') return [rangeOf(value)];
  const [start, end] = [textAt(value, 'start'), textAt(value, 'end')];
  if (start === undefined && end === undefined) return [];
  return [
    [
      start === undefined ? Number.NEGATIVE_INFINITY : rangeOf(start)[0],
      end === undefined ? Number.POSITIVE_INFINITY : rangeOf(end)[1],
    ],
  ];
}

function compares([from, to]: Range, asked: string): boolean {
  const prefix = /^[a-z]{2}/.exec(asked)?.[0] ?? 'eq';
  const [low, high] = rangeOf(asked.replace(/^[a-z]{2}/, ''));
  const inside = low <= from && to <= high;
  const table: { readonly [prefix: string]: boolean } = {
    ...{
      eq: inside,
      ne: !inside,
      gt: to > high,
      lt: from < low,
      ge: to > low,
      le: from < high,
      sa: from >= high,
      eb: to <= low,
    },
  };
  return table[prefix] ?? false;
}

const GRAMS: { readonly [unit: string]: number } = { mg: 1, g: 1_000, kg: 1_000_000 };

/** Values of the tests are whole milligrams, grams or kilograms, so that sums are exact. */
function matchesQuantity(value: Json | undefined, asked: string): boolean {
  const [number = '', system, code] = asked.split('|');
  const prefix = /^[a-z]{2}/.exec(number)?.[0] ?? 'eq';
  const plain = Number(number.replace(/^[a-z]{2}/, ''));
  const held = Number(at(value, 'value'));
  const unit = textAt(value, 'code') ?? '';
  if (Number.isNaN(held)) return false;
  if (code !== undefined && system === '' && unit !== code && textAt(value, 'unit') !== code) return false;
  const scaled = code !== undefined && system !== '';
  if (scaled && (GRAMS[unit] === undefined || textAt(value, 'system') !== system)) return false;
  const [a, b, half] = scaled
    ? [held * (GRAMS[unit] ?? 0), plain * (GRAMS[code] ?? 0), 0.5 * (GRAMS[code] ?? 0)]
    : [held, plain, 0.5];
  const near = a >= b - half && a < b + half;
  const table: { readonly [prefix: string]: boolean } = {
    eq: near,
    ne: !near,
    gt: a > b,
    lt: a < b,
    ge: a >= b,
    le: a <= b,
    sa: a > b,
    eb: a < b,
  };
  return table[prefix] ?? false;
}

function matchesReference(value: Json | undefined, asked: string): boolean {
  const held = textAt(value, 'reference') ?? '';
  return held === asked || (!asked.includes('/') && /^[A-Z]\w+\/[^/]+$/.test(held) && held.endsWith(`/${asked}`));
}
