// Numbers and quantities of each FHIR type: https://hl7.org/fhir/R4/search.html#number                            (pure)
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { unitHash } from '../forms.ts';
import { numberOf, type Place, textOf } from './place.ts';

export function number({ out, param, part }: Place, value: Json): void {
  const of = numberOf(value);
  if (of !== undefined) out.numbers.push({ param, part, low: of, high: of });
}

export function numberRange({ out, param, part }: Place, value: Json): void {
  const range = isObject(value) ? limitsOf(value) : undefined;
  if (range !== undefined) out.numbers.push({ param, part, low: range.low, high: range.high });
}

type Unit = {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly text: string | undefined;
};
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
  out.quantities.push({
    ...row,
    code: code === undefined ? 0n : unitHash(code),
    text: text === undefined ? 0n : unitHash(text),
  });
  if (code === undefined) return;
  const canonical = units.canonical(system ?? '', code);
  out.quantities.push({
    ...{ param, part, code: 0n, text: 0n },
    unit: canonical === undefined ? unitHash(`${system ?? ''}|${code}`) : unitHash(canonical.unit),
    low: canonical === undefined ? low : canonical.convert(low),
    high: canonical === undefined ? high : canonical.convert(high),
  });
}

export function quantity(place: Place, value: Json): void {
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

export function money(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const of = numberOf(value['value']);
  const code = textOf(value, 'currency');
  if (of !== undefined) addQuantity(place, { low: of, high: of }, { system: CURRENCY, code, text: code });
}

export function quantityRange(place: Place, value: Json): void {
  const limits = isObject(value) ? limitsOf(value) : undefined;
  if (limits === undefined || !isObject(value)) return;
  const named = isObject(value['low']) ? value['low'] : value['high'];
  addQuantity(place, limits, unitOf(isObject(named) ? named : {}));
}

export function sampledData(place: Place, value: Json): void {
  if (!isObject(value) || !isObject(value['origin'])) return;
  const origin = numberOf(value['origin']['value']);
  const low = numberOf(value['lowerLimit']) ?? origin;
  const high = numberOf(value['upperLimit']) ?? origin;
  if (low !== undefined && high !== undefined) addQuantity(place, { low, high }, unitOf(value['origin']));
}
