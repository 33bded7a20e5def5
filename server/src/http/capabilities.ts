// The CapabilityStatement: generated from what is there, so that it cannot promise more.
import type { FastifyReply, FastifyRequest } from 'fastify';
import manifest from '../../package.json' with { type: 'json' };
import { Refused } from '../base/errors.ts';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { baseLibrary } from '../fhir/library.ts';
import {
  type CustomTable,
  compartmentTypes,
  knownParameters,
  parameterOf,
  parametersOf,
  readCustom,
} from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf } from './fhir-bundle.ts';
import { OPERATIONS, type Operation } from './fhir-operations.ts';
import { ownQuery } from './fhir-parameters.ts';
import { one, onlyKnown } from './query.ts';
import { sendStanding } from './standing-answer.ts';
import { terminologyCapabilities } from './terminology-capabilities.ts';

const INTERACTIONS = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
];
const SYSTEM_INTERACTIONS = ['transaction', 'batch', 'search-system', 'history-system'];
const COMMON_KINDS: { readonly [name: string]: string } = {
  _id: 'token',
  _lastUpdated: 'date',
  _text: 'string',
  _content: 'string',
  _list: 'token',
  _has: 'string',
  _filter: 'special',
};
/** What all types are searched by is told once, for the server; clients look for these two with each type. */
const EXPECTED: readonly string[] = ['_id', '_lastUpdated'];
const isCommon = (name: string) => name.startsWith('_');
const SEARCH_PARAMETER = 'http://hl7.org/fhir/SearchParameter/';
const COMPARTMENTS = ['Device', 'Encounter', 'Patient', 'Practitioner', 'RelatedPerson'];

const MODES: readonly (string | undefined)[] = ['full', 'normative', undefined];
/** Resources that are normative in R4: https://hl7.org/fhir/R4/history.html and the table of resourcelist.html */
const NORMATIVE: readonly string[] = [
  ...['Binary', 'Bundle', 'CapabilityStatement', 'CodeSystem', 'Observation', 'OperationDefinition'],
  ...['OperationOutcome', 'Parameters', 'Patient', 'StructureDefinition', 'ValueSet'],
];

/** https://hl7.org/fhir/R4/http.html#capabilities */
export async function capabilities(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = ownQuery(request);
  onlyKnown(query, ['mode']);
  const mode = one(query, 'mode');
  const base = baseOf(request);
  if (mode === 'terminology') return sendStanding(request, reply, await terminologyCapabilities(context, base));
  if (!MODES.includes(mode))
    throw new Refused('search-value', 'The modes full, normative and terminology are served.', 'mode');
  const types = mode === 'normative' ? NORMATIVE : RESOURCE_TYPES;
  const custom = await readCustom(context.db);
  const complete = Object.values(custom).flatMap((table) =>
    Object.values(table).flatMap(({ id, url, kind, progress }) =>
      progress.state === 'complete' ? [[id, url, kind]] : [],
    ),
  );
  return sendStanding(request, reply, {
    name: `${base} ${types.length} ${JSON.stringify(complete)}`,
    make: () => statement(base, { date: context.clock.now(), custom, types }),
  });
}

type Stated = { readonly date: string; readonly custom: CustomTable; readonly types: readonly string[] };

function statement(base: string, { date, custom, types }: Stated) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Vouch', version: manifest.version },
    implementation: { description: 'Vouch health-data backend', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        security: { description: 'No authentication yet: only addresses of this machine are served.' },
        resource: types.map((type) => resourceOf(type, custom)),
        interaction: SYSTEM_INTERACTIONS.map((code) => ({ code })),
        searchParam: knownParameters('Basic')
          .filter(isCommon)
          .map((name) => searchParameter('Resource', name, {})),
        operation: operationsOfAll(),
        compartment: COMPARTMENTS.filter((type) => compartmentTypes(type) !== undefined).map(
          (type) => `http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`,
        ),
      },
    ],
  };
}

