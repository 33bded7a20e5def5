// Changes one object deep in a resource; what that leaves empty goes too, up to the resource itself.                           (pure)
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { childAt, isList, without } from './pointer.ts';

export type Tokens = readonly (string | number)[];

/** The resource in which the object at `tokens` (made where a companion is not there yet) is what `change` makes of it. */
export function rebuilt(resource: JsonObject, tokens: Tokens, change: (holder: JsonObject) => JsonObject): JsonObject {
  const [token, ...rest] = tokens;
  if (token === undefined) return change(resource);
  const name = String(token);
  const made = inside(resource[name], { tokens: rest, change, name });
  return made === undefined ? without(resource, name) : aligned({ ...inserted(resource, name), [name]: made }, name);
}

type Inside = { readonly tokens: Tokens; readonly change: (holder: JsonObject) => JsonObject; readonly name: string };

function inside(value: Json | undefined, { tokens, change, name }: Inside): Json | undefined {
  const [token, ...rest] = tokens;
  if (typeof token === 'number') {
    const list: readonly Json[] = isList(value) ? value : [];
    const made = inside(childAt(list, String(token)) ?? undefined, { tokens: rest, change, name });
    if (made !== undefined)
      return Array.from({ length: Math.max(list.length, token + 1) }, (_, at) =>
        at === token ? made : (list[at] ?? null),
      );
    // Companions stand beside values, so that their places must stay.
    const left = name.startsWith('_') ? list.with(token, null) : list.toSpliced(token, 1);
    return left.every((one) => one === null) ? undefined : left;
  }
  const object = isObject(value) ? value : {};
  const made = token === undefined ? change(object) : rebuilt(object, tokens, change);
  return Object.keys(made).length === 0 ? undefined : made;
}

/** A new companion stands right after the value it belongs to. */
function inserted(object: JsonObject, name: string): JsonObject {
  if (Object.hasOwn(object, name)) return object;
  const entries = Object.entries(object);
  const sibling = entries.findIndex(([key]) => `_${key}` === name);
  return sibling === -1 ? object : Object.fromEntries(entries.toSpliced(sibling + 1, 0, [name, null]));
}

/** A repeat of a primitive that has neither value nor companion any more is none. */
function aligned(object: JsonObject, name: string): JsonObject {
  const values = name.startsWith('_') ? object[name.slice(1)] : undefined;
  const companions = object[name];
  if (!isList(values) || !isList(companions)) return object;
  const kept = values.map((value, at) => value !== null || (companions[at] ?? null) !== null);
  if (kept.every((one) => one)) return object;
  return {
    ...object,
    [name.slice(1)]: values.filter((_, at) => kept[at]),
    [name]: companions.filter((_, at) => kept[at] !== false),
  };
}
