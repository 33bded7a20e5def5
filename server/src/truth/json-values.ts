// Reading JSON without guessing: guards and one canonical text per value.
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A JSON object as opposed to a number that keeps its digits, which is an object to the engine only. */
type PlainObject = JsonObject & { readonly rawJSON?: never };

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

/** Same content as `canonicalText` sees it, without making the texts: this is asked for every element of every message. */
export function sameContent(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((entry, place) => sameContent(entry, b[place]));
  if (isObject(a)) return isObject(b) && sameMembers(a, b);
  const digits = digitsOf(a);
  return digits !== undefined && digits === digitsOf(b);
}

/** A number made by a mapping keeps its digits apart, and the same one read back from the store is plain where nothing is lost. */
function digitsOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return JSON.stringify(value);
  return isRawJson(value) ? value.rawJSON : undefined;
}

function sameMembers(a: PlainObject, b: PlainObject): boolean {
  let members = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    members += 1;
    if (!sameContent(a[key], b[key])) return false;
  }
  for (const key in b) if (b[key] !== undefined) members -= 1;
  return members === 0;
}
