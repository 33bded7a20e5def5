// An element being read: what it may hold, and what it has held so far.                                                       (pure)
import { decimal, type Json, type JsonObject } from '../base/json.ts';
import type { Property, TypeTable } from './type-table.ts';

export type Item = { value: Json | undefined; companion: JsonObject | undefined };
export type Frame = {
  /** Undefined for the outermost resource, and for what an element of type Resource holds. */
  readonly property: Property | undefined;
  readonly type: string;
  readonly table: TypeTable;
  /** String index of the `<`. */
  readonly start: number;
  /** The resource that an element of type Resource holds, once read. */
  resource: JsonObject | undefined;
  value: Json | undefined;
  readonly items: Map<Property, Item[]>;
  last: Property | undefined;
};

export function frameOf(property: Property | undefined, type: string, at: { table: TypeTable; start: number }): Frame {
  return { property, type, ...at, resource: undefined, value: undefined, items: new Map(), last: undefined };
}

const INTEGER = /^[-+]?\d+$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const INTEGERS: ReadonlySet<string> = new Set(['integer', 'positiveInt', 'unsignedInt']);

/** The JSON of a primitive value; undefined when JSON cannot hold it as its type. Strings are taken as they are. */
export function jsonOf(type: string, text: string): Json | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type === 'decimal') return NUMBER.test(text) ? number(text) : undefined;
  if (!INTEGERS.has(type)) return text;
  // XML may say +5, which JSON cannot.
  const plain = INTEGER.test(text) ? text.replace(/^\+/, '') : '';
  return NUMBER.test(plain) ? number(plain) : undefined;
}

function number(text: string): Json {
  return String(Number(text)) === text ? Number(text) : decimal(text);
}

/** What was read as JSON: properties in the order of the definitions. */
export function objectOf({ items }: Frame): JsonObject {
  const made: { [key: string]: Json } = {};
  for (const [property, list] of [...items].sort(([a], [b]) => a.rank - b.rank)) {
    const values = list.map(({ value }) => value ?? null);
    const companions = list.map(({ companion }) => companion ?? null);
    if (values.some((value) => value !== null)) made[property.name] = written(property, values);
    if (companions.some((companion) => companion !== null)) made[`_${property.name}`] = written(property, companions);
  }
  return made;
}

function written({ isList }: Property, list: readonly Json[]): Json {
  return isList ? list : (list[0] ?? null);
}
