// Whether what a patch brings may stand in an element, and as which JSON property.                                            (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { type ElementDefinition, isPrimitiveType, isResourceType } from '../fhir/definitions.ts';
import { elementNamed, type Item, itemsIn, propertyFor, type Slot, usedSlot, withItems } from './element-slot.ts';
import type { Given, NamedPart } from './patch-operation.ts';

/** Types that differ by profile alone. */
const QUANTITIES: ReadonlySet<string> = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration']);
const NUMBERS: ReadonlySet<string> = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

export type Fitted = { readonly slot: Slot; readonly item: Item };
/** An element of a type, and the place that asked for it. */
export type Wanted = { readonly holderType: string; readonly element: ElementDefinition };

/** Where in the element the value goes. Throws Refused `patch-type` when the element has no such type. */
export function fitted({ holderType, element }: Wanted, given: Given): Fitted {
  const type = element.types.find((each) => accepts(element, each.type, given))?.type;
  if (type === undefined) {
    const shown = [...new Set(element.types.map((each) => each.type))];
    const listed = shown.length > 12 ? `one of ${shown.length} types` : shown.join(' or ');
    throw new Refused(
      'patch-type',
      `The element ${element.name} of ${holderType} is of type ${listed}. Give such a value.`,
      given.at,
    );
  }
  return { slot: { holderType, element, property: propertyFor(element, type), type }, item: itemOf(type, given) };
}

function accepts(element: ElementDefinition, type: string, given: Given): boolean {
  switch (given.kind) {
    case 'resource':
      return type === 'Resource' && isResourceType(String(given.resource['resourceType']));
    case 'parts':
      return !isPrimitiveType(type) && type !== 'Resource' && !element.isChoice;
    case 'value':
      if (!agrees(type, given.item)) return false;
      return element.isChoice ? given.type === type : kindOf(given.type) === kindOf(type);
  }
}

// Outside a choice a string may be given for a code or a date, since the element's own type decides what it is.
function kindOf(type: string): string {
  if (QUANTITIES.has(type)) return 'Quantity';
  if (type === 'boolean' || !isPrimitiveType(type)) return type;
  return NUMBERS.has(type) ? 'number' : 'string';
}

function agrees(type: string, { value, companion }: Item): boolean {
  const jsonKind = isObject(value) || Array.isArray(value) ? typeof value : typeofJson(value);
  if (!isPrimitiveType(type)) return isObject(value) && companion === undefined;
  if (companion !== undefined && !isObject(companion)) return false;
  if (value === undefined) return companion !== undefined;
  if (type === 'boolean') return jsonKind === 'boolean';
  return jsonKind === (NUMBERS.has(type) ? 'number' : 'string');
}

// A number that keeps its digits is an object to JavaScript.
function typeofJson(value: Json | undefined): string {
  return typeof value === 'object' && value !== null ? 'number' : typeof value;
}

function itemOf(type: string, given: Given): Item {
  if (given.kind === 'value') return given.item;
  return { value: given.kind === 'resource' ? given.resource : built(type, given.parts), companion: undefined };
}

function built(type: string, parts: readonly NamedPart[]): JsonObject {
  return parts.reduce<JsonObject>((made, { name, given }) => appended(made, type, { name, given }), {});
}

/** The object with a value more: at the end of a list, or as the element's only value. */
export function appended(holder: JsonObject, holderType: string, { name, given }: NamedPart): JsonObject {
  const element = elementNamed(holderType, name);
  if (element === undefined) {
    throw new Refused(
      'patch-element-unknown',
      `${holderType} has no element of that name. Name one that R4 defines.`,
      given.at,
    );
  }
  const { slot, item } = fitted({ holderType, element }, given);
  const used = usedSlot(holder, holderType, element);
  if (used === undefined) return withItems(holder, slot, [item]);
  if (element.isList) return withItems(holder, used, [...itemsIn(holder, used), item]);
  throw new Refused(
    'patch-element-present',
    `The element ${element.name} of ${holderType} is there already and does not repeat. Use replace.`,
    given.at,
  );
}
