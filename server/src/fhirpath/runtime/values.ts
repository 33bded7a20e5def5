// Equality, equivalence and order of items and collections (http://hl7.org/fhirpath/N1, sections 6.1 and 6.2).
import { isObject, type Json } from '../../base/json.ts';
import { systemTypeOf } from '../model.ts';
import { type Context, FhirPathError, type Node } from '../types.ts';
import { compareNumbers, isNumber, likeNumbers } from './decimals.ts';
import { compareMeasures, isQuantity, likeMeasures, measureOf } from './quantities.ts';
import { compareTemporal, parseTemporal } from './temporal.ts';

/** Items that one comparison of collections may look at, so that hostile data cannot make it quadratic without end. */
const COMPARISONS_MAX = 5_000_000;

function isTemporal(type: string): boolean {
  const system = systemTypeOf(type);
  return system === 'System.Date' || system === 'System.DateTime' || system === 'System.Time';
}

/** Undefined: cannot be told (a precision or a unit is missing). */
export function equal(left: Node, right: Node, context: Context): boolean | undefined {
  const [a, b] = [left.value, right.value];
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'string' && typeof b === 'string') {
    if (isTemporal(left.type) !== isTemporal(right.type)) return false;
    return isTemporal(left.type) ? equalTimes(left, right, context) : a === b;
  }
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (isQuantity(left) || isQuantity(right)) return equalQuantities(left, right, context);
  return sameJson(a, b);
}

function equalTimes(left: Node, right: Node, context: Context): boolean | undefined {
  const order = orderOfTimes(left, right, context);
  if (order !== undefined) return order === 0;
  return isTime(left) === isTime(right) ? undefined : false;
}

function isTime(item: Node): boolean {
  return systemTypeOf(item.type) === 'System.Time';
}

function equalQuantities(left: Node, right: Node, context: Context): boolean | undefined {
  const [a, b] = [measureOf(left), measureOf(right)];
  if (a === undefined || b === undefined) return sameJson(left.value, right.value);
  if (a.kind === 'other' && b.kind === 'other') return a.unit === b.unit && compareNumbers(a.value, b.value) === 0;
  const order = compareMeasures(a, b, context);
  return order === undefined ? undefined : order === 0;
}

/** Equal as JSON, numbers by value, properties in any order. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => sameJson(left[key], right[key]));
}

/** Collections, in order; undefined when one is empty. */
export function equalAll(left: readonly Node[], right: readonly Node[], context: Context): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  let result: boolean | undefined = true;
  for (const [index, item] of left.entries()) {
    const other = right[index];
    const same = other === undefined ? false : equal(item, other, context);
    if (same === false) return false;
    if (same === undefined) result = undefined;
  }
  return result;
}

export function equivalent(left: Node, right: Node, context: Context): boolean {
  const [a, b] = [left.value, right.value];
  if (typeof a === 'string' && typeof b === 'string') {
    if (isTemporal(left.type) && isTemporal(right.type)) return orderOfTimes(left, right, context) === 0;
    return normal(a) === normal(b);
  }
  if (isNumber(a) && isNumber(b)) return likeNumbers(a, b);
  const measures = [measureOf(left), measureOf(right)] as const;
  if (measures[0] !== undefined && measures[1] !== undefined) return likeMeasures(measures[0], measures[1], context);
  return likeJson(a, b);
}

/** Any white space counts as a space; its amount matters. */
function normal(text: string): string {
  return text.replace(/\s/g, ' ').toLowerCase();
}

/** Complex values are equivalent part by part; lists in any order. */
function likeJson(left: Json | undefined, right: Json | undefined): boolean {
  if (typeof left === 'string' && typeof right === 'string') return normal(left) === normal(right);
  if (isNumber(left) && isNumber(right)) return likeNumbers(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item) => right.some((other) => likeJson(item, other)));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => likeJson(left[key], right[key]));
}

/** Collections in any order; two empty ones are equivalent. */
export function equivalentAll(left: readonly Node[], right: readonly Node[], context: Context): boolean {
  if (left.length !== right.length) return false;
  bounded(left.length * right.length);
  const open = [...right];
  return left.every((item) => {
    const found = open.findIndex((other) => equivalent(item, other, context));
    if (found >= 0) open.splice(found, 1);
    return found >= 0;
  });
}

/** Negative, 0, positive, or undefined when it cannot be told. Throws `operand` for things without an order. */
export function compare(left: Node, right: Node, context: Context): number | undefined {
  const [a, b] = [left.value, right.value];
  if (a === undefined || b === undefined) return undefined;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    if (isTemporal(left.type) !== isTemporal(right.type)) throw unordered();
    if (isTemporal(left.type) && isTime(left) !== isTime(right)) throw unordered();
    if (isTemporal(left.type)) return orderOfTimes(left, right, context);
    return a === b ? 0 : a < b ? -1 : 1;
  }
  const [x, y] = [measureOf(left), measureOf(right)];
  if (x !== undefined && y !== undefined) return compareMeasures(x, y, context);
  if (isQuantity(left) && isQuantity(right)) return undefined;
  throw unordered();
}

function unordered(): FhirPathError {
  return new FhirPathError('operand', 'Two values of these types have no order');
}

function orderOfTimes(left: Node, right: Node, context: Context): number | undefined {
  const [a, b] = [String(left.value), String(right.value)];
  if (a.length === b.length && (a.length <= 10 || a.slice(19) === b.slice(19))) {
    if (sureForm(a) && sureForm(b)) return a === b ? 0 : a < b ? -1 : 1;
  }
  const x = parseTemporal(a, systemTypeOf(left.type) ?? '');
  const y = parseTemporal(b, systemTypeOf(right.type) ?? '');
  if (x === undefined || y === undefined) return undefined;
  return compareTemporal(x, y, context.zoneMinutes);
}

const SURE = /^\d{4}-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?)?$/;

/** Texts of one length and zone in this form compare as texts do. */
function sureForm(text: string): boolean {
  return SURE.test(text);
}

/** Whether a collection has an item. */
export function includes(nodes: readonly Node[], wanted: Node, context: Context): boolean {
  for (const item of nodes) if (equal(item, wanted, context) === true) return true;
  return false;
}

/** The first of each of equal items. */
export function distinct(nodes: readonly Node[], context: Context): readonly Node[] {
  if (nodes.length < 2) return nodes;
  const kept: Node[] = [];
  const texts = new Set<string>();
  let compared = 0;
  for (const item of nodes) {
    // Most collections are codes and other plain strings: a set finds those without comparing each with each.
    if (typeof item.value === 'string' && !isTemporal(item.type)) {
      if (texts.has(item.value)) continue;
      texts.add(item.value);
      kept.push(item);
      continue;
    }
    compared += kept.length;
    bounded(compared);
    if (!includes(kept, item, context)) kept.push(item);
  }
  return kept;
}

export function bounded(comparisons: number): void {
  if (comparisons > COMPARISONS_MAX) throw new FhirPathError('limit', 'Too many items to compare');
}
