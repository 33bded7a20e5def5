// NM, SN, CQ, NR, NA and MO to the value types of FHIR. Digits are kept as they were written: 1.50 is never 1.5.
import { decimal } from '../../base/json.ts';
import { type Leaf, leaf, type Node, type NodeObject } from '../sourced.ts';
import { object, type Part, type Reading, raise } from './part.ts';
import { readUnit } from './units.ts';

/** Which `value[x]`, and what it holds. */
export type Value = { readonly element: ValueElement; readonly node: Node };
export const VALUE_ELEMENTS = [
  'valueQuantity',
  'valueCodeableConcept',
  'valueString',
  'valueRange',
  'valueRatio',
  'valueSampledData',
  'valueTime',
  'valueDateTime',
  'valuePeriod',
] as const;
export type ValueElement = (typeof VALUE_ELEMENTS)[number];

const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?$/;
const COMPARED = /^(<=|>=|<|>|≤|≥)\s*(\S+)$/;
const COMPARATOR: { readonly [text: string]: string } = {
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '≤': '<=',
  '≥': '>=',
};

/** NM text as a JSON number of the same digits: a plus sign and leading zeros go, trailing zeros stay. */
export function decimalText(text: string): string | undefined {
  const match = NUMBER.exec(text.trim());
  if (match === null || !/\d/.test(text)) return undefined;
  const [, sign, whole, fraction] = match;
  return `${sign === '-' ? '-' : ''}${whole || '0'}${fraction ? `.${fraction}` : ''}`;
}

function decimalLeaf(part: Part): Leaf | undefined {
  const digits = decimalText(part.text);
  return digits === undefined ? undefined : leaf(decimal(digits), part.unit);
}

/** NM as a Quantity without unit; `<5` in an NM is common, and keeps its comparator. */
export function readNumber(reading: Reading, part: Part): NodeObject | undefined {
  const plain = decimalLeaf(part);
  if (plain !== undefined) return { value: plain };
  const compared = COMPARED.exec(part.text);
  const digits = decimalText(compared?.[2] ?? '');
  if (digits === undefined) return undefined;
  const message = 'A value of type NM holds a comparator; it was read as one, though SN is the type for it.';
  raise(reading, part, { severity: 'information', code: 'value', reason: 'comparator-in-number', message });
  return { value: leaf(decimal(digits), part.unit), comparator: leaf(COMPARATOR[compared?.[1] ?? ''], part.unit) };
}

/** NM with the unit of its field (OBX-6). A text that is no number stays text, its unit with it. */
export function readNumericValue(reading: Reading, part: Part, unitPart: Part): Value | undefined {
  if (part.text === '') return undefined;
  const number = readNumber(reading, part);
  if (number !== undefined) return quantityOf(number, readUnit(reading, unitPart));
  const message = 'A value of type NM is not a number; it is kept as text.';
  raise(reading, part, { severity: 'warning', code: 'value', reason: 'number-unreadable', message });
  return textOf([part], unitPart);
}

function quantityOf(number: NodeObject, unit: NodeObject | undefined): Value {
  return { element: 'valueQuantity', node: { ...number, ...unit } };
}

function textOf(parts: readonly Part[], unitPart: Part): Value {
  const text = parts.map((part) => part.text).join('');
  const units = parts.map((part) => part.unit);
  // `2+` is of that unit; `haemolysed` is not.
  if (unitPart.text === '' || !/\d/.test(text)) return { element: 'valueString', node: leaf(text, ...units) };
  return { element: 'valueString', node: leaf(`${text} ${unitPart.text}`, ...units, unitPart.unit) };
}

/** SN: comparator, number, separator, number. `<^10` is a Quantity, `^1^:^128` a Ratio, `^2^-^4` a Range, `^2^+` a text. */
export function readStructuredNumber(reading: Reading, part: Part, unitPart: Part): Value | undefined {
  const pieces = [part.at(1), part.at(2), part.at(3), part.at(4)] as const;
  const [comparator, first, separator, second] = pieces;
  if (pieces.every((piece) => piece.text === '')) return undefined;
  const low = decimalLeaf(first);
  const compared = COMPARATOR[comparator.text];
  const readable = low !== undefined && (compared !== undefined || ['', '='].includes(comparator.text));
  if (!readable) return textOf(pieces, unitPart);
  const unit = () => readUnit(reading, unitPart);
  const bound = { value: low, comparator: compared === undefined ? undefined : leaf(compared, comparator.unit) };
  if (separator.text === '' && second.text === '') return quantityOf(bound, unit());
  const high = decimalLeaf(second);
  if (high === undefined) return textOf(pieces, unitPart);
  if (separator.text === '-' && compared === undefined) {
    const upper = leaf(high.value, second.unit, separator.unit);
    const shared = unit();
    return { element: 'valueRange', node: { low: { ...bound, ...shared }, high: { value: upper, ...shared } } };
  }
  if (separator.text !== ':' && separator.text !== '/') return textOf(pieces, unitPart);
  // A titre has no unit; where one is sent it belongs to what is counted.
  const denominator = { value: leaf(high.value, second.unit, separator.unit) };
  return { element: 'valueRatio', node: { numerator: { ...bound, ...unit() }, denominator } };
}

/** CQ: a number and its own unit (component 2, in sub-components). */
export function readCompositeQuantity(reading: Reading, part: Part): NodeObject | undefined {
  const number = readNumber(reading, part.at(1));
  return number === undefined ? undefined : { ...number, ...readUnit(reading, part.at(2)) };
}

/** NR: lowest and highest number. */
export function readNumericRange(reading: Reading, part: Part, unitPart: Part): NodeObject | undefined {
  const unit = readUnit(reading, unitPart);
  const [low, high] = [part.at(1), part.at(2)].map((piece) => {
    const number = readNumber(reading, piece);
    return number === undefined ? undefined : { ...number, ...unit };
  });
  return object({ low, high });
}

const ABSENT_UNKNOWN = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

/**
 * NA: an array of numbers, each repetition a row. FHIR asks for the time between samples, which NA does not carry: it is said to
 * be unknown. A gap in the array is `E`, FHIR's word for no usable value.
 */
export function readNumericArray(reading: Reading, rows: readonly Part[], unitPart: Part): NodeObject | undefined {
  const units = rows.flatMap((row) => row.units());
  if (units.length === 0) return undefined;
  const width = Math.max(...rows.map((row) => row.size));
  const cells = rows.flatMap((row) =>
    Array.from({ length: width }, (_, index) => decimalText(row.at(index + 1).text) ?? 'E'),
  );
  return {
    origin: { value: leaf(decimal('0')), ...readUnit(reading, unitPart) },
    _period: ABSENT_UNKNOWN,
    dimensions: rows.length === 1 ? 1 : width,
    data: leaf(cells.join(' '), ...units),
  };
}

/** MO: an amount and its currency as text; an Observation has no money. */
export function readMoney(part: Part): Leaf | undefined {
  const [amount, currency] = [part.at(1), part.at(2)];
  if (amount.text === '') return undefined;
  const text = currency.text === '' ? amount.text : `${amount.text} ${currency.text}`;
  return leaf(text, amount.unit, currency.unit);
}
