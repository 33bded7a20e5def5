// Fixed values, which must be met exactly, and patterns, which must be met as far as they say something.
import { isRawJson, type Json } from '../base/json.ts';
import { isList, objectIn } from './context.ts';

/** Equal as JSON, numbers by their digits. */
export function isFixed(value: Json | undefined, fixed: Json): boolean {
  return same(value, fixed, (left, right) => Object.keys(left).length === Object.keys(right).length);
}

/** Everything that the pattern says stands in the value; a list may hold more than the pattern's items. */
export function meetsPattern(value: Json | undefined, pattern: Json): boolean {
  if (isList(pattern)) {
    return isList(value) && pattern.every((wanted) => value.some((item) => meetsPattern(item, wanted)));
  }
  return same(value, pattern, () => true);
}

type Keys = (left: object, right: object) => boolean;

function same(value: Json | undefined, wanted: Json, keysAgree: Keys): boolean {
  if (typeof wanted !== 'object' || wanted === null || isRawJson(wanted)) return digits(value) === digits(wanted);
  if (isList(wanted)) {
    return (
      isList(value) && value.length === wanted.length && wanted.every((one, at) => same(value[at], one, keysAgree))
    );
  }
  const object = objectIn(value);
  if (object === undefined || !keysAgree(object, wanted)) return false;
  const exact = keysAgree({ a: 1 }, {}) === false;
  return Object.entries(wanted).every(([key, one]) =>
    exact ? same(object[key], one ?? null, keysAgree) : meetsPattern(object[key], one ?? null),
  );
}

// 1.50 and 1.5 are not the same decimal, for FHIR keeps precision; 1.5 as parsed and as kept are.
function digits(value: Json | undefined): Json | undefined {
  if (typeof value === 'number') return `#${value}`;
  return isRawJson(value) ? `#${value.rawJSON}` : value;
}
