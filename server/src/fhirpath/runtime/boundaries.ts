// lowBoundary, highBoundary and precision (FHIRPath 2.0, sections 5.7 and 5.8 for trial use): what an imprecise value may be.
import { systemTypeOf } from '../model.ts';
import { node } from '../node.ts';
import type { Node } from '../types.ts';
import { add, type Decimal, decimalOf, isNumber, negate, numberFrom, round, toDouble, truncate } from './decimals.ts';
import { measureOf, quantityNode } from './quantities.ts';
import { daysIn, parseTemporal, type Temporal, temporalText } from './temporal.ts';

type Wanted = { readonly side: 'low' | 'high'; readonly precision: Node | undefined };
const DECIMAL_DIGITS = 8;
const DECIMAL_DIGITS_MAX = 28;
/** Digits of a date or time written without separators, by number of fields. */
const DATE_DIGITS: readonly number[] = [4, 6, 8, 10, 12, 14];

export function boundaryOf(item: Node, wanted: Wanted): Node | undefined {
  const digits = wanted.precision === undefined ? undefined : toDouble(wanted.precision.value);
  if (digits !== undefined && (!Number.isInteger(digits) || digits < 0)) return undefined;
  if (isNumber(item.value)) {
    const number = decimalOf(item.value);
    const found = number === undefined ? undefined : decimalBoundary(number, wanted.side, digits ?? DECIMAL_DIGITS);
    return found === undefined ? undefined : node(numberFrom(found), 'System.Decimal');
  }
  const measure = measureOf(item);
  if (measure !== undefined) return quantityBoundary(measure, wanted.side, digits ?? DECIMAL_DIGITS);
  const type = systemTypeOf(item.type) ?? '';
  const time = typeof item.value === 'string' && type !== 'System.String' ? parseTemporal(item.value, type) : undefined;
  return time === undefined ? undefined : timeBoundary(time, { side: wanted.side, digits, type });
}

function quantityBoundary(
  measure: NonNullable<ReturnType<typeof measureOf>>,
  side: 'low' | 'high',
  digits: number,
): Node | undefined {
  const number = decimalOf(measure.value);
  const found = number === undefined ? undefined : decimalBoundary(number, side, digits);
  return found === undefined ? undefined : quantityNode(numberFrom(found), measure);
}

/** Half a unit of the last digit down or up, at the wanted number of digits. */
function decimalBoundary(number: Decimal, side: 'low' | 'high', digits: number): Decimal | undefined {
  if (digits > DECIMAL_DIGITS_MAX) return undefined;
  const half: Decimal = { digits: 5n, scale: number.scale + 1 };
  const moved = add(number, side === 'low' ? negate(half) : half);
  if (digits >= moved.scale) return add(moved, { digits: 0n, scale: digits });
  return outward(moved, side, digits);
}

/** Fewer digits than the boundary has: outward, so that it stays one. */
function outward(number: Decimal, side: 'low' | 'high', digits: number): Decimal {
  const cut = digits === 0 ? truncate(number) : truncated(number, digits);
  const rest = add(number, negate(cut)).digits;
  if (rest === 0n) return round(cut, digits);
  const unit: Decimal = { digits: 1n, scale: digits };
  if (side === 'low') return rest < 0n ? add(cut, negate(unit)) : cut;
  return rest > 0n ? add(cut, unit) : cut;
}

function truncated(number: Decimal, digits: number): Decimal {
  return { digits: number.digits / 10n ** BigInt(number.scale - digits), scale: digits };
}

/** Fields that are missing at their least or greatest; without a zone, the zone that makes the instant the earliest or latest. */
function timeBoundary(
  time: Temporal,
  { side, digits, type }: { side: 'low' | 'high'; digits: number | undefined; type: string },
): Node | undefined {
  const clock = type === 'System.Time';
  const wanted = fieldsFor(digits, type);
  if (wanted === undefined) return undefined;
  const fields = [...time.fields];
  while (fields.length < wanted.fields) fields.push(extreme(fields, side, clock ? fields.length + 3 : fields.length));
  const kept = fields.slice(0, wanted.fields);
  const secondGiven = time.fields.length === (clock ? 3 : 6);
  const fraction = wanted.fields === (clock ? 3 : 6) ? wanted.fraction : 0;
  const second = kept.at(-1) ?? 0;
  if (fraction > 0 && (!secondGiven || time.fraction === 0) && side === 'high')
    kept[kept.length - 1] = Math.floor(second) + 0.999;
  const zone = clock || kept.length < 4 ? undefined : (time.zone ?? (side === 'low' ? 14 * 60 : -12 * 60));
  return node(temporalText({ ...time, fields: kept, fraction, zone }), type);
}

function fieldsFor(digits: number | undefined, type: string): { fields: number; fraction: number } | undefined {
  if (type === 'System.Date') {
    const fields = digits === undefined ? 3 : DATE_DIGITS.indexOf(digits) + 1;
    return fields >= 1 && fields <= 3 ? { fields, fraction: 0 } : undefined;
  }
  const shift = type === 'System.Time' ? 8 : 0;
  if (digits === undefined || digits + shift === 17) return { fields: type === 'System.Time' ? 3 : 6, fraction: 3 };
  const fields = DATE_DIGITS.indexOf(digits + shift) + 1 - (shift === 0 ? 0 : 3);
  return fields >= 1 ? { fields, fraction: 0 } : undefined;
}

function extreme(fields: readonly number[], side: 'low' | 'high', place: number): number {
  if (side === 'low') return place === 1 || place === 2 ? 1 : 0;
  if (place === 2) return daysIn(fields[0] ?? 1, fields[1] ?? 1);
  return [9999, 12, 31, 23, 59, 59][place] ?? 0;
}

/** Digits after the point of a decimal; digits of a date or time. */
export function precisionOf(item: Node): Node | undefined {
  if (isNumber(item.value)) return node(decimalOf(item.value)?.scale ?? 0, 'System.Integer');
  const type = systemTypeOf(item.type) ?? '';
  const time = typeof item.value === 'string' && type !== 'System.String' ? parseTemporal(item.value, type) : undefined;
  if (time === undefined) return undefined;
  const digits = DATE_DIGITS[time.fields.length - 1 + (time.kind === 'time' ? 3 : 0)] ?? 0;
  return node(digits - (time.kind === 'time' ? 8 : 0) + time.fraction, 'System.Integer');
}
