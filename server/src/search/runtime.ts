// What the generated extractors call: one function for each kind of parameter and FHIR type, writing what finds the value.      (pure)
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';
import { BEGINNING, END, type Range, rangeOfDate } from './date-range.ts';
import { BAR, FORM, type Form, seedOf, unitHash } from './forms.ts';
import { fold, foldCode, foldContact } from './fold.ts';
import { hash64 } from './hash.ts';
import type { IndexEntries } from './types.ts';
import type { Units } from './units.ts';

/** Where a value goes: the entries of its resource, the parameter, and the place in a composite's group (0 outside). */
export type Place = {
  readonly out: IndexEntries;
  param: number;
  part: number;
  /** Does the parameter also take values that have a system of their own? */
  mixed: boolean;
  readonly units: Units;
  readonly root: JsonObject;
};
type Leaf = (place: Place, value: Json) => void;

const NONE: readonly never[] = [];

export function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return NONE;
  return Array.isArray(value) ? value : [value as Json];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return value !== undefined && isRawJson(value) ? Number(value.rawJSON) : undefined;
}

function term({ out, param, part }: Place, form: Form, values: readonly [string, string?, string?]): void {
  const made = hash64(seedOf(param, form), values[0], values[1], values[2]);
  if (part === 0) out.terms.push(made);
  else out.parts.push({ param, part, term: made });
}

// Tokens: https://hl7.org/fhir/R4/search.html#token -------------------------------------------------------------------------

function token(place: Place, system: string | undefined, code: string | undefined): void {
  if (code !== undefined) {
    const folded = foldCode(code);
    term(place, FORM.code, [folded]);
    term(place, FORM.systemCode, [system ?? '', BAR, folded]);
  }
  if (system !== undefined) term(place, FORM.system, [system]);
}

/** A text that `:text` finds: by the dictionary of words and the term that stands for it. */
function tokenText(place: Place, text: string | undefined): void {
  if (text === undefined || place.part !== 0) return;
  const folded = fold(text);
  const { out, param } = place;
  if (out.words.some((word) => word.param === param && word.value === folded)) return;
  const made = hash64(seedOf(param, FORM.text), folded);
  out.terms.push(made);
  out.words.push({ param, value: folded, term: made });
}

function coding(place: Place, value: Json): void {
  if (!isObject(value)) return;
  token(place, textOf(value, 'system'), textOf(value, 'code'));
  tokenText(place, textOf(value, 'display'));
}

function codeableConcept(place: Place, value: Json): void {
  if (!isObject(value)) return;
  for (const one of list(value['coding'])) coding(place, one);
  tokenText(place, textOf(value, 'text'));
}

function identifier(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const code = textOf(value, 'value');
  token(place, textOf(value, 'system'), code);
  const type = value['type'];
  if (!isObject(type)) return;
  tokenText(place, textOf(type, 'text'));
  if (code === undefined || place.part !== 0) return;
  for (const one of list(type['coding'])) {
    const typeCode = isObject(one) ? textOf(one, 'code') : undefined;
    if (typeCode === undefined || !isObject(one)) continue;
    term(place, FORM.ofType, [`${textOf(one, 'system') ?? ''}|${foldCode(typeCode)}`, BAR, foldCode(code)]);
  }
}

function primitiveToken(place: Place, value: Json): void {
  if (typeof value === 'object') return;
  const folded = foldCode(String(value));
  term(place, FORM.code, [folded]);
  if (place.mixed) term(place, FORM.systemCode, ['', BAR, folded]);
}

function contactPoint(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const contact = textOf(value, 'value');
  if (contact !== undefined) primitiveToken(place, foldContact(contact));
}

/** `X.exists() and X != false`. */
export function existsToken(place: Place, exists: boolean): void {
  primitiveToken(place, exists);
}

// Strings: https://hl7.org/fhir/R4/search.html#string -----------------------------------------------------------------------

function addString({ out, param, part }: Place, value: string): void {
  for (const one of out.strings) if (one.param === param && one.part === part && one.value === value) return;
  out.strings.push({ param, part, value });
}

function string(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  addString(place, fold(value));
  if (place.part === 0) term(place, FORM.exact, [value]);
}

const NAME_PARTS = ['text', 'family', 'given', 'prefix', 'suffix'];
const ADDRESS_PARTS = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];

/** "A server defined search": each part, and each word of it, may be begun with. */
function humanName(place: Place, value: Json): void {
  if (isObject(value)) partsOf(place, value, NAME_PARTS);
}

function address(place: Place, value: Json): void {
  if (isObject(value)) partsOf(place, value, ADDRESS_PARTS);
}

function partsOf(place: Place, value: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    for (const one of list(value[name])) {
      if (typeof one !== 'string' || one === '') continue;
      const folded = fold(one);
      addString(place, folded);
      for (let at = folded.indexOf(' '); at >= 0; at = folded.indexOf(' ', at + 1)) addString(place, folded.slice(at + 1));
      if (place.part === 0) term(place, FORM.exact, [one]);
    }
  }
}

