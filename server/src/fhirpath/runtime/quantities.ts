// Quantities of literals and of FHIR as one thing: a number and a unit that may be UCUM, a calendar duration, or something else.

import { isObject, type Json } from '../../base/json.ts';
import { isA } from '../model.ts';
import { node } from '../node.ts';
import { type Table, table } from '../table.ts';
import type { Context, Node } from '../types.ts';
import {
  add,
  compareNumbers,
  decimalOf,
  divide,
  isNumber,
  likeNumbers,
  multiply,
  negate,
  numberFrom,
} from './decimals.ts';

export type Measure = {
  readonly value: Json;
  /** A UCUM code, a calendar unit, or any text that units of its kind are told apart by. */
  readonly unit: string;
  readonly kind: 'ucum' | 'calendar' | 'other';
};

const UCUM = 'http://unitsofmeasure.org';
/** Calendar units in days or less: without a calendar to count on, a year is 365 days and a month 30 (N1, section 6.1.1.1). */
const CALENDAR_MS: Table<number> = table({
  year: 31_536_000_000,
  month: 2_592_000_000,
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
});
/** Years and months among themselves are exact. */
const CALENDAR_MONTHS: Table<number> = table({ year: 12, month: 1 });
/** UCUM weeks and shorter units are the same as calendar ones; its mean years and months are not. */
const DEFINITE: Table<string> = table({
  wk: 'week',
  d: 'day',
  h: 'hour',
  min: 'minute',
  s: 'second',
  ms: 'millisecond',
});
/** For `~`, and for durations of FHIR, whose UCUM codes stand for calendar durations (https://hl7.org/fhir/R4/fhirpath.html#types). */
const CALENDAR_OF: Table<string> = table({ a: 'year', mo: 'month', ...DEFINITE });

/** A quantity, or a number as a quantity of unit `1`; undefined for anything else. */
export function measureOf(item: Node): Measure | undefined {
  const { value, type } = item;
  if (isNumber(value)) return { value: value ?? 0, unit: '1', kind: 'ucum' };
  if (!isObject(value) || !isNumber(value['value'])) return undefined;
  const amount = value['value'] ?? 0;
  if (type === 'System.Quantity') {
    const unit = String(value['unit']);
    return { value: amount, unit, kind: value['calendar'] === true ? 'calendar' : 'ucum' };
  }
  if (!isA(type, 'Quantity')) return undefined;
  const { system, code, unit } = value;
  if (system === UCUM && typeof code === 'string') return { value: amount, unit: code, kind: 'ucum' };
  return { value: amount, unit: `${String(system)}|${String(code ?? unit)}`, kind: 'other' };
}

export function isQuantity(item: Node): boolean {
  return item.type === 'System.Quantity' || isA(item.type, 'Quantity');
}

/** Both numbers in one unit; undefined when their units do not convert. */
export function aligned(left: Measure, right: Measure, context: Context): readonly [Json, Json, string] | undefined {
  if (left.kind === right.kind && left.unit === right.unit) return [left.value, right.value, left.unit];
  if (left.kind === 'calendar' || right.kind === 'calendar') return alignedCalendar(left, right);
  if (left.kind === 'other' || right.kind === 'other') return undefined;
  const a = context.canonical?.(left.value, left.unit);
  const b = context.canonical?.(right.value, right.unit);
  return a === undefined || b === undefined || a.unit !== b.unit ? undefined : [a.value, b.value, a.unit];
}

function alignedCalendar(left: Measure, right: Measure): readonly [Json, Json, string] | undefined {
  const exact = calendarUnit(left) in CALENDAR_MONTHS && calendarUnit(right) in CALENDAR_MONTHS;
  const factors = exact ? CALENDAR_MONTHS : CALENDAR_MS;
  const [a, b] = [times(left, factors), times(right, factors)];
  return a === undefined || b === undefined ? undefined : [a, b, exact ? 'month' : 'ms'];
}

function calendarUnit({ unit, kind }: Measure): string {
  return kind === 'calendar' ? unit : (DEFINITE[unit] ?? '');
}

function times(measure: Measure, factors: Table<number>): Json | undefined {
  const factor = factors[calendarUnit(measure)];
  const number = decimalOf(measure.value);
  if (factor === undefined || number === undefined) return undefined;
  return numberFrom(multiply(number, { digits: BigInt(factor), scale: 0 }));
}

export function compareMeasures(left: Measure, right: Measure, context: Context): number | undefined {
  const pair = aligned(left, right, context);
  return pair === undefined ? undefined : compareNumbers(pair[0], pair[1]);
}

/** Equal at the precision of the coarser number; `1 'a'` counts as a calendar year. */
export function likeMeasures(left: Measure, right: Measure, context: Context): boolean {
  const pair = aligned(asCalendar(left), asCalendar(right), context);
  return pair !== undefined && likeNumbers(pair[0], pair[1]);
}

function asCalendar(measure: Measure): Measure {
  const unit = measure.kind === 'ucum' ? CALENDAR_OF[measure.unit] : undefined;
  return unit === undefined ? measure : { value: measure.value, unit, kind: 'calendar' };
}

/** A calendar unit for arithmetic with dates: `4 days`, and UCUM up to weeks; FHIR durations count as calendar ones. */
export function calendarUnitOf(item: Node): string | undefined {
  const measure = measureOf(item);
  if (measure === undefined) return undefined;
  if (measure.kind === 'calendar') return measure.unit;
  return (item.type === 'System.Quantity' ? DEFINITE : CALENDAR_OF)[measure.unit];
}

export function quantityNode(value: Json, measure: Pick<Measure, 'unit' | 'kind'>): Node {
  const written = { value, unit: measure.unit };
  return node(measure.kind === 'calendar' ? { ...written, calendar: true } : written, 'System.Quantity');
}

/** Undefined when the units do not convert. */
export function addMeasures(
  left: Measure,
  right: Measure,
  options: { sign: 1 | -1; context: Context },
): Node | undefined {
  const pair = aligned(left, right, options.context);
  if (pair === undefined) return undefined;
  const [a, b] = [decimalOf(pair[0]), decimalOf(pair[1])];
  if (a === undefined || b === undefined) return undefined;
  const kind = pair[2] === 'ms' && left.kind === 'calendar' ? 'ucum' : left.kind;
  return quantityNode(numberFrom(add(a, options.sign === 1 ? b : negate(b))), { unit: pair[2], kind });
}

/** A product or quotient where one side has unit 1, or of equal units; undefined where UCUM algebra would be needed. */
export function scaleMeasures(left: Measure, right: Measure, operator: '*' | '/'): Node | undefined {
  const [a, b] = [decimalOf(left.value), decimalOf(right.value)];
  if (a === undefined || b === undefined) return undefined;
  const value = operator === '*' ? multiply(a, b) : divide(a, b);
  if (value === undefined) return undefined;
  if (right.unit === '1') return quantityNode(numberFrom(value), left);
  if (operator === '*') {
    return left.unit === '1'
      ? quantityNode(numberFrom(value), right)
      : quantityNode(numberFrom(value), { unit: `${left.unit}.${right.unit}`, kind: 'ucum' });
  }
  const unit = left.unit === right.unit ? '1' : `${left.unit}/${right.unit}`;
  return quantityNode(numberFrom(value), { unit: unit.replace(/^1\//, '/'), kind: 'ucum' });
}
