// Arithmetic operators and functions (http://hl7.org/fhirpath/N1, sections 5.7 and 6.6), exact for decimals.

import type { Json } from '../../base/json.ts';
import { systemTypeOf } from '../model.ts';
import { node } from '../node.ts';
import { type Table, table } from '../table.ts';
import { type Context, FhirPathError, type Node } from '../types.ts';
import {
  add,
  type Decimal,
  decimalOf,
  divide,
  FRACTION_DIGITS,
  floor,
  fromDouble,
  isNumber,
  multiply,
  negate,
  numberFrom,
  remainder,
  round,
  toDouble,
  trimmed,
  truncate,
  wholeQuotient,
} from './decimals.ts';
import { addMeasures, calendarUnitOf, isQuantity, measureOf, quantityNode, scaleMeasures } from './quantities.ts';
import { addTo, parseTemporal, temporalText } from './temporal.ts';

export type Arithmetic = '+' | '-' | '*' | '/' | 'div' | 'mod';
const INTEGER_MIN = -2_147_483_648n;
const INTEGER_MAX = 2_147_483_647n;

function operandError(operator: string): FhirPathError {
  return new FhirPathError('operand', `"${operator}" does not work on these types`);
}

/** Undefined is empty: division by zero, overflow, units that do not convert. */
export function calculate(
  operator: Arithmetic,
  [left, right]: readonly [Node, Node],
  context: Context,
): Node | undefined {
  if (left.value === undefined || right.value === undefined) return undefined;
  if (isNumber(left.value) && isNumber(right.value)) return ofNumbers(operator, left, right);
  if (operator === '+' && typeof left.value === 'string' && typeof right.value === 'string') {
    if (isText(left) && isText(right)) return node(left.value + right.value, 'System.String');
  }
  if ((operator === '+' || operator === '-') && typeof left.value === 'string' && !isText(left)) {
    return shiftTime(left, right, operator);
  }
  return ofQuantities(operator, [left, right], context);
}

function isText(item: Node): boolean {
  return systemTypeOf(item.type) === 'System.String';
}

function ofNumbers(operator: Arithmetic, left: Node, right: Node): Node | undefined {
  const [a, b] = [decimalOf(left.value), decimalOf(right.value)];
  if (a === undefined || b === undefined) return undefined;
  const result = combine(operator, a, b);
  if (result === undefined) return undefined;
  const integers = systemTypeOf(left.type) === 'System.Integer' && systemTypeOf(right.type) === 'System.Integer';
  return numberNode(result, operator !== '/' && (integers || operator === 'div') ? 'System.Integer' : 'System.Decimal');
}

function combine(...[operator, a, b]: readonly [Arithmetic, Decimal, Decimal]): Decimal | undefined {
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return add(a, negate(b));
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case 'div':
      return wholeQuotient(a, b);
    case 'mod':
      return remainder(a, b);
    default:
      return operator satisfies never;
  }
}

/** An integer that no longer fits is empty. */
function numberNode(value: Decimal, type: string): Node | undefined {
  if (type === 'System.Integer' && (value.digits < INTEGER_MIN || value.digits > INTEGER_MAX)) return undefined;
  return node(numberFrom(value), type);
}

function shiftTime(left: Node, right: Node, sign: '+' | '-'): Node | undefined {
  const system = systemTypeOf(left.type) ?? '';
  const time = parseTemporal(String(left.value), system);
  const unit = calendarUnitOf(right);
  const amount = toDouble(measureOf(right)?.value);
  if (!isQuantity(right) || unit === undefined) throw operandError(sign);
  if (time === undefined) return undefined;
  const moved = addTo(time, sign === '+' ? amount : -amount, unit);
  return moved === undefined ? undefined : node(temporalText(moved), system);
}