// Dates: https://hl7.org/fhir/R4/search.html#date ---------------------------------------------------------------------------

function addDate({ out, param, part }: Place, { from, to }: Range): void {
  out.dates.push({ param, part, from, to });
}

function date(place: Place, value: Json): void {
  const range = typeof value === 'string' ? rangeOfDate(value) : undefined;
  if (range !== undefined) addDate(place, range);
}

function periodRange(value: JsonObject): Range | undefined {
  const start = rangeOfDate(textOf(value, 'start') ?? '');
  const end = rangeOfDate(textOf(value, 'end') ?? '');
  if (start === undefined && end === undefined) return undefined;
  return { from: start?.from ?? BEGINNING, to: end?.to ?? END };
}

function period(place: Place, value: Json): void {
  const range = isObject(value) ? periodRange(value) : undefined;
  if (range !== undefined) addDate(place, range);
}

/** Only the outer limits of a Timing matter. */
function timing(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const ranges = list(value['event']).flatMap((one) => (typeof one === 'string' ? (rangeOfDate(one) ?? []) : []));
  const repeat = value['repeat'];
  const bounds = isObject(repeat) ? repeat['boundsPeriod'] : undefined;
  const range = isObject(bounds) ? periodRange(bounds) : undefined;
  if (range !== undefined) ranges.push(range);
  if (ranges.length === 0) return;
  addDate(place, { from: Math.min(...ranges.map((one) => one.from)), to: Math.max(...ranges.map((one) => one.to)) });
}

// Numbers and quantities: https://hl7.org/fhir/R4/search.html#number ---------------------------------------------------------

function number({ out, param, part }: Place, value: Json): void {
  const of = numberOf(value);
  if (of !== undefined) out.numbers.push({ param, part, low: of, high: of });
}

function numberRange({ out, param, part }: Place, value: Json): void {
  const range = isObject(value) ? limitsOf(value) : undefined;
  if (range !== undefined) out.numbers.push({ param, part, low: range.low, high: range.high });
}

type Unit = { readonly system: string | undefined; readonly code: string | undefined; readonly text: string | undefined };
type Limits = { readonly low: number; readonly high: number };

function limitsOf(range: JsonObject): Limits | undefined {
  const low = isObject(range['low']) ? numberOf(range['low']['value']) : undefined;
  const high = isObject(range['high']) ? numberOf(range['high']['value']) : undefined;
  if (low === undefined && high === undefined) return undefined;
  return { low: low ?? Number.NEGATIVE_INFINITY, high: high ?? Number.POSITIVE_INFINITY };
}

function unitOf(quantity: JsonObject): Unit {
  return { system: textOf(quantity, 'system'), code: textOf(quantity, 'code'), text: textOf(quantity, 'unit') };
}

/** One row as written, and one in the unit's canonical form (or under its system and code, where that is not known). */
function addQuantity({ out, param, part, units }: Place, { low, high }: Limits, unit: Unit): void {
  const { system, code, text } = unit;
  const row = { param, part, unit: 0n, low, high };
  out.quantities.push({ ...row, code: code === undefined ? 0n : unitHash(code), text: text === undefined ? 0n : unitHash(text) });
  if (code === undefined) return;
  const canonical = units.canonical(system ?? '', code);
  out.quantities.push({
    ...{ param, part, code: 0n, text: 0n },
    unit: canonical === undefined ? unitHash(`${system ?? ''}|${code}`) : unitHash(canonical.unit),
    low: canonical === undefined ? low : canonical.convert(low),
    high: canonical === undefined ? high : canonical.convert(high),
  });
}

function quantity(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const of = numberOf(value['value']);
  if (of !== undefined) addQuantity(place, withComparator(of, textOf(value, 'comparator')), unitOf(value));
}

/** `<5` is anything below; whether 5 is in it does not matter to a double. */
function withComparator(value: number, comparator: string | undefined): Limits {
  if (comparator === '<' || comparator === '<=') return { low: Number.NEGATIVE_INFINITY, high: value };
  if (comparator === '>' || comparator === '>=') return { low: value, high: Number.POSITIVE_INFINITY };
  return { low: value, high: value };
}

const CURRENCY = 'urn:iso:std:iso:4217';

function money(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const of = numberOf(value['value']);
  const code = textOf(value, 'currency');
  if (of !== undefined) addQuantity(place, { low: of, high: of }, { system: CURRENCY, code, text: code });
}

function quantityRange(place: Place, value: Json): void {
  const limits = isObject(value) ? limitsOf(value) : undefined;
  if (limits === undefined || !isObject(value)) return;
  const named = isObject(value['low']) ? value['low'] : value['high'];
  addQuantity(place, limits, unitOf(isObject(named) ? named : {}));
}

