// What one may search people by, and how it is asked of the server. Pure.
import { NHS_NUMBER } from '../fhir/labels.ts';

const PAGE_SIZE = 20;

export type PeopleSearch = {
  readonly name?: string;
  readonly identifier?: string;
  readonly birthdate?: string;
  /** Path and query of a further page, as the server gave it. */
  readonly from?: string;
};

/** An NHS number is searched with its system, so that a hospital number of the same digits is not found instead. */
export function searchPath(search: PeopleSearch): string {
  const query = new URLSearchParams();
  if (search.name !== undefined) query.set('name', search.name);
  if (search.identifier !== undefined) {
    const digits = search.identifier.replace(/[\s-]/g, '');
    query.set('identifier', /^\d{10}$/.test(digits) ? `${NHS_NUMBER}|${digits}` : search.identifier.trim());
  }
  if (search.birthdate !== undefined) query.set('birthdate', search.birthdate);
  query.set('_count', String(PAGE_SIZE));
  return `/fhir/R4/Patient?${query}`;
}

/** `12/3/1961`, `3/1961`, `1961` or FHIR's own form, as a FHIR date; undefined when it is no date. */
export function readDate(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^\d{4}(-\d\d(-\d\d)?)?$/.test(trimmed)) return trimmed;
  const match = /^(?:(\d{1,2})[/. -])?(\d{1,2})[/. -](\d{4})$/.exec(trimmed);
  if (match === null) return undefined;
  const [, day, month = '', year = ''] = match;
  if (Number(month) < 1 || Number(month) > 12 || (day !== undefined && (Number(day) < 1 || Number(day) > 31))) {
    return undefined;
  }
  const start = `${year}-${month.padStart(2, '0')}`;
  return day === undefined ? start : `${start}-${day.padStart(2, '0')}`;
}
