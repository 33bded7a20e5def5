// OBX-5 by the type that OBX-2 names. One table says which FHIR value each v2 type becomes; what has no counterpart becomes text.
import type { Segment } from '../../hl7v2/types.ts';
import type { Context } from '../context.ts';
import {
  list,
  type Part,
  partOf,
  raise,
  readCompositeQuantity,
  readConcept,
  readMoney,
  readNumericArray,
  readNumericRange,
  readNumericValue,
  readPeriod,
  readStructuredNumber,
  readTime,
  readTimeOfDay,
  type Value,
  type ValueElement,
} from '../datatypes/index.ts';
import { type Leaf, leaf, type Node } from '../sourced.ts';
import { repetitionsOf } from '../unit.ts';
import { fieldPart } from './keys.ts';
import { readLines } from './notes.ts';

type Reader = (context: Context, part: Part, unit: Part) => Value | undefined;

const READERS: { readonly [type: string]: Reader } = {
  NM: readNumericValue,
  SI: readNumericValue,
  SN: readStructuredNumber,
  CQ: (context, part) => said('valueQuantity', readCompositeQuantity(context, part)),
  NR: (context, part, unit) => said('valueRange', readNumericRange(context, part, unit)),
  CE: readCoded,
  CF: readCoded,
  CWE: readCoded,
  CNE: readCoded,
  IS: readCoded,
  ID: readCoded,
  DT: readMoment,
  DTM: readMoment,
  TS: readMoment,
  TM: (_context, part) => said('valueTime', readTimeOfDay(part)) ?? readWords(part),
  DR: (context, part) => said('valuePeriod', readPeriod(context, part)),
  MO: (_context, part) => said('valueString', readMoney(part)),
};
/** Types whose repetitions and continuing segments are the lines of one text. */
const TEXTS: ReadonlySet<string> = new Set(['ST', 'TX', 'FT']);
const ARRAYS: ReadonlySet<string> = new Set(['NA', 'MA']);
/** Types that are legal in OBX-2 and have no FHIR value: they are put into words. */
const IN_WORDS: ReadonlySet<string> = new Set([
  'CX',
  'CK',
  'EI',
  'XPN',
  'PN',
  'XAD',
  'AD',
  'XTN',
  'TN',
  'XCN',
  'CN',
  'XON',
  'PL',
  'HD',
  'CP',
  'VR',
  'JCC',
  'FC',
  'DLN',
  'QIP',
  'RI',
  'CM',
  'MD',
]);
export const DOCUMENT_TYPES: ReadonlySet<string> = new Set(['ED', 'RP']);

export function isText(type: string): boolean {
  return TEXTS.has(type);
}

export function valueType(obx: Segment): string {
  return fieldPart(obx, 2).text.toUpperCase();
}

/** The value, and where OBX-5 repeats what is no text, the further ones. */
export type ReadValue = { readonly first: Value | undefined; readonly further: readonly Value[] };

/** Reads the value of one observation from its OBX and, for a text, the OBXs that continue it. */
export function readValue(context: Context, segments: readonly Segment[]): ReadValue {
  const [obx] = segments;
  if (obx === undefined) return { first: undefined, further: [] };
  const type = valueType(obx);
  const unit = fieldPart(obx, 6);
  if (TEXTS.has(type)) return { first: readLongText(segments, unit), further: [] };
  const parts = repetitionsOf(obx, 5).map(partOf);
  if (ARRAYS.has(type)) return { first: said('valueSampledData', readNumericArray(context, parts, unit)), further: [] };
  const reader = READERS[type] ?? ((_context, part) => readWords(part));
  if (READERS[type] === undefined && parts.length > 0) reportType(context, obx, type);
  const [first, ...further] = parts.flatMap((part) => reader(context, part, unit) ?? []);
  return { first, further };
}

function said(element: ValueElement, node: Node | undefined): Value | undefined {
  return node === undefined ? undefined : { element, node };
}

function readCoded(context: Context, part: Part): Value | undefined {
  return said('valueCodeableConcept', readConcept(context.source, part));
}

function readMoment(context: Context, part: Part): Value | undefined {
  const time = readTime(context, part);
  return time?.value === undefined ? readWords(part) : { element: 'valueDateTime', node: time };
}

/** A number sent as text is not complete without the unit beside it; words, such as `haemolysed`, have none. */
function readLongText(segments: readonly Segment[], unit: Part): Value | undefined {
  const text = readLines(segments, 5);
  if (text === undefined) return undefined;
  const measured = typeof text.value === 'string' && /^[^\n]*\d[^\n]*$/.test(text.value);
  if (!measured || unit.text === '') return { element: 'valueString', node: text };
  return { element: 'valueString', node: leaf(`${text.value} ${unit.text}`, ...text.from, unit.unit) };
}

/** The populated parts in their order, as words. */
function readWords(part: Part): Value | undefined {
  const units = part.units().filter((unit) => unit.text.trim() !== '');
  const text: Leaf = leaf(units.map((unit) => unit.text.trim()).join(' '), ...units);
  return units.length === 0 ? undefined : { element: 'valueString', node: text };
}

function reportType(context: Context, obx: Segment, type: string): void {
  if (IN_WORDS.has(type)) return;
  const missing = type === '';
  raise(context, fieldPart(obx, missing ? 5 : 2), {
    severity: 'warning',
    code: missing ? 'required' : 'code-invalid',
    reason: missing ? 'observation-value-type-missing' : 'observation-value-type-unknown',
    message: missing
      ? 'OBX-2 does not say what kind of value OBX-5 is; it is kept as text.'
      : 'OBX-2 names a value type that is not known; the value is kept as text.',
  });
}

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const BETWEEN = new RegExp(`^(${NUMBER})\\s*(?:-|–|to)\\s*(${NUMBER})$`);
const BELOW = new RegExp(`^(?:<=?|≤)\\s*(${NUMBER})$`);
const ABOVE = new RegExp(`^(?:>=?|≥)\\s*(${NUMBER})$`);

/** OBX-7: always the text as sent; the bounds too, where it is plainly two numbers or one. */
export function readReferenceRange(part: Part, bound: (digits: string) => Node): Node | undefined {
  const units = part.units();
  const text = units.map((unit) => unit.text.trim()).join(' ');
  if (text === '') return undefined;
  const [, low, high] = BETWEEN.exec(text) ?? [];
  const below = high ?? BELOW.exec(text)?.[1];
  const above = low ?? ABOVE.exec(text)?.[1];
  return {
    low: above === undefined ? undefined : bound(above),
    high: below === undefined ? undefined : bound(below),
    text: leaf(text, ...units),
  };
}

export function rangeNodes(node: Node | undefined): readonly Node[] | undefined {
  return node === undefined ? undefined : list(node);
}
