// Order of FHIR numbers and times, as invariants compare them.
import { isRawJson, type Json } from '../base/json.ts';

/** The number, rounded to a double where it was written with more digits. */
export function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return isRawJson(value) ? Number(value.rawJSON) : undefined;
}

/**
 * False only when `start` is certainly later than `end`. Dates and times of different precision are compared to the coarser
 * one, where FHIRPath would say that it cannot tell.
 */
export function isNotAfter(start: string | undefined, end: string | undefined): boolean {
  if (start === undefined || end === undefined) return true;
  if (start.length > 10 && end.length > 10) {
    const from = Date.parse(start);
    const to = Date.parse(end);
    return Number.isNaN(from) || Number.isNaN(to) || from <= to;
  }
  const length = Math.min(start.length, end.length, 10);
  return start.slice(0, length) <= end.slice(0, length);
}
