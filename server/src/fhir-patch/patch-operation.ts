// Reads the Parameters of a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html) into operations.                           (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { elementsOf } from '../fhir/definitions.ts';
import { type Item, propertyFor } from './element-slot.ts';
import { isList } from './pointer.ts';

/** What an operation brings: a value of a data type, a resource, or the parts of an element that has no type of its own. */
export type Given =
  | { readonly kind: 'value'; readonly type: string; readonly item: Item; readonly at: string }
  | { readonly kind: 'resource'; readonly resource: JsonObject; readonly at: string }
  | { readonly kind: 'parts'; readonly parts: readonly NamedPart[]; readonly at: string };
export type NamedPart = { readonly name: string; readonly given: Given };

/** `at` is the place in the Parameters, such as `Parameters.parameter[1]`. */
export type Operation = { readonly path: string; readonly at: string } & (
  | { readonly kind: 'add'; readonly name: string; readonly given: Given }
  | { readonly kind: 'insert'; readonly index: number; readonly given: Given }
  | { readonly kind: 'delete' }
  | { readonly kind: 'replace'; readonly given: Given }
  | { readonly kind: 'move'; readonly source: number; readonly destination: number }
);

/** A patch of more operations is better sent as an update. */
/** Each may look at as much as one evaluation may. */
const OPERATIONS_MAX = 200;
/** Anonymous parts in parts go no deeper than elements of R4 do. */
const DEPTH_MAX = 32;
/** The parts that each kind of operation takes, all of them required. */
const PARTS: { readonly [kind: string]: readonly string[] } = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'index', 'value'],
  delete: ['path'],
  replace: ['path', 'value'],
  move: ['path', 'source', 'destination'],
};

export function shapeRefused(message: string, where: string): Refused {
  return new Refused('patch-shape', message, where);
}

export function operationsOf(parameters: Json): readonly Operation[] {
  if (!isObject(parameters) || parameters['resourceType'] !== 'Parameters') {
    throw shapeRefused('A FHIRPath Patch is a Parameters resource.', 'Parameters');
  }
  const list = parameters['parameter'] ?? [];
  if (!isList(list)) throw shapeRefused('Parameters.parameter is a list.', 'Parameters.parameter');
  if (list.length > OPERATIONS_MAX) {
    const message = `A FHIRPath Patch has at most ${OPERATIONS_MAX} operations. Send an update instead.`;
    throw new Refused('patch-too-large', message, 'Parameters.parameter');
  }
  return list.map((parameter, place) => operationFrom(parameter, `Parameters.parameter[${place}]`));
}

function operationFrom(parameter: Json, at: string): Operation {
  if (!isObject(parameter) || parameter['name'] !== 'operation') {
    throw shapeRefused('Each parameter of a FHIRPath Patch has the name "operation".', at);
  }
  const parts = new Map<string, Given>();
  for (const { name, given } of namedParts(parameter['part'], at, 0)) {
    if (parts.has(name)) throw shapeRefused('A part stands twice. Name each part of an operation once.', given.at);
    parts.set(name, given);
  }
  const kind = textOf(parts.get('type'), `${at}.part(type)`);
  const wanted = Object.hasOwn(PARTS, kind) ? PARTS[kind] : undefined;
  if (wanted === undefined) throw shapeRefused('The type is add, insert, delete, replace or move.', `${at}.part(type)`);
  for (const [name, given] of parts) {
    if (name !== 'type' && !wanted.includes(name)) {
      throw shapeRefused(`Operation ${kind} takes no such part; it takes type, ${wanted.join(', ')}.`, given.at);
    }
  }
  return { at, path: textOf(parts.get('path'), `${at}.part(path)`), ...ofKind(kind, parts, at) };
}

type OfKind = Operation extends infer One ? (One extends Operation ? Omit<One, 'path' | 'at'> : never) : never;

function ofKind(kind: string, parts: ReadonlyMap<string, Given>, at: string): OfKind {
  const text = (name: string) => textOf(parts.get(name), `${at}.part(${name})`);
  const place = (name: string) => placeOf(parts.get(name), `${at}.part(${name})`);
  const given = () => {
    const value = parts.get('value');
    if (value === undefined) throw shapeRefused('The operation needs a part "value".', `${at}.part(value)`);
    return value;
  };
  switch (kind) {
    case 'add':
      return { kind, name: text('name'), given: given() };
    case 'insert':
      return { kind, index: place('index'), given: given() };
    case 'replace':
      return { kind, given: given() };
    case 'move':
      return { kind, source: place('source'), destination: place('destination') };
    default:
      return { kind: 'delete' };
  }
}

function textOf(given: Given | undefined, where: string): string {
  const value = given?.kind === 'value' ? given.item.value : undefined;
  if (typeof value === 'string') return value;
  throw shapeRefused('The operation needs this part, with valueString or valueCode.', where);
}

function placeOf(given: Given | undefined, where: string): number {
  const value = given?.kind === 'value' ? given.item.value : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw shapeRefused(
    'The operation needs this part, with valueInteger of 0 or more: places are counted from 0.',
    where,
  );
}

function namedParts(parts: Json | undefined, at: string, depth: number): readonly NamedPart[] {
  if (!isList(parts) || parts.length === 0) throw shapeRefused('Parts are a list that is not empty.', `${at}.part`);
  if (depth > DEPTH_MAX) throw shapeRefused(`Parts stand at most ${DEPTH_MAX} deep in parts.`, at);
  return parts.map((part, place) => {
    const where = `${at}.part[${place}]`;
    if (!isObject(part) || typeof part['name'] !== 'string') throw shapeRefused('Each part has a name.', where);
    return { name: part['name'], given: givenIn(part, where, depth) };
  });
}

function givenIn(part: JsonObject, at: string, depth: number): Given {
  const { part: parts, resource } = part;
  const properties = new Set(Object.keys(part).flatMap((key) => /^_?(value[A-Z].*)$/.exec(key)?.[1] ?? []));
  const [property] = properties;
  if (properties.size + (parts === undefined ? 0 : 1) + (resource === undefined ? 0 : 1) !== 1) {
    throw shapeRefused('A part has exactly one of value[x], resource and part.', at);
  }
  if (resource !== undefined) {
    if (!isObject(resource)) throw shapeRefused('A resource is an object.', `${at}.resource`);
    return { kind: 'resource', resource, at };
  }
  if (property === undefined) return { kind: 'parts', parts: namedParts(parts, at, depth + 1), at };
  const type = valueTypes().get(property);
  if (type === undefined) throw shapeRefused('R4 has no such type for value[x].', at);
  return { kind: 'value', type, item: { value: part[property], companion: part[`_${property}`] }, at };
}

let types: ReadonlyMap<string, string> | undefined;

/** `valueCode` → `code`, for each type that a parameter may have. */
function valueTypes(): ReadonlyMap<string, string> {
  types ??= new Map(
    elementsOf('Parameters.parameter')
      .filter((element) => element.isChoice)
      .flatMap((element) => element.types.map(({ type }) => [propertyFor(element, type), type] as const)),
  );
  return types;
}
