// Decimal numbers kept exactly: an integer and a power of ten. 0.1 + 0.2 is 0.3 here, and 1.50 keeps its zero.
import { decimal, isRawJson, type Json } from '../../base/json.ts';
import { FhirPathError } from '../types.ts';

/** `digits` / 10^`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Digits after the point of a quotient, a root or a logarithm (N1, section 4.1.4 asks for 8). */
export const FRACTION_DIGITS = 8;
/** Digits of one number that arithmetic accepts; more is an attack, not a measurement. */
const DIGITS_MAX = 400;
const NUMERAL = /^([+-]?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export function isNumber(value: Json | undefined): boolean {
  return typeof value === 'number' || isRawJson(value);
}

/** As a double: right for comparing numbers of up to 15 digits, and for choosing indexes. NaN when it is no number. */
export function toDouble(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  return isRawJson(value) ? Number(value.rawJSON) : Number.NaN;
}

/** The text it was written with. */
export function numeralOf(value: Json | undefined): string {
  return isRawJson(value) ? value.rawJSON : String(value);
}

export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMERAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  if (whole.length + fraction.length > DIGITS_MAX || Math.abs(scale) > DIGITS_MAX) {
    throw new FhirPathError('limit', `A number has more than ${DIGITS_MAX} digits`);
  }
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export function decimalOf(value: Json | undefined): Decimal | undefined {
  return isNumber(value) ? parseDecimal(numeralOf(value)) : undefined;
}

/** A JSON number that stands for it: a plain one where JavaScript writes the same digits. */
export function numberFrom({ digits, scale }: Decimal): Json {
  const text = written({ digits, scale });
  return String(Number(text)) === text ? Number(text) : decimal(text);
}

export function written({ digits, scale }: Decimal): string {
  if (scale === 0) return String(digits);
  const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

function at(number: Decimal, scale: number): bigint {
  return number.digits * 10n ** BigInt(scale - number.scale);
}

/** Negative, 0 or positive. Doubles decide where both have at most 15 digits, which they hold exactly. */
export function compareNumbers(left: Json | undefined, right: Json | undefined): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (numeralOf(left).length <= 15 && numeralOf(right).length <= 15) return toDouble(left) - toDouble(right);
  const a = decimalOf(left);
  const b = decimalOf(right);
  if (a === undefined || b === undefined) return Number.NaN;
  const scale = Math.max(a.scale, b.scale);
  const difference = at(a, scale) - at(b, scale);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: at(left, scale) + at(right, scale), scale };
}

export function negate({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

export function multiply(left: Decimal, right: Decimal): Decimal {
  return { digits: left.digits * right.digits, scale: left.scale + right.scale };
}

/** Rounded half away from zero to `FRACTION_DIGITS` digits or the operands' own, trailing zeros off; undefined by zero. */
export function divide(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const scale = Math.max(FRACTION_DIGITS, left.scale, right.scale);
  return trimmed({ digits: roundedQuotient(at(left, scale + right.scale), right.digits), scale });
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return quotient + (dividend < 0n === divisor < 0n ? 1n : -1n);
}

/** Whole part of the quotient, towards zero. */
export function wholeQuotient(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const scale = Math.max(left.scale, right.scale);
  return { digits: at(left, scale) / at(right, scale), scale: 0 };
}

export function remainder(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const scale = Math.max(left.scale, right.scale);
  return trimmed({ digits: at(left, scale) % at(right, scale), scale });
}

/** Half away from zero. */
export function round(number: Decimal, scale: number): Decimal {
  if (number.scale <= scale) return number;
  return { digits: roundedQuotient(number.digits, 10n ** BigInt(number.scale - scale)), scale };
}

export function truncate(number: Decimal): Decimal {
  return { digits: number.digits / 10n ** BigInt(number.scale), scale: 0 };
}

export function floor(number: Decimal): Decimal {
  const whole = truncate(number);
  const below = number.digits < 0n && at(whole, number.scale) !== number.digits;
  return below ? { digits: whole.digits - 1n, scale: 0 } : whole;
}

export function trimmed({ digits, scale }: Decimal): Decimal {
  let [rest, places] = [digits, scale];
  while (places > 0 && rest % 10n === 0n) {
    rest /= 10n;
    places -= 1;
  }
  return { digits: rest, scale: places };
}

/** A double that a function of analysis gave, to `FRACTION_DIGITS` digits; undefined when it is no number. */
export function fromDouble(value: number): Decimal | undefined {
  if (!Number.isFinite(value)) return undefined;
  const text = Math.abs(value) < 1e21 ? value.toFixed(FRACTION_DIGITS) : BigInt(Math.round(value)).toString();
  const parsed = parseDecimal(text);
  return parsed === undefined ? undefined : trimmed(parsed);
}

/** Decimals are equivalent when they are equal at the precision of the coarser. */
export function likeNumbers(left: Json | undefined, right: Json | undefined): boolean {
  const [a, b] = [decimalOf(left), decimalOf(right)];
  if (a === undefined || b === undefined) return false;
  const scale = Math.min(a.scale, b.scale);
  const [x, y] = [round(a, scale), round(b, scale)];
  return x.digits === y.digits;
}
