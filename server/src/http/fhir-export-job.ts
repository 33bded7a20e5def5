// What an $export is asked for, as a job that fits into an address. https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters

import type { FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { objectIn, objectsIn } from '../base/json.ts';
import { isResourceType, RESOURCE_TYPES } from '../fhir/index.ts';
import { compartmentTypes, readSearch, type SearchRequest, type SearchWorld } from '../search/index.ts';
import { elementsOf } from './fhir-form.ts';
import { rangeIn } from './fhir-history.ts';
import { operationQuery, sentResource } from './fhir-parameters.ts';
import { unknownElements } from './fhir-summary.ts';
import { one, onlyKnown, type Query, queryOf } from './query.ts';

export type Level = 'system' | 'patient' | 'group';
/** A function of nothing but itself: any process can go on with it. */
export type Job = {
  /** Ledger size as of which it is. */
  readonly size: number;
  readonly request: string;
  /** Empty: all. */
  readonly types: readonly string[];
  readonly since?: string;
  readonly elements?: readonly string[];
  /** `Type?parameters`, of which one has to match. */
  readonly filters?: readonly string[];
  /** Ids; undefined: all. */
  readonly patients?: readonly string[];
  readonly level: Level;
  readonly group?: string;
};
export type Asked = Pick<Job, 'types' | 'since' | 'elements' | 'filters' | 'patients'>;

const NDJSON = 'application/fhir+ndjson';
const FORMATS: readonly (string | undefined)[] = [undefined, NDJSON, 'application/ndjson', 'ndjson'];
const PARAMETERS = ['_type', '_since', '_outputFormat', '_elements', '_typeFilter'];
const PATIENTS_MAX = 50;
const RENDERING = /^_(?:format|pretty|summary|elements|count|sort|total|include|revinclude|after)\b/;

/** Throws `Refused` that names the parameter that is wrong, unknown or not done here. */
export function exportAsked(request: FastifyRequest, level: Level, world: SearchWorld): Asked {
  const patients = patientsIn(request, level);
  const query = operationQuery(request, level === 'system' ? [] : ['patient']);
  // What says how to answer is not passed over where the answer is files.
  const summary = queryOf(request).filter(([name]) => name === '_summary');
  if (level !== 'system' && query.some(([name]) => name === 'patient'))
    throw new Refused('operation-parameters', 'Patients are named in Parameters, by POST.', 'patient');
  onlyKnown([...query, ...summary], PARAMETERS);
  if (!FORMATS.includes(one(query, '_outputFormat')?.replace(' ', '+')))
    throw new Refused('operation-parameters', `Exports are written as ${NDJSON}.`, '_outputFormat');
  const types = typesOf(level, listed(query, '_type', /,/));
  const since = rangeIn(query, '_since')?.from;
  const sent = queryOf(request).filter(([name]) => name === '_elements');
  const elements = namesOf([...query.filter(([name]) => name === '_elements'), ...sent]);
  const filters = listed(query, '_typeFilter', /,(?=[A-Z][A-Za-z]+\?)/);
  for (const filter of filters) filterOf(filter, { types, level, world });
  return {
    types,
    ...(since === undefined ? {} : { since }),
    ...(elements.length === 0 ? {} : { elements }),
    ...(filters.length === 0 ? {} : { filters }),
    ...(patients === undefined ? {} : { patients }),
  };
}

function listed(query: Query, name: string, between: RegExp): readonly string[] {
  const values = query.filter(([parameter]) => parameter === name).flatMap(([, value]) => value.split(between));
  return [...new Set(values)];
}

/** Types an export of the level may have. */
export function typesAt(level: Level): readonly string[] {
  return level === 'system' ? RESOURCE_TYPES : (compartmentTypes('Patient') ?? []);
}

// Nothing asked is said as nothing: an address with every type in it would be long.
function typesOf(level: Level, asked: readonly string[]): readonly string[] {
  const wrong = asked.find((type) => !typesAt(level).includes(type));
  if (wrong !== undefined)
    throw new Refused('operation-parameters', `"${wrong.slice(0, 64)}" is no type of such an export.`, '_type');
  return asked;
}

function namesOf(query: Query): readonly string[] {
  const names = query.flatMap(([, value]) => elementsOf(value) ?? []);
  for (const name of names) {
    const [type = '', element] = name.split('.');
    const isWrong = element !== undefined && (!isResourceType(type) || unknownElements(type, [name]).length > 0);
    if (isWrong) throw new Refused('form-value', `R4 has no element "${name.slice(0, 64)}".`, '_elements');
  }
  return names;
}

type Filtering = { readonly types: readonly string[]; readonly level: Level; readonly world: SearchWorld };

/** A filter as a search, said to be wrong where the export is asked for, not when its files are made. */
export function filterOf(filter: string, { types, level, world }: Filtering): SearchRequest {
  const [, type = '', parameters = ''] = /^([A-Z][A-Za-z]+)\?(.+)$/s.exec(filter) ?? [];
  const wrong = (message: string) => new Refused('operation-parameters', message, '_typeFilter');
  if (type === '') throw wrong('A filter is a search of a type, such as Observation?status=final.');
  if (!(types.length > 0 ? types : typesAt(level)).includes(type))
    throw wrong(`A filter is of ${type}, which is not exported here.`);
  const query = [...new URLSearchParams(parameters)];
  const [other] = query.find(([name]) => RENDERING.test(name)) ?? [];
  if (other !== undefined) throw wrong(`"${other}" says how a search is answered. Leave it out of the filter.`);
  try {
    return readSearch({ type, query: [...query, ['_count', '1000']] }, world);
  } catch (error) {
    if (error instanceof Refused) throw wrong(error.message);
    throw error;
  }
}

/** `patient` of Parameters, as ids. https://hl7.org/fhir/uv/bulkdata/export.html: POST only. */
function patientsIn(request: FastifyRequest, level: Level): readonly string[] | undefined {
  const sent = objectsIn(sentResource(request)?.['parameter']).filter(({ name }) => name === 'patient');
  if (sent.length === 0 || level === 'system') return undefined;
  if (sent.length > PATIENTS_MAX)
    throw new Refused(
      'operation-parameters',
      `An export takes at most ${PATIENTS_MAX} patients by name. Make a Group of them.`,
      'patient',
    );
  return sent.map((parameter) => {
    const reference = objectIn(parameter['valueReference'])?.['reference'];
    const id = /^(?:.*\/)?Patient\/([A-Za-z0-9.-]{1,64})$/.exec(String(reference))?.[1];
    if (id === undefined)
      throw new Refused('operation-parameters', 'A patient is given as valueReference to Patient/id.', 'patient');
    return id;
  });
}
