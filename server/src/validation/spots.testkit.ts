// Every place of a resource with what its type says of it, for tests that break one thing at a time.
import type { Json, JsonObject } from '../base/json.ts';
import { type ElementDefinition, elementsOf, isPrimitiveType } from '../fhir/definitions.ts';

/** One value, or one list of values (`isWhole`), of an element. */
export type Spot = {
  readonly keys: readonly (string | number)[];
  readonly expression: string;
  /** FHIRPath of the object that holds the element. */
  readonly holder: string;
  readonly element: ElementDefinition;
  readonly type: string;
  readonly targets: readonly string[] | undefined;
  readonly isWhole: boolean;
  readonly value: Json;
};
type At = { readonly keys: readonly (string | number)[]; readonly expression: string; readonly type: string };

export function spotsOf(resource: JsonObject): readonly Spot[] {
  const type = String(resource['resourceType']);
  return spotsIn(resource, { keys: [], expression: type, type });
}

function spotsIn(object: JsonObject, at: At): readonly Spot[] {
  return elementsOf(at.type).flatMap((element) =>
    element.types.flatMap(({ type, targets }) => {
      const key = element.isChoice ? element.name + type.slice(0, 1).toUpperCase() + type.slice(1) : element.name;
      const value = object[key];
      if (value === undefined) return [];
      const label = element.isChoice ? `${element.name}.ofType(${type})` : element.name;
      const spot = { element, type, targets, holder: at.expression };
      const expression = `${at.expression}.${label}`;
      const keys = [...at.keys, key];
      if (!element.isList)
        return [{ ...spot, keys, expression, isWhole: false, value }, ...inside(value, { keys, expression, type })];
      const items = Array.isArray(value) ? (value as readonly Json[]) : [];
      return [
        { ...spot, keys, expression, isWhole: true, value },
        ...items.flatMap((item, index) => {
          const place = { keys: [...keys, index], expression: `${expression}[${index}]`, type };
          return [{ ...spot, ...place, isWhole: false, value: item }, ...inside(item, place)];
        }),
      ];
    }),
  );
}

function inside(value: Json, at: At): readonly Spot[] {
  if (isPrimitiveType(at.type) || typeof value !== 'object' || value === null) return [];
  const object = value as JsonObject;
  const type = at.type === 'Resource' ? String(object['resourceType']) : at.type;
  return spotsIn(object, { ...at, type });
}

/** The resource with another value at a place; without anything there when it is undefined. */
export function changed(value: Json, keys: readonly (string | number)[], change: Json | undefined): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return change;
  if (Array.isArray(value)) {
    const inner = changed((value as readonly Json[])[Number(key)] ?? null, rest, change);
    return inner === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), inner);
  }
  const object = value as JsonObject;
  const inner = changed(object[String(key)] ?? null, rest, change);
  const { [String(key)]: _, ...others } = object;
  return inner === undefined ? others : { ...object, [String(key)]: inner };
}
