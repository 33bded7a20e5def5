// Reading JSON without guessing: guards and one canonical text per value.
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A JSON object as opposed to a number that keeps its digits, which is an object to the engine only. */
export type PlainObject = JsonObject & { readonly rawJSON?: never };

export function isObject(value: Json | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}

/** The string under a key; undefined for anything else. */
export function textAt(value: Json | undefined, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: Json | undefined, key: string): readonly Json[] {
  const found = isObject(value) ? value[key] : undefined;
  return isList(found) ? found : [];
}

/** A list as it is, anything else as a list of one, nothing as an empty list. */
export function entriesOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** Equal for equal content whatever the order of keys. Numbers count by their digits: 1.0 and 1.00 are different measurements. */
export function canonicalText(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts: string[] = [];
  for (const key of Object.keys(value).sort(byCodeUnit)) {
    const member = value[key];
    if (member !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalText(member)}`);
  }
  return `{${parts.join(',')}}`;
}

/** Order by UTF-16 code unit: the same on every machine, unlike any locale's. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Same content, written the same way or with keys in another order. */
export function sameContent(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return canonicalText(a) === canonicalText(b);
}
