// Fixed values, which must be met exactly, and patterns, which must be met as far as they say something.
import { isRawJson, type Json, objectIn } from '../base/json.ts';
import { isList } from './context.ts';

/** Equal as JSON, numbers by their digits. */
export function isFixed(value: Json | undefined, fixed: Json): boolean {
  return meets(value, fixed, { exactly: true });
}

/** Everything that the pattern says stands in the value; a list may hold more than the pattern's items. */
export function meetsPattern(value: Json | undefined, pattern: Json): boolean {
  return meets(value, pattern, { exactly: false });
}

function meets(value: Json | undefined, wanted: Json, how: { readonly exactly: boolean }): boolean {
  if (typeof wanted !== 'object' || wanted === null || isRawJson(wanted)) return digits(value) === digits(wanted);
  if (isList(wanted)) {
    if (!isList(value)) return false;
    return how.exactly
      ? value.length === wanted.length && wanted.every((one, at) => meets(value[at], one, how))
      : wanted.every((one) => value.some((item) => meets(item, one, how)));
  }
  const object = objectIn(value);
  if (object === undefined) return false;
  const members = Object.entries(wanted);
  if (how.exactly && Object.keys(object).length !== members.length) return false;
  return members.every(([key, one]) => meets(object[key], one ?? null, how));
}

// 1.50 and 1.5 are not the same decimal, for FHIR keeps precision; 1.5 as parsed and as kept are.
function digits(value: Json | undefined): Json | undefined {
  if (typeof value === 'number') return `#${value}`;
  return isRawJson(value) ? `#${value.rawJSON}` : value;
}
