// The form an answer of the FHIR API is wanted in: JSON or XML, pretty or not, whole or in part. Only the FHIR API negotiates.
import type { FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { queryOf } from './query.ts';

export type Summary = 'true' | 'text' | 'data';
export type Form = {
  readonly xml: boolean;
  readonly pretty: boolean;
  readonly summary: Summary | undefined;
  /** Names as `_elements` has them; undefined: all. */
  readonly elements: readonly string[] | undefined;
};

export const JSON_TYPES: readonly string[] = [
  'application/fhir+json',
  'application/json',
  'application/json+fhir',
  'text/json',
];
export const XML_TYPES: readonly string[] = [
  'application/fhir+xml',
  'application/xml',
  'application/xml+fhir',
  'text/xml',
];
/** Parameters that say how to answer; every read, search and operation takes them. */
export const FORM_PARAMETERS = ['_format', '_pretty', '_summary', '_elements'] as const;

const PLAIN: Form = { xml: false, pretty: false, summary: undefined, elements: undefined };
const JSON_NAMES = ['json', ...JSON_TYPES];
const XML_NAMES = ['xml', ...XML_TYPES];
const ANY_TYPES = ['*/*', 'application/*'];
const PLAIN_ACCEPTS: ReadonlySet<string> = new Set([...ANY_TYPES, ...JSON_TYPES]);
const SERVED_VERSIONS = ['4.0', '4.0.1'];
const SUMMARIES: readonly string[] = ['true', 'false', 'text', 'data', 'count'];
const ELEMENT_NAME = /^(?:[A-Z][A-Za-z]*\.)?_?[a-z][A-Za-z0-9]*$/;

/** Throws `Refused` when no served form is wanted, or a parameter has a value it does not take. */
export function formOf(request: FastifyRequest): Form {
  const { accept } = request.headers;
  const isPlain = accept === undefined || accept === '' || PLAIN_ACCEPTS.has(accept);
  if (isPlain && !request.url.includes('?')) return PLAIN;
  const query = queryOf(request);
  const last = (name: string) => query.findLast(([parameter]) => parameter === name)?.[1];
  const format = last('_format');
  return {
    xml: format === undefined ? !isPlain && acceptsXml(accept) : isXmlFormat(format),
    pretty: isPretty(last('_pretty')),
    summary: summaryOf(last('_summary')),
    elements: elementsOf(last('_elements')),
  };
}

// A plus in a query is a space by the rules of forms; who writes `application/fhir+json` means the plus.
function isXmlFormat(format: string): boolean {
  const name = typeOf(format).replace(' ', '+');
  if (JSON_NAMES.includes(name)) return false;
  if (!XML_NAMES.includes(name)) throw notAcceptable('_format');
  return true;
}

function acceptsXml(accept: string): boolean {
  const ranges = accept.split(',').filter(isServedVersion);
  // A browser likes XML better than anything in the end, and means neither.
  if (
    ranges.some((range) => typeOf(range) === 'text/html') &&
    ranges.some((range) => ANY_TYPES.includes(typeOf(range)))
  )
    return false;
  const best = (types: readonly string[]) =>
    Math.max(0, ...ranges.filter((range) => types.includes(typeOf(range))).map(qualityOf));
  const json = best(JSON_TYPES) || best(ANY_TYPES);
  const xml = best(XML_TYPES);
  if (json === 0 && xml === 0) throw notAcceptable('Accept');
  return xml > json;
}

/** https://hl7.org/fhir/R4/http.html#version-parameter */
export function isServedVersion(range: string): boolean {
  const version = /;\s*fhirVersion\s*=\s*"?([^";\s]*)/i.exec(range)?.[1];
  return version === undefined || SERVED_VERSIONS.includes(version);
}

function qualityOf(range: string): number {
  const quality = Number(/;\s*q\s*=\s*([\d.]+)/i.exec(range)?.[1] ?? 1);
  return Number.isFinite(quality) ? quality : 0;
}

export function typeOf(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

function isPretty(value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value !== 'true') throw new Refused('form-value', '"_pretty" is true or false.', '_pretty');
  return true;
}

function summaryOf(value: string | undefined): Summary | undefined {
  if (value === undefined || value === 'false' || value === 'count') return undefined;
  if (!SUMMARIES.includes(value))
    throw new Refused('form-value', '"_summary" is true, text, data, count or false.', '_summary');
  return value as Summary;
}

export function elementsOf(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(',').map((name) => name.trim());
  if (!names.every((name) => ELEMENT_NAME.test(name)))
    throw new Refused('form-value', '"_elements" takes names of elements, such as name,birthDate.', '_elements');
  return names;
}

function notAcceptable(where: string): Refused {
  return new Refused(
    'not-acceptable',
    'FHIR 4.0 is served as JSON and as XML. Ask for application/fhir+json or application/fhir+xml.',
    where,
  );
}