function resourceOf(type: string, custom: CustomTable) {
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'multiple',
    referencePolicy: ['literal', 'logical'],
    ...some('searchInclude', includesOf(type, custom)),
    ...some('searchRevInclude', revincludes().get(type) ?? []),
    searchParam: knownParameters(type, custom)
      .filter((name) => !isCommon(name) || EXPECTED.includes(name))
      .map((name) => searchParameter(type, name, custom)),
    ...some('operation', operationsOf(type)),
  };
}

/** FHIR has no empty lists. */
function some<T>(name: string, list: readonly T[]): { readonly [name: string]: readonly T[] } {
  return list.length === 0 ? {} : { [name]: list };
}

function operationsOf(type: string) {
  const own = OPERATIONS.filter((operation) => operation.type === type);
  const byName = new Map(own.map(({ name, definition }) => [name, { name, definition }]));
  return [...byName.values()];
}

/** Of the server, and what is so of every type: told once, as 146 times it would be a fifth of the statement. */
function operationsOfAll() {
  const own = OPERATIONS.filter(({ type }) => type === null || type === undefined);
  return [...Map.groupBy(own, ({ name }) => name)].map(([name, some]) => ({
    name,
    definition: some[0]?.definition ?? '',
    documentation: [...new Set(some.flatMap(addressesOf))].join(', '),
  }));
}

const PLACES = { system: '[base]', type: '[base]/[type]', instance: '[base]/[type]/[id]' } as const;

function addressesOf({ name, levels }: Operation): readonly string[] {
  return levels.map((level) => `${PLACES[level]}/$${name}`);
}

function searchParameter(type: string, name: string, custom: CustomTable) {
  const definition = custom[type]?.[name]?.url ?? definitionOf(type, name);
  const kind = COMMON_KINDS[name] ?? parameterOf(type, name, custom)?.kind ?? 'special';
  return { name, ...(definition === undefined ? {} : { definition }), type: kind };
}

let definitions: ReadonlyMap<string, string> | undefined;

/** R4 calls some definitions by the parameter's type, others by a group of types. */
function definitionOf(type: string, code: string): string | undefined {
  if (definitions === undefined) {
    const library = baseLibrary();
    const found = library.urls('SearchParameter').flatMap((url) => {
      const parameter = library.searchParameter(url);
      return (parameter?.base ?? []).map((base) => [`${base} ${parameter?.code}`, url] as const);
    });
    definitions = new Map(found);
  }
  const url = definitions.get(`${type} ${code}`) ?? definitions.get(`Resource ${code}`);
  return (
    url ??
    (code in COMMON_KINDS && code !== '_has' && code !== '_list' && code !== '_filter'
      ? `${SEARCH_PARAMETER}Resource-${code.slice(1)}`
      : undefined)
  );
}

function referencesOf(type: string) {
  return Object.values(parametersOf(type)).filter(({ kind }) => kind === 'reference');
}

function includesOf(type: string, custom: CustomTable): readonly string[] {
  const own = Object.values(custom[type] ?? {}).filter(
    ({ kind, progress }) => kind === 'reference' && progress.state === 'complete',
  );
  const names = [...referencesOf(type), ...own].map(({ code }) => `${type}:${code}`);
  return names.length === 0 ? [] : ['*', ...names];
}

let referring: ReadonlyMap<string, readonly string[]> | undefined;

/** Which parameters of which types refer to each type; those that may refer to anything are not listed. */
function revincludes(): ReadonlyMap<string, readonly string[]> {
  if (referring !== undefined) return referring;
  const found = new Map<string, string[]>();
  for (const source of RESOURCE_TYPES) {
    for (const { code, targets } of referencesOf(source)) {
      for (const target of targets ?? []) found.set(target, [...(found.get(target) ?? []), `${source}:${code}`]);
    }
  }
  referring = found;
  return found;
}
