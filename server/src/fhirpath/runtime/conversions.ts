// Conversions between the System types (http://hl7.org/fhirpath/N1, section 5.5). Undefined: it does not convert.

import { decimal, isObject, type Json } from '../../base/json.ts';
import { systemTypeOf } from '../model.ts';
import { node } from '../node.ts';
import { type Table, table } from '../table.ts';
import type { Context, Node } from '../types.ts';
import { compareNumbers, isNumber, numberFrom, numeralOf, parseDecimal, toDouble } from './decimals.ts';
import { aligned, measureOf, quantityNode } from './quantities.ts';
import { parseTemporal } from './temporal.ts';

const TRUE = new Set(['true', 't', 'yes', 'y', '1', '1.0']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0', '0.0']);
const INTEGER_MAX = 2_147_483_647;
const QUANTITY = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/;
const CALENDAR = /^(year|month|week|day|hour|minute|second|millisecond)s?$/;

function systemOf(item: Node): string | undefined {
  return systemTypeOf(item.type);
}

export function toBoolean(item: Node): Node | undefined {
  const { value } = item;
  if (typeof value === 'boolean') return node(value, 'System.Boolean');
  const text = isNumber(value)
    ? numeralOf(numberShort(value ?? 0))
    : typeof value === 'string'
      ? value.toLowerCase()
      : '';
  if (TRUE.has(text)) return node(true, 'System.Boolean');
  return FALSE.has(text) ? node(false, 'System.Boolean') : undefined;
}

function numberShort(value: Json): Json {
  return compareNumbers(value, 1) === 0 ? 1 : compareNumbers(value, 0) === 0 ? 0 : value;
}

export function toInteger(item: Node): Node | undefined {
  const { value } = item;
  if (typeof value === 'boolean') return node(value ? 1 : 0, 'System.Integer');
  if (typeof value === 'string' ? !/^[+-]?\d+$/.test(value) : systemOf(item) !== 'System.Integer') return undefined;
  const number = typeof value === 'string' ? Number(value) : toDouble(value);
  return Number.isInteger(number) && Math.abs(number) <= INTEGER_MAX + 1 ? node(number, 'System.Integer') : undefined;
}

export function toDecimal(item: Node): Node | undefined {
  const { value } = item;
  if (typeof value === 'boolean') return node(decimal(value ? '1.0' : '0.0'), 'System.Decimal');
  if (isNumber(value)) return node(value ?? 0, 'System.Decimal');
  if (typeof value !== 'string' || !/^[+-]?\d+(?:\.\d+)?$/.test(value)) return undefined;
  const parsed = parseDecimal(value);
  return parsed === undefined ? undefined : node(numberFrom(parsed), 'System.Decimal');
}

export function toText(item: Node): Node | undefined {
  const { value } = item;
  if (typeof value === 'string') return node(value, 'System.String');
  if (typeof value === 'boolean' || isNumber(value)) return node(numeralOf(value), 'System.String');
  const measure = measureOf(item);
  if (measure === undefined) return undefined;
  const unit = measure.kind === 'calendar' ? measure.unit : `'${measure.unit}'`;
  return node(`${numeralOf(measure.value)} ${unit}`, 'System.String');
}

export function toDate(item: Node): Node | undefined {
  if (typeof item.value !== 'string' || systemOf(item) === 'System.Time') return undefined;
  if (parseTemporal(item.value, 'System.DateTime') === undefined) return undefined;
  return node(item.value.split('T')[0] ?? '', 'System.Date');
}

export function toDateTime(item: Node): Node | undefined {
  if (typeof item.value !== 'string' || systemOf(item) === 'System.Time') return undefined;
  return parseTemporal(item.value, 'System.DateTime') === undefined ? undefined : node(item.value, 'System.DateTime');
}

export function toTime(item: Node): Node | undefined {
  const type = systemOf(item);
  if (typeof item.value !== 'string' || (type !== 'System.Time' && type !== 'System.String')) return undefined;
  return parseTemporal(item.value, 'System.Time') === undefined
    ? undefined
    : node(item.value.replace(/^T/, ''), 'System.Time');
}

export function toQuantity(item: Node, unit: string | undefined, context: Context): Node | undefined {
  const found = asQuantity(item);
  if (found === undefined || unit === undefined) return found;
  const measure = measureOf(found);
  const wanted = unitFrom(unit);
  if (measure === undefined) return undefined;
  if (measure.unit === wanted.unit) return found;
  // In a target unit of size 1 the aligned values are in a third unit, so the ratio of both to it gives the number.
  const pair = aligned(measure, { value: 1, ...wanted }, context);
  if (pair === undefined || toDouble(pair[1]) === 0) return undefined;
  return quantityNode(toDouble(pair[0]) / toDouble(pair[1]), wanted);
}

function unitFrom(text: string): { readonly unit: string; readonly kind: 'ucum' | 'calendar' } {
  const calendar = CALENDAR.exec(text)?.[1];
  return calendar === undefined ? { unit: text, kind: 'ucum' } : { unit: calendar, kind: 'calendar' };
}

function asQuantity(item: Node): Node | undefined {
  const { value } = item;
  if (typeof value === 'boolean') return quantityNode(decimal(value ? '1.0' : '0.0'), { unit: '1', kind: 'ucum' });
  if (isObject(value) || isNumber(value)) {
    const measure = measureOf(item);
    return measure === undefined ? undefined : quantityNode(measure.value, measure);
  }
  const [, amount, code, word] = QUANTITY.exec(typeof value === 'string' ? value : '') ?? [];
  const number = amount === undefined ? undefined : parseDecimal(amount);
  if (number === undefined) return undefined;
  if (word === undefined) return quantityNode(numberFrom(number), { unit: code ?? '1', kind: 'ucum' });
  const calendar = CALENDAR.exec(word)?.[1];
  return calendar === undefined ? undefined : quantityNode(numberFrom(number), { unit: calendar, kind: 'calendar' });
}

export const CONVERSIONS: Table<(item: Node, unit: string | undefined, context: Context) => Node | undefined> = table({
  Boolean: toBoolean,
  Integer: toInteger,
  Decimal: toDecimal,
  String: toText,
  Date: toDate,
  DateTime: toDateTime,
  Time: toTime,
  Quantity: toQuantity,
});
