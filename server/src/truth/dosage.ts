// Doses that are the same: how much, how often, by which route, in one text. What a sender leaves out is not filled in.
import type { Json, JsonObject } from '../base/json.ts';
import { foldWords } from './fold-text.ts';
import { byCodeUnit, canonicalText, entriesOf, isObject, listAt, textAt } from './json-values.ts';
import { quantityText, shifted } from './quantity.ts';

/** UCUM time units in hours where that is exact; months and years are not hours. */
const HOURS: { readonly [unit: string]: number } = { h: 1, d: 24, wk: 168 };
/** Codes of http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation and the words for them, as times in 24 hours. */
const TIMES_A_DAY: { readonly [written: string]: number } = {
  qd: 1,
  od: 1,
  om: 1,
  on: 1,
  daily: 1,
  'once daily': 1,
  'once a day': 1,
  'one daily': 1,
  bid: 2,
  bd: 2,
  'twice daily': 2,
  'twice a day': 2,
  tid: 3,
  tds: 3,
  'three times daily': 3,
  'three times a day': 3,
  qid: 4,
  qds: 4,
  'four times daily': 4,
  'four times a day': 4,
};

/** `dosageInstruction` of a request or `dosage` of a statement, in any order of its parts. */
export function canonicalDosage(value: Json): string {
  return entriesOf(value).map(canonicalPart).sort(byCodeUnit).join(' + ');
}

function canonicalPart(dosage: Json): string {
  if (!isObject(dosage)) return canonicalText(dosage);
  const dose = listAt(dosage, 'doseAndRate').map(canonicalDose).sort(byCodeUnit).join(',');
  const often = frequency(dosage);
  const asNeeded = dosage['asNeededBoolean'] === true || dosage['asNeededCodeableConcept'] !== undefined ? 'prn' : '';
  if (dose === '' && often === '') return `text:${foldWords(textAt(dosage, 'text') ?? canonicalText(dosage))}`;
  return [dose, often, asNeeded].join('|');
}

function canonicalDose(dose: Json): string {
  if (!isObject(dose)) return '';
  const { doseQuantity, doseRange, rateQuantity, rateRatio, rateRange } = dose;
  const amount = doseQuantity === undefined ? '' : (quantityText(doseQuantity) ?? canonicalText(doseQuantity));
  const others = [doseRange, rateQuantity, rateRatio, rateRange].filter((one) => one !== undefined);
  return [amount, ...others.map(canonicalText)].join(' ');
}

function frequency(dosage: JsonObject): string {
  const timing = dosage['timing'];
  const repeat = isObject(timing) ? timing['repeat'] : undefined;
  const written = textAt(listAt(isObject(timing) ? timing['code'] : undefined, 'coding')[0], 'code');
  const words = written ?? textAt(isObject(timing) ? timing['code'] : undefined, 'text');
  const named = words === undefined ? undefined : TIMES_A_DAY[words.toLowerCase()];
  if (named !== undefined) return everyHours(named, 24);
  if (!isObject(repeat)) return words === undefined ? '' : `coded:${foldWords(words)}`;
  const { frequency: times, period, periodUnit, ...rest } = repeat;
  const hours = HOURS[typeof periodUnit === 'string' ? periodUnit : ''];
  const others = Object.keys(rest).length === 0 ? '' : canonicalText(rest);
  if (hours !== undefined && typeof times === 'number' && typeof period === 'number')
    return `${everyHours(times, period * hours)}${others}`;
  return canonicalText(repeat);
}

/** 2 in 24 hours and 1 in 12 are one frequency: reduced by their common divisor. Fractions stay as they are written. */
function everyHours(times: number, hours: number): string {
  if (!Number.isSafeInteger(times) || !Number.isSafeInteger(hours) || times <= 0) {
    return `${shifted(JSON.stringify(times), 0)} in ${shifted(JSON.stringify(hours), 0)}h`;
  }
  const divisor = commonDivisor(times, hours);
  return `${times / divisor} in ${hours / divisor}h`;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
