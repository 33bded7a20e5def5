// Understands a type-level search: known parameters become terms, anything else is refused with the nearest known name.    (pure)
import { boundedKey, KEPT_CHARS } from '../base/bounded-key.ts';
import { Refused } from '../base/errors.ts';
import { foldName, rangeOf } from './search-columns.ts';
import type { Search, SearchTerm } from './types.ts';

const COUNT_DEFAULT = 20;
const COUNT_MAX = 500;
/** Room for the parameter before a name, where terms are kept by their beginning. */
const PARAMETER_CHARS_MAX = 20;
const PATIENT_TYPES = new Set([
  'AllergyIntolerance',
  'Condition',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Observation',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
  'Immunization',
  'MedicationRequest',
  'MedicationStatement',
  'Procedure',
  'Flag',
  'CarePlan',
]);
const NAMED_TYPES = new Set(['Patient', 'Practitioner', 'Organization', 'Location', 'RelatedPerson']);
const PREFIXES = ['eq', 'ge', 'gt', 'le', 'lt'] as const;

type Rule = {
  readonly types: ReadonlySet<string> | undefined;
  readonly read: (value: string, parameter: string) => SearchTerm;
};

const any = undefined;
const patientsOnly = new Set(['Patient']);
const RULES: { readonly [parameter: string]: Rule } = {
  _id: { types: any, read: (value) => ({ kind: 'id', ids: value.split(',') }) },
  _lastUpdated: { types: any, read: (value, parameter) => readRange('updated', value, parameter) },
  identifier: {
    types: any,
    read: (value) => ({ kind: 'any-of-terms', terms: value.split(',').map((one) => token('identifier', one)) }),
  },
  code: {
    types: any,
    read: (value) => ({ kind: 'any-of-terms', terms: value.split(',').map((one) => token('code', one)) }),
  },
  status: {
    types: any,
    read: (value) => ({ kind: 'status', codes: value.split(',').map((one) => one.slice(one.indexOf('|') + 1)) }),
  },
  date: { types: any, read: (value, parameter) => readRange('date', value, parameter) },
  patient: {
    types: PATIENT_TYPES,
    read: (value) => ({ kind: 'subject', ids: value.split(',').map((one) => one.replace(/^Patient\//, '')) }),
  },
  subject: {
    types: PATIENT_TYPES,
    read: (value) => ({ kind: 'subject', ids: value.split(',').map((one) => one.replace(/^Patient\//, '')) }),
  },
  name: { types: NAMED_TYPES, read: (value) => namePrefix(['family', 'given', 'text', 'prefix', 'suffix'], value) },
  family: { types: patientsOnly, read: (value) => namePrefix(['family'], value) },
  given: { types: patientsOnly, read: (value) => namePrefix(['given'], value) },
  birthdate: { types: patientsOnly, read: readBirthDate },
};

/** Turns query parameters into a search. Throws `Refused` naming the parameter that is unknown or malformed. */
export function searchType(type: string, query: readonly (readonly [string, string])[]): Search {
  const terms: SearchTerm[] = [];
  let count = COUNT_DEFAULT;
  let after: Search['after'];
  for (const [parameter, value] of query) {
    if (parameter === '_count') count = readCount(value);
    else if (parameter === '_after') after = readAfter(value);
    else if (parameter === '_format' || parameter === '_pretty') continue;
    else terms.push(ruleFor(type, parameter).read(value, parameter));
  }
  return { type, terms, count, after };
}

/** The names that a search on this type knows. */
export function searchParameters(type: string): readonly string[] {
  const named = Object.entries(RULES).filter(([, rule]) => rule.types === undefined || rule.types.has(type));
  return [...named.map(([name]) => name), '_count'];
}

/** The cursor that continues a page, as it stands in a next link. */
export function renderAfter(after: NonNullable<Search['after']>): string {
  return Buffer.from(`${after.at} ${after.id}`).toString('base64url');
}

function ruleFor(type: string, parameter: string): Rule {
  const rule = RULES[parameter];
  if (rule !== undefined && (rule.types === undefined || rule.types.has(type))) return rule;
  const known = searchParameters(type);
  const nearest = known.toSorted((a, b) => distance(a, parameter) - distance(b, parameter))[0];
  throw new Refused(
    'search-parameter',
    `${type} cannot be searched by "${parameter}". Did you mean "${nearest}"? Known: ${known.join(', ')}.`,
    parameter,
  );
}

function token(parameter: string, value: string): string {
  const bar = value.indexOf('|');
  return boundedKey(bar < 0 ? `${parameter}=${value}` : `${parameter}|${value.slice(0, bar)}|${value.slice(bar + 1)}`);
}

function namePrefix(parameters: readonly string[], value: string): SearchTerm {
  return {
    kind: 'term-prefix',
    parameters,
    prefixes: value
      .split(',')
      .map((one) => foldName(one).slice(0, KEPT_CHARS - PARAMETER_CHARS_MAX))
      .filter((one) => one !== ''),
  };
}

function readBirthDate(value: string, parameter: string): SearchTerm {
  const date = value.replace(/^eq/, '');
  if (rangeOf(date) === undefined) throw malformed(parameter, 'a date such as 1980-05-01');
  return /^\d{4}-\d{2}-\d{2}$/.test(date)
    ? { kind: 'any-of-terms', terms: [`birthdate|${date}`] }
    : { kind: 'term-prefix', parameters: ['birthdate'], prefixes: [date] };
}

function readRange(column: 'date' | 'updated', value: string, parameter: string): SearchTerm {
  const prefix = PREFIXES.find((one) => value.startsWith(one)) ?? 'eq';
  const range = rangeOf(PREFIXES.some((one) => value.startsWith(one)) ? value.slice(2) : value);
  if (range === undefined)
    throw malformed(parameter, 'a date with an optional prefix eq, ge, gt, le or lt, such as ge2026-03-02');
  const end = new Date(Date.parse(range.to) + 1).toISOString();
  const reaching = { kind: 'range', column, from: undefined, before: undefined, within: false } as const;
  switch (prefix) {
    case 'eq':
      return { ...reaching, from: range.from, before: end, within: true };
    case 'ge':
      return { ...reaching, from: range.from };
    case 'gt':
      return { ...reaching, from: end };
    case 'le':
      return { ...reaching, before: end };
    case 'lt':
      return { ...reaching, before: range.from };
  }
}

function readCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw malformed('_count', `a whole number up to ${COUNT_MAX}`);
  return Math.min(count, COUNT_MAX);
}

function readAfter(value: string): NonNullable<Search['after']> {
  const [at, id] = Buffer.from(value, 'base64url').toString('utf8').split(' ');
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at)))
    throw malformed('_after', 'the cursor of a next link, unchanged');
  return { at, id };
}

function malformed(parameter: string, what: string): Refused {
  return new Refused('search-value', `"${parameter}" takes ${what}.`, parameter);
}

/** Edit distance, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