function sampledData(place: Place, value: Json): void {
  if (!isObject(value) || !isObject(value['origin'])) return;
  const origin = numberOf(value['origin']['value']);
  const low = numberOf(value['lowerLimit']) ?? origin;
  const high = numberOf(value['upperLimit']) ?? origin;
  if (low !== undefined && high !== undefined) addQuantity(place, { low, high }, unitOf(value['origin']));
}

// References and URIs: https://hl7.org/fhir/R4/search.html#reference ---------------------------------------------------------

const LOCAL = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

function referenceText(place: Place, text: string): void {
  const local = LOCAL.exec(text);
  if (local === null) return term(place, FORM.reference, [text]);
  const target = `${local[1]}/${local[2]}`;
  term(place, FORM.reference, [target]);
  if (local[3] !== undefined) term(place, FORM.reference, [text]);
  const { out, param, part } = place;
  if (part !== 0 || out.references.some((one) => one.param === param && one.target === target)) return;
  out.references.push({ param, target });
}

function reference(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const text = textOf(value, 'reference');
  if (text !== undefined) referenceText(place, text);
  const named = value['identifier'];
  if (!isObject(named) || place.part !== 0) return;
  const system = textOf(named, 'system');
  const code = textOf(named, 'value');
  if (code !== undefined) {
    term(place, FORM.identifierCode, [foldCode(code)]);
    term(place, FORM.identifierSystemCode, [system ?? '', BAR, foldCode(code)]);
  }
  if (system !== undefined) term(place, FORM.identifierSystem, [system]);
}

function inlineResource(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const [type, id] = [textOf(value, 'resourceType'), textOf(value, 'id')];
  if (type !== undefined && id !== undefined) referenceText(place, `${type}/${id}`);
}

/** A canonical is found with its version and without. */
function canonicalReference(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  referenceText(place, value);
  const bar = value.indexOf(BAR);
  if (bar > 0) referenceText(place, value.slice(0, bar));
}

function uri(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  oneUri(place, value);
  const bar = value.indexOf(BAR);
  if (bar > 0) oneUri(place, value.slice(0, bar));
}

function oneUri(place: Place, value: string): void {
  const made = hash64(seedOf(place.param, FORM.uri), value);
  if (place.part !== 0) return void place.out.parts.push({ param: place.param, part: place.part, term: made });
  place.out.terms.push(made);
  place.out.words.push({ param: place.param, value: value.slice(0, WORD_CHARS_MAX), term: made });
}

const WORD_CHARS_MAX = 2_000;

/** Does a reference point at this type, as far as it tells? What `resolve() is T` asks; contained resources are looked at. */
export function resolves({ root }: Place, value: Json, type: string): boolean {
  if (!isObject(value)) return false;
  const text = textOf(value, 'reference');
  if (text?.startsWith('#')) {
    const inside = list(root['contained']).find((one) => isObject(one) && one['id'] === text.slice(1));
    return isObject(inside) && inside['resourceType'] === type;
  }
  if (textOf(value, 'type') === type) return true;
  const named = text === undefined ? null : /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/.exec(text);
  return named?.[1] === type;
}

export function hasExtension(value: Json, url: string): boolean {
  return isObject(value) && list(value['extension']).some((one) => isObject(one) && one['url'] === url);
}

/** What to call for a value of a FHIR type under a parameter of a kind: `token Coding`. */
export const LEAVES: { readonly [kindAndType: string]: Leaf } = {
  ...Object.fromEntries(['boolean', 'code', 'string', 'id', 'uri'].map((type) => [`token ${type}`, primitiveToken])),
  'token Coding': coding,
  'token CodeableConcept': codeableConcept,
  'token Identifier': identifier,
  'token ContactPoint': contactPoint,
  ...Object.fromEntries(['string', 'markdown', 'code'].map((type) => [`string ${type}`, string])),
  'string HumanName': humanName,
  'string Address': address,
  ...Object.fromEntries(['date', 'dateTime', 'instant'].map((type) => [`date ${type}`, date])),
  'date Period': period,
  'date Timing': timing,
  ...Object.fromEntries(['integer', 'decimal', 'positiveInt', 'unsignedInt'].map((type) => [`number ${type}`, number])),
  'number Range': numberRange,
  ...Object.fromEntries(
    ['Quantity', 'Age', 'Duration', 'Count', 'Distance', 'SimpleQuantity'].map((type) => [`quantity ${type}`, quantity]),
  ),
  'quantity Money': money,
  'quantity Range': quantityRange,
  'quantity SampledData': sampledData,
  'reference Reference': reference,
  'reference Resource': inlineResource,
  'reference canonical': canonicalReference,
  'reference uri': canonicalReference,
  ...Object.fromEntries(['uri', 'url', 'canonical', 'oid', 'uuid'].map((type) => [`uri ${type}`, uri])),
};
