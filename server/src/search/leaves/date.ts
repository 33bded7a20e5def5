// Dates of each FHIR type: https://hl7.org/fhir/R4/search.html#date                                               (pure)
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { BEGINNING, END, type Range, rangeOfDate } from '../date-range.ts';
import { list, type Place, textOf } from './place.ts';

function addDate({ out, param, part }: Place, { from, to }: Range): void {
  out.dates.push({ param, part, from, to });
}

export function date(place: Place, value: Json): void {
  const range = typeof value === 'string' ? rangeOfDate(value) : undefined;
  if (range !== undefined) addDate(place, range);
}

function periodRange(value: JsonObject): Range | undefined {
  const start = rangeOfDate(textOf(value, 'start') ?? '');
  const end = rangeOfDate(textOf(value, 'end') ?? '');
  if (start === undefined && end === undefined) return undefined;
  return { from: start?.from ?? BEGINNING, to: end?.to ?? END };
}

export function period(place: Place, value: Json): void {
  const range = isObject(value) ? periodRange(value) : undefined;
  if (range !== undefined) addDate(place, range);
}

/** Only the outer limits of a Timing matter. */
export function timing(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const ranges = list(value['event']).flatMap((one) => (typeof one === 'string' ? (rangeOfDate(one) ?? []) : []));
  const repeat = value['repeat'];
  const bounds = isObject(repeat) ? repeat['boundsPeriod'] : undefined;
  const range = isObject(bounds) ? periodRange(bounds) : undefined;
  if (range !== undefined) ranges.push(range);
  if (ranges.length === 0) return;
  addDate(place, { from: Math.min(...ranges.map((one) => one.from)), to: Math.max(...ranges.map((one) => one.to)) });
}
