// What search v1 can ask of a resource, taken from its content: tokens and folded strings as terms, one date range, one status. (pure)
import { boundedKey } from '../base/bounded-key.ts';
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';
import { isStatusUnknown, UNKNOWN_STATUS } from './unknown-status.ts';

export type SearchColumns = {
  readonly status: string | undefined;
  readonly dateFrom: string | undefined;
  readonly dateTo: string | undefined;
  /** `identifier|system|value` and `identifier=value` (any system), the same for codes, `family|smith`, `given|zoe`, `birthdate|1980-05-01`, … */
  readonly terms: readonly string[];
};

const TERMS_MAX = 200;
/** Where each type keeps the date that `date` searches, in order of preference. */
const DATE_ELEMENTS = [
  'effectiveDateTime',
  'effectivePeriod',
  'effectiveInstant',
  'period',
  'recordedDate',
  'authoredOn',
  'onsetDateTime',
  'date',
  'recorded',
  'occurredDateTime',
  'issued',
];
const STATUS_ELEMENTS = ['status', 'clinicalStatus'];

/** Reads the search columns of a resource of any type. */
export function searchColumns(resource: JsonObject): SearchColumns {
  const terms = new Set<string>();
  for (const identifier of list(resource['identifier'])) {
    addToken(terms, 'identifier', { system: text(identifier['system']), value: text(identifier['value']) });
  }
  for (const concept of list(resource['code'])) addConcept(terms, 'code', concept);
  for (const name of list(resource['name'])) addName(terms, name);
  const birthDate = resource['birthDate'];
  if (typeof birthDate === 'string') terms.add(`birthdate|${birthDate}`);
  const { from, to } = dateRange(resource);
  return {
    status: statusOf(resource),
    dateFrom: from,
    dateTo: to,
    terms: [...terms].slice(0, TERMS_MAX).map(boundedKey),
  };
}

function addToken(
  terms: Set<string>,
  parameter: string,
  { system, value }: { system: string | undefined; value: string | undefined },
): void {
  if (value === undefined) return;
  terms.add(`${parameter}|${system ?? ''}|${value}`);
  terms.add(`${parameter}=${value}`);
}

function addConcept(terms: Set<string>, parameter: string, concept: JsonObject): void {
  if (typeof concept['code'] === 'string')
    addToken(terms, parameter, { system: text(concept['system']), value: concept['code'] });
  for (const coding of list(concept['coding']))
    addToken(terms, parameter, { system: text(coding['system']), value: text(coding['code']) });
}

function addName(terms: Set<string>, name: JsonObject): void {
  for (const [element, parameter] of [
    ['family', 'family'],
    ['given', 'given'],
    ['text', 'text'],
    ['prefix', 'prefix'],
    ['suffix', 'suffix'],
  ] as const) {
    const value = name[element];
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part === 'string') for (const start of wordStarts(foldName(part))) terms.add(`${parameter}|${start}`);
    }
  }
}

/** `anna maria` → `anna maria`, `maria`: what a search may begin with, one word or several. */
function wordStarts(folded: string): readonly string[] {
  const words = folded.split(' ').filter((word) => word !== '');
  return words.map((_, place) => words.slice(place).join(' '));
}

const APOSTROPHES = /[\u2018\u2019\u02bc`\u00b4]/g;

/** Case, diacritics and kinds of apostrophe folded, so that `Zoë O’Brien` is found by `zoe` and by `o'brien`. */
export function foldName(name: string): string {
  const plain = name.replace(APOSTROPHES, "'").normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.toLowerCase().replace(/\s+/g, ' ').trim();
}

function statusOf(resource: JsonObject): string | undefined {
  for (const element of STATUS_ELEMENTS) {
    const value = resource[element];
    if (typeof value === 'string') return value;
    const code = list(asObject(value)?.['coding'])[0]?.['code'];
    if (typeof code === 'string') return code;
  }
  return isStatusUnknown(text(resource['resourceType']) ?? '', resource['status']) ? UNKNOWN_STATUS : undefined;
}

function dateRange(resource: JsonObject): { from: string | undefined; to: string | undefined } {
  for (const element of DATE_ELEMENTS) {
    const value = resource[element];
    if (typeof value === 'string') return { from: rangeOf(value)?.from, to: rangeOf(value)?.to };
    const period = asObject(value);
    if (period !== undefined) {
      const [start, end] = [text(period['start']), text(period['end'])];
      return {
        from: start === undefined ? undefined : rangeOf(start)?.from,
        to: end === undefined ? undefined : rangeOf(end)?.to,
      };
    }
  }
  return { from: undefined, to: undefined };
}

const DATE_TIME = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** The instants a FHIR date or dateTime covers, [from, to], by its precision. Dates without zone are taken as UTC days. */
export function rangeOf(value: string): { from: string; to: string } | undefined {
  const match = DATE_TIME.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const base = `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${fraction ?? ''}${zone ?? 'Z'}`;
  const from = Date.parse(base);
  if (Number.isNaN(from)) return undefined;
  return { from: new Date(from).toISOString(), to: new Date(endOf(from, match) - 1).toISOString() };
}

const MINUTE_MS = 60_000;

function endOf(from: number, [, , month, day, hour, , second, fraction]: RegExpExecArray): number {
  const start = new Date(from);
  if (month === undefined) return Date.UTC(start.getUTCFullYear() + 1, 0, 1);
  if (day === undefined) return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  if (hour === undefined) return from + 24 * 60 * MINUTE_MS;
  if (second === undefined) return from + MINUTE_MS;
  return fraction === undefined ? from + 1_000 : from + 1;
}

function list(value: Json | undefined): readonly JsonObject[] {
  const all: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value as Json];
  return all.map(asObject).filter((one) => one !== undefined);
}

// RawJson is an object to JavaScript; for FHIR it is a number.
function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
    ? (value as JsonObject)
    : undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
