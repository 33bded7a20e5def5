// Nodes: how they are made from JSON values at run time, and where in a resource they are.
import { isObject, type Json } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { childrenByKey } from './model.ts';
import type { Node } from './types.ts';

export const NONE: readonly never[] = [];

/** A node without a place. */
export function node(value: Json, type: string): Node {
  return { value, companion: undefined, type, parent: undefined, name: undefined, index: -1 };
}

/** The resource type that a value says it has, or `fallback` where it says none that R4 knows. */
export function resourceTypeOf(value: Json | undefined, fallback: string): string {
  const said = isObject(value) ? value['resourceType'] : undefined;
  return typeof said === 'string' && isResourceType(said) ? said : fallback;
}

/**
 * The FHIRPath of a node from its root: `Patient.name[0].given[1]`, `Observation.value.ofType(Quantity).code`.
 * Undefined for a node that was computed, or came from an expression that was not compiled with mode 'located'.
 */
export function locationOf(place: Node): string | undefined {
  if (place.name === undefined) return undefined;
  if (place.parent === undefined) return place.name;
  const before = locationOf(place.parent);
  return before === undefined ? undefined : `${before}.${stepOf(place)}`;
}

function stepOf(place: Node): string {
  const name = place.name ?? '';
  const [child] = childrenByKey(place.parent?.type ?? '').get(name) ?? [];
  if (child !== undefined && child.name !== name) return `${child.name}.ofType(${place.type})`;
  return place.index < 0 ? name : `${name}[${place.index}]`;
}

/** The JSON properties and list places from the root value to a node: `['name', 0, 'given', 1]`. Undefined as for `locationOf`. */
export function jsonPathOf(place: Node): readonly (string | number)[] | undefined {
  if (place.name === undefined) return undefined;
  if (place.parent === undefined) return [];
  const before = jsonPathOf(place.parent);
  if (before === undefined) return undefined;
  return place.index < 0 ? [...before, place.name] : [...before, place.name, place.index];
}
