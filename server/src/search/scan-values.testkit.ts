// The specification's words for each kind of value, as the naive search compares them.
import type { Json, JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import type { SearchParameter } from '../fhir/structures.ts';
import type { Node } from '../fhirpath/types.ts';

export type How = { readonly definition: SearchParameter; readonly modifier: string | undefined };

export function matchesNode(node: Node, value: string, { definition, modifier }: How): boolean {
  switch (definition.type) {
    case 'token':
      return matchesTokenBy(node, value, modifier);
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
      return matchesUri(String(node.value), value, modifier);
    case 'special':
      return isNear(node.value, value);
    default:
      throw new Error(definition.type);
  }
}

export function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Json];
}

function at(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
}

export function textAt(value: Json | undefined, name: string): string | undefined {
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

function matchesTokenBy(node: Node, value: string, modifier: string | undefined): boolean {
  switch (modifier) {
    case 'text':
      return textsOfToken(node).some((text) => fold(text).startsWith(fold(value)));
    case 'of-type':
      return isOfType(node.value, value);
    case 'below':
    case 'above': {
      const [system = '', code = ''] = value.split('|');
      const isSo = (held: Code) =>
        held.system === system && isAbove(system, modifier === 'below' ? [code, held.code] : [held.code, code]);
      return codesOf(node).some(isSo);
    }
    default:
      return matchesToken(node, value);
  }
}

/** https://hl7.org/fhir/R4/search.html#of-type */
function isOfType(identifier: Json | undefined, asked: string): boolean {
  const [system = '', code = '', value = ''] = asked.split('|').map((part) => part.toLowerCase());
  const coded = list(at(at(identifier, 'type'), 'coding')).some(
    (one) => (textAt(one, 'system') ?? '').toLowerCase() === system && textAt(one, 'code')?.toLowerCase() === code,
  );
  return coded && textAt(identifier, 'value')?.toLowerCase() === value;
}

type Concept = { readonly code: string; readonly concept?: readonly Concept[] };

/** Is the first code the second, or above it, by how the code system nests them? */
function isAbove(system: string, [upper, lower]: readonly [string, string]): boolean {
  const within = (concepts: readonly Concept[], inside: boolean): boolean =>
    concepts.some((one) => {
      const isIn = inside || one.code === upper;
      return (isIn && one.code === lower) || within(one.concept ?? [], isIn);
    });
  return within(baseLibrary().codeSystem(system)?.concept ?? [], false);
}

function matchesUri(held: string, asked: string, modifier: string | undefined): boolean {
  if (modifier === 'below') return held.startsWith(asked);
  if (modifier === 'above') return held === asked || asked.startsWith(held.endsWith('/') ? held : `${held}/`);
  return held === asked;
}

const RADIUS_KM = 6_371.0088;

/** Along the great circle, by the sphere's law of cosines; not as the server does it. */
function isNear(value: Json | undefined, asked: string): boolean {
  const [latitude = 0, longitude = 0, distance = 0] = asked.split('|').map(Number);
  const held = (name: string) =>
    Number(
      at(
        list(at(value, 'extension')).find((one) => textAt(one, 'url') === name),
        'valueDecimal',
      ),
    );
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b] = [radians(latitude), radians(held('latitude'))];
  const turn = radians(held('longitude') - longitude);
  const angle = Math.acos(Math.min(1, Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(turn)));
  return angle * RADIUS_KM <= distance;
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

export function fold(text: string): string {
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
  if (modifier === 'equals') return texts.some((text) => fold(text) === wanted);
  if (modifier === 'ends') return texts.some((text) => fold(text).endsWith(wanted));
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
