// A slot: all that one element of an object holds, whichever JSON properties that takes (`given` and `_given`, `valueQuantity`). (pure)
import type { Json, JsonObject } from '../base/json.ts';
import { type ElementDefinition, elementsOf, isPrimitiveType } from '../fhir/definitions.ts';
import { isList, without } from './pointer.ts';

/** One repeat of an element: its JSON value and, of a primitive, its companion with id and extensions. */
export type Item = { readonly value: Json | undefined; readonly companion: Json | undefined };
export type Slot = {
  /** The type of the object that holds the slot. */
  readonly holderType: string;
  readonly element: ElementDefinition;
  /** The JSON property: `deceasedBoolean` for the element `deceased`. */
  readonly property: string;
  readonly type: string;
};

/** The element of a type by its FHIRPath name (`value`) or, for a choice, `value[x]` or a JSON property (`valueQuantity`). */
export function elementNamed(type: string, name: string): ElementDefinition | undefined {
  const elements = elementsOf(type);
  return (
    elements.find((one) => one.name === name || (one.isChoice && `${one.name}[x]` === name)) ??
    elements.find((one) => one.isChoice && one.types.some((each) => propertyFor(one, each.type) === name))
  );
}

/** The slot of a JSON property of an object of this type. */
export function slotOf(holderType: string, property: string): Slot | undefined {
  const element = elementNamed(holderType, property);
  const of = element?.types.find((each) => propertyFor(element, each.type) === property);
  return element === undefined || of === undefined ? undefined : { holderType, element, property, type: of.type };
}

/** The slot that an object uses for the element, whichever type of a choice it has; undefined when it has none. */
export function usedSlot(holder: JsonObject, holderType: string, element: ElementDefinition): Slot | undefined {
  for (const { type } of element.types) {
    const property = propertyFor(element, type);
    if (holder[property] !== undefined || holder[`_${property}`] !== undefined) {
      return { holderType, element, property, type };
    }
  }
  return undefined;
}

export function propertyFor(element: ElementDefinition, type: string): string {
  return element.isChoice ? `${element.name}${type.charAt(0).toUpperCase()}${type.slice(1)}` : element.name;
}

export function itemsIn(holder: JsonObject, { property }: Slot): readonly Item[] {
  const value = holder[property];
  const companion = holder[`_${property}`];
  if (!isList(value) && !isList(companion)) {
    return value === undefined && companion === undefined ? [] : [{ value, companion }];
  }
  const values = isList(value) ? value : [];
  const companions = isList(companion) ? companion : [];
  const count = Math.max(values.length, companions.length);
  return Array.from({ length: count }, (_, place) => ({
    value: values[place] ?? undefined,
    companion: companions[place] ?? undefined,
  }));
}

/** The holder with these items in the slot. New properties stand where the type's definition has them; others keep their place. */
export function withItems(holder: JsonObject, slot: Slot, items: readonly Item[]): JsonObject {
  const { property, element, type } = slot;
  const values = items.map(({ value }) => value ?? null);
  const companions = items.map(({ companion }) => companion ?? null);
  const written = (list: readonly Json[]) => {
    if (list.every((one) => one === null)) return undefined;
    return element.isList ? list : list[0];
  };
  const made = withProperty(holder, slot, { name: property, value: written(values) });
  return isPrimitiveType(type) ? withProperty(made, slot, { name: `_${property}`, value: written(companions) }) : made;
}

type Written = { readonly name: string; readonly value: Json | undefined };

function withProperty(holder: JsonObject, slot: Slot, { name, value }: Written): JsonObject {
  if (value === undefined) return without(holder, name);
  if (Object.hasOwn(holder, name)) return { ...holder, [name]: value };
  const entries = Object.entries(holder);
  const sibling = entries.findIndex(([key]) => key === slot.property || key === `_${slot.property}`);
  const place = sibling === -1 ? placeByDefinition(entries, slot) : sibling + 1;
  return Object.fromEntries(entries.toSpliced(place, 0, [name, value]));
}

function placeByDefinition(entries: readonly (readonly [string, unknown])[], { holderType, element }: Slot): number {
  const elements = elementsOf(holderType);
  const after = elements.slice(elements.indexOf(element) + 1);
  const names = new Set(after.flatMap((each) => each.types.map(({ type }) => propertyFor(each, type))));
  const place = entries.findIndex(([key]) => names.has(key.startsWith('_') ? key.slice(1) : key));
  return place === -1 ? entries.length : place;
}
