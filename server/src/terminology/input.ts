// The in parameters of R4's terminology operations: read from a Parameters resource or a query, by one table for each operation.  (pure)
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { Coding } from './types.ts';

export type Operation =
  | 'expand'
  | 'validate-code-value-set'
  | 'validate-code-code-system'
  | 'lookup'
  | 'subsumes'
  | 'translate';
type Kind = 'text' | 'boolean' | 'integer' | 'coding' | 'concept' | 'resource' | 'parts';

/** `name`, `name*` for one that repeats, with its kind where that is not text. As https://hl7.org/fhir/R4/terminology-service.html. */
const TABLES: { readonly [operation in Operation]: string } = {
  expand:
    'url valueSet:resource valueSetVersion filter offset:integer count:integer includeDesignations:boolean includeDefinition:boolean ' +
    'activeOnly:boolean excludeNested:boolean excludeNotForUI:boolean excludePostCoordinated:boolean displayLanguage ' +
    'exclude-system* system-version* check-system-version* force-system-version*',
  'validate-code-value-set':
    'url valueSet:resource valueSetVersion code system systemVersion display coding:coding codeableConcept:concept abstract:boolean displayLanguage',
  'validate-code-code-system':
    'url codeSystem:resource code version display coding:coding codeableConcept:concept abstract:boolean displayLanguage',
  lookup: 'code system version coding:coding displayLanguage property*',
  subsumes: 'codeA codeB system version codingA:coding codingB:coding',
  translate:
    'url conceptMap:resource conceptMapVersion code system version source coding:coding codeableConcept:concept target targetsystem ' +
    'dependency*:parts reverse:boolean',
};
/** Parameters of R4 that are known and not done here: refused by name, so that nobody believes in an effect. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['context', 'contextDirection', 'date', 'designation']);

type Row = { readonly kind: Kind; readonly repeats: boolean };
const rows = new Map<Operation, ReadonlyMap<string, Row>>();

function tableOf(operation: Operation): ReadonlyMap<string, Row> {
  const known = rows.get(operation);
  if (known !== undefined) return known;
  const made = new Map<string, Row>();
  for (const word of TABLES[operation].split(' ')) {
    const [, name = '', star = '', kind = 'text'] = /^([^*:]+)(\*?)(?::(.*))?$/.exec(word) ?? [];
    made.set(name, { kind: kind as Kind, repeats: star !== '' });
  }
  rows.set(operation, made);
  return made;
}

export type Input = {
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean | undefined;
  readonly number: (name: string) => number | undefined;
  readonly coding: (name: string) => Coding | undefined;
  readonly codings: (name: string) => readonly Coding[] | undefined;
  readonly resource: (name: string) => JsonObject | undefined;
  /** The parameters themselves, for those with parts. */
  readonly parts: (name: string) => readonly JsonObject[];
};

export function refusedParameter(code: string, message: string, name: string): Refused {
  return new Refused(code, message, name);
}

/** Throws Refused: `parameter-unknown`, `parameter-unsupported`, `parameter-repeated`, `parameter-invalid`. */
export function inputOf(operation: Operation, parameters: JsonObject): Input {
  const table = tableOf(operation);
  const given = new Map<string, JsonObject[]>();
  if (parameters['resourceType'] !== 'Parameters') {
    throw refusedParameter('parameter-invalid', 'The body is a Parameters resource.', 'Parameters');
  }
  for (const parameter of listIn(parameters['parameter'])) {
    const name = String(parameter['name']);
    const row = rowOf(table, name);
    const before = given.get(name) ?? [];
    if (before.length > 0 && !row.repeats) {
      throw refusedParameter('parameter-repeated', `The parameter ${name} is given once, not several times.`, name);
    }
    given.set(name, [...before, checked(parameter, name, row.kind)]);
  }
  return inputFrom(given);
}

