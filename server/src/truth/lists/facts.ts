// The parts of an entry by which it is told to be the same as another: when, where on the body, by which route, under which number.
import type { Json, JsonObject } from '../../base/json.ts';
import { foldWords } from '../fold-text.ts';
import { byCodeUnit, isObject, listAt, textAt } from '../json-values.ts';
import type { SameTime } from '../types.ts';
import { conceptOf, medicineOf } from './concept.ts';
import { medicineName } from './medicine-name.ts';

/** `exact`: all that was asked; `begins`: a date with less precision, which fits every exact one that begins so. */
export type Fact = { readonly exact: string } | { readonly begins: string } | undefined;

const LENGTHS: { readonly [precision in SameTime]: number } = { any: 0, year: 4, month: 7, day: 10, minute: 16 };

/** The value of a choice element, whatever its type: `onset[x]` is `onsetDateTime` or `onsetString`. */
export function choiceValue(resource: JsonObject, element: string): Json | undefined {
  if (!element.endsWith('[x]')) return resource[element];
  const base = element.slice(0, -'[x]'.length);
  const property = Object.keys(resource)
    .filter((one) => one.startsWith(base) && /^[A-Z]/.test(one.slice(base.length)))
    .sort(byCodeUnit)[0];
  return property === undefined ? undefined : resource[property];
}

/** A time to the precision asked for. A period counts by its start; anything but a date says nothing. */
export function timeFact(value: Json | undefined, precision: SameTime): Fact {
  const length = LENGTHS[precision];
  const written = isObject(value) ? textAt(value, 'start') : value;
  if (length === 0 || typeof written !== 'string' || !/^\d{4}/.test(written)) return undefined;
  const text = length > 10 ? inUtc(written) : written;
  return text.length >= length ? { exact: text.slice(0, length) } : { begins: text };
}

/** To the second or finer and in UTC already, on a day and at an hour that there are: all but the digits after the minute stay. */
const UTC = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

/** A time with an offset as the same moment everywhere; a day stays the day that was written. */
function inUtc(written: string): string {
  if (UTC.test(written)) return written;
  const time = /T.*(?:Z|[-+]\d\d:\d\d)$/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(time) ? written : new Date(time).toISOString();
}

export function conceptFact(value: Json | undefined): Fact {
  const key = conceptOf(value)?.keys[0];
  return key === undefined ? undefined : { exact: key };
}

/** Sites and specimens: all codes given, so that left and right stay two. */
export function sitesFact(value: Json | undefined): Fact {
  const all = (Array.isArray(value) ? value : value === undefined ? [] : [value]).flatMap((one: Json) => {
    const key = conceptOf(one)?.keys[0] ?? textAt(one, 'reference') ?? textAt(one, 'display');
    return key === undefined ? [] : [key];
  });
  return all.length === 0 ? undefined : { exact: all.sort(byCodeUnit).join(' ') };
}

const FILLER = 'FILL';

/** The laboratory's own number for a result (identifier type FILL), else any identifier that says its system. */
export function orderFact(resource: JsonObject): Fact {
  const numbers = listAt(resource, 'identifier').flatMap((one) => {
    const value = textAt(one, 'value');
    const type = isObject(one) ? textAt(listAt(one['type'], 'coding')[0], 'code') : undefined;
    return value !== undefined && type === FILLER ? [`${textAt(one, 'system') ?? ''}|${foldWords(value)}`] : [];
  });
  return numbers.length === 0 ? undefined : { exact: numbers.sort(byCodeUnit).join(' ') };
}

/** Codes of SNOMED CT for the commonest routes, and how prescribers write them. */
const ROUTES: { readonly [written: string]: string } = {
  '26643006': 'oral',
  po: 'oral',
  'by mouth': 'oral',
  orally: 'oral',
  'oral route': 'oral',
  '47625008': 'intravenous',
  iv: 'intravenous',
  'intravenous route': 'intravenous',
  '34206005': 'subcutaneous',
  sc: 'subcutaneous',
  'subcutaneous route': 'subcutaneous',
  '78421000': 'intramuscular',
  im: 'intramuscular',
  'intramuscular route': 'intramuscular',
};

export function routeFact(resource: JsonObject): Fact {
  const dosage = [...listAt(resource, 'dosageInstruction'), ...listAt(resource, 'dosage')][0];
  const route = isObject(dosage) ? dosage['route'] : undefined;
  if (route === undefined) return undefined;
  const written = [textAt(listAt(route, 'coding')[0], 'code'), textAt(route, 'text')].filter(
    (one) => one !== undefined,
  );
  const named = written.map((one) => ROUTES[foldWords(one)]).find((one) => one !== undefined);
  const [first] = written;
  return named === undefined && first === undefined ? undefined : { exact: named ?? foldWords(first ?? '') };
}

export function medicineParts(resource: JsonObject): { readonly form: Fact; readonly strength: string | undefined } {
  const concept = conceptOf(medicineOf(resource));
  const texts = (concept?.keys ?? []).filter((key) => key.startsWith('text|')).map((key) => medicineName(key.slice(5)));
  const form = texts.find((one) => one.form !== undefined)?.form;
  const strength = texts.find((one) => one.strength !== undefined)?.strength;
  return { form: form === undefined ? undefined : { exact: form }, strength };
}