function ofQuantities(operator: Arithmetic, [left, right]: readonly [Node, Node], context: Context): Node | undefined {
  const [a, b] = [measureOf(left), measureOf(right)];
  if (a === undefined || b === undefined || operator === 'div' || operator === 'mod') throw operandError(operator);
  if (operator === '*' || operator === '/') return scaleMeasures(a, b, operator);
  return addMeasures(a, b, { sign: operator === '+' ? 1 : -1, context });
}

export function signed(item: Node, sign: '+' | '-'): Node | undefined {
  const measure = isNumber(item.value) || isQuantity(item) ? measureOf(item) : undefined;
  if (measure === undefined) throw operandError(sign);
  return sign === '+' ? item : withNumber(item, (number) => negate(number));
}

function withNumber(item: Node, change: (number: Decimal) => Decimal): Node | undefined {
  const measure = measureOf(item);
  const number = decimalOf(measure?.value);
  if (measure === undefined || number === undefined) return undefined;
  const value = numberFrom(change(number));
  return isNumber(item.value) ? node(value, systemTypeOf(item.type) ?? 'System.Decimal') : quantityNode(value, measure);
}

export type NumberFunction = {
  readonly least: number;
  readonly most: number;
  readonly run: (item: Node, parameters: readonly Node[]) => Node | undefined;
};

function exact(change: (number: Decimal) => Decimal, type: string): NumberFunction {
  return { least: 0, most: 0, run: (item) => numberNode(change(numberIn(item)), type) };
}

function inexact(change: (number: number, by: number) => number, parameters: 0 | 1): NumberFunction {
  return {
    least: parameters,
    most: parameters,
    run: (item, [by]) => {
      const result = fromDouble(change(doubleIn(item), by === undefined ? 0 : doubleIn(by)));
      return result === undefined ? undefined : node(numberFrom(result), 'System.Decimal');
    },
  };
}

function numberIn(item: Node): Decimal {
  const number = decimalOf(item.value);
  if (number === undefined) throw new FhirPathError('operand', 'A function of numbers works on numbers');
  return number;
}

function doubleIn(item: Node): number {
  numberIn(item);
  return toDouble(item.value);
}

export const NUMBER_FUNCTIONS: Table<NumberFunction> = table({
  abs: { least: 0, most: 0, run: absolute },
  ceiling: exact((number) => negate(floor(negate(number))), 'System.Integer'),
  floor: exact(floor, 'System.Integer'),
  truncate: exact(truncate, 'System.Integer'),
  exp: inexact(Math.exp, 0),
  ln: inexact(Math.log, 0),
  log: inexact((number, base) => Math.log(number) / Math.log(base), 1),
  sqrt: inexact(Math.sqrt, 0),
  power: { least: 1, most: 1, run: power },
  round: { least: 0, most: 1, run: rounded },
});

function absolute(item: Node): Node | undefined {
  if (!isNumber(item.value) && !isQuantity(item)) throw new FhirPathError('operand', 'abs() works on numbers');
  return withNumber(item, (number) => (number.digits < 0n ? negate(number) : number));
}

function power(item: Node, [by]: readonly Node[]): Node | undefined {
  if (by === undefined) return undefined;
  const [base, exponent] = [doubleIn(item), doubleIn(by)];
  const integers = [item, by].every((one) => systemTypeOf(one.type) === 'System.Integer');
  const result = base ** exponent;
  if (integers && exponent >= 0 && Number.isSafeInteger(result)) {
    return numberNode({ digits: BigInt(result), scale: 0 }, 'System.Integer');
  }
  const shown = fromDouble(result);
  return shown === undefined ? undefined : node(numberFrom(shown), 'System.Decimal');
}

function rounded(item: Node, [precision]: readonly Node[]): Node | undefined {
  const places = precision === undefined ? 0 : toDouble(precision.value);
  if (!Number.isInteger(places) || places < 0 || places > FRACTION_DIGITS * 4) {
    throw new FhirPathError('operand', 'round() takes a precision that is not negative');
  }
  return node(numberFrom(trimmed(round(numberIn(item), places))) as Json, 'System.Decimal');
}