function rowOf(table: ReadonlyMap<string, Row>, name: string): Row {
  const row = table.get(name);
  if (row !== undefined) return row;
  if (UNSUPPORTED.has(name)) {
    throw refusedParameter('parameter-unsupported', `The parameter ${name} is not supported here. Leave it out.`, name);
  }
  throw refusedParameter(
    'parameter-unknown',
    `This operation has ${[...table.keys()].join(', ')}; it has no such parameter.`,
    name,
  );
}

const JSON_KINDS: { readonly [kind in Kind]: (parameter: JsonObject) => boolean } = {
  text: (parameter) => typeof primitiveIn(parameter) === 'string',
  boolean: (parameter) => typeof primitiveIn(parameter) === 'boolean',
  integer: (parameter) => Number.isSafeInteger(primitiveIn(parameter)),
  coding: (parameter) => isObject(parameter['valueCoding']),
  concept: (parameter) => isObject(parameter['valueCodeableConcept']),
  resource: (parameter) => isObject(parameter['resource']),
  parts: (parameter) => Array.isArray(parameter['part']),
};

function checked(parameter: JsonObject, name: string, kind: Kind): JsonObject {
  if (JSON_KINDS[kind](parameter)) return parameter;
  throw refusedParameter(
    'parameter-invalid',
    `The parameter ${name} holds ${kind === 'parts' ? 'parts' : `a ${kind}`}.`,
    name,
  );
}

function inputFrom(given: ReadonlyMap<string, readonly JsonObject[]>): Input {
  const first = (name: string) => given.get(name)?.[0];
  const value = (name: string) => primitiveIn(first(name) ?? {});
  const texts = (name: string) => (given.get(name) ?? []).map((one) => String(primitiveIn(one)));
  return {
    text: (name) => texts(name)[0],
    texts,
    flag: (name) => (typeof value(name) === 'boolean' ? value(name) === true : undefined),
    number: (name) => (typeof value(name) === 'number' ? Number(value(name)) : undefined),
    coding: (name) => (first(name) === undefined ? undefined : codingFrom(first(name)?.['valueCoding'])),
    codings: (name) => {
      const concept = first(name)?.['valueCodeableConcept'];
      return isObject(concept) ? listIn(concept['coding']).map(codingFrom) : undefined;
    },
    resource: (name) => {
      const resource = first(name)?.['resource'];
      return isObject(resource) ? resource : undefined;
    },
    parts: (name) => given.get(name) ?? [],
  };
}

export function codingFrom(value: Json | undefined): Coding {
  const { system, version, code, display } = isObject(value) ? value : {};
  return { system: textIn(system), version: textIn(version), code: textIn(code), display: textIn(display) };
}

function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function primitiveIn(parameter: JsonObject): Json | undefined {
  return Object.entries(parameter).find(([name]) => name.startsWith('value'))?.[1];
}

export function listIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

const QUERY_VALUES: { readonly [kind in Kind]?: (text: string) => JsonObject | undefined } = {
  text: (text) => ({ valueString: text }),
  boolean: (text) => (text === 'true' || text === 'false' ? { valueBoolean: text === 'true' } : undefined),
  integer: (text) => (/^\d{1,9}$/.test(text) ? { valueInteger: Number(text) } : undefined),
};

/** A GET of an operation as the Parameters that a POST of it would send. Throws Refused as `inputOf`. */
export function parametersFromQuery(operation: Operation, query: readonly (readonly [string, string])[]): JsonObject {
  const table = tableOf(operation);
  const parameter = query.map(([name, text]): JsonObject => {
    const { kind } = rowOf(table, name);
    const value = QUERY_VALUES[kind]?.(text);
    if (value !== undefined) return { name, ...value };
    const message =
      QUERY_VALUES[kind] === undefined
        ? `The parameter ${name} does not fit into a URL. Send a Parameters resource by POST.`
        : `The parameter ${name} is ${kind === 'boolean' ? 'true or false' : 'a number from 0'}.`;
    throw refusedParameter('parameter-invalid', message, name);
  });
  return { resourceType: 'Parameters', parameter };
}
