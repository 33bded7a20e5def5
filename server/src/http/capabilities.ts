// The CapabilityStatement: generated from what is there, so that it cannot promise more.
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import manifest from '../../package.json' with { type: 'json' };
import { Refused } from '../base/errors.ts';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { baseLibrary } from '../fhir/library.ts';
import { compartmentTypes, knownParameters, parameterOf, parametersOf } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf, FHIR_JSON } from './fhir-bundle.ts';
import { formOf } from './fhir-form.ts';
import { OPERATIONS, type Operation } from './fhir-operations.ts';
import { ownQuery } from './fhir-parameters.ts';
import { one, onlyKnown } from './query.ts';

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

type Made = { readonly text: string; readonly zipped: Buffer; readonly etag: string };
/** By the address it is asked at; generating and compressing one takes longer than anything else here. */
const made = new Map<string, Made>();
const ADDRESSES_MAX = 8;
const NOT_MODIFIED = 304;
const ETAG_CHARS = 22;

export async function capabilities(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = ownQuery(request);
  onlyKnown(query, ['mode']);
  if (!['full', 'normative', undefined].includes(one(query, 'mode')))
    throw new Refused('search-value', 'The mode "full" is served.', 'mode');
  const base = baseOf(request);
  const { text, zipped, etag } = made.get(base) ?? remembered(base, make(base, context.clock.now()));
  // Weak: the same for JSON and XML, compressed or not.
  reply.headers({ etag, vary: 'accept, accept-encoding', 'cache-control': 'no-cache' });
  if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(NOT_MODIFIED).send();
  const { xml, pretty, summary, elements } = formOf(request);
  const isWhole = !xml && !pretty && summary === undefined && elements === undefined;
  const isZipped =
    isWhole && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
  if (isZipped) return reply.header('content-encoding', 'gzip').type(FHIR_JSON).send(zipped);
  return reply.type(FHIR_JSON).send(text);
}

function make(base: string, date: string): Made {
  const text = JSON.stringify(statement(base, date));
  const etag = `W/"${hash('sha256', text, 'base64url').slice(0, ETAG_CHARS)}"`;
  return { text, zipped: gzipSync(text), etag };
}

function remembered(base: string, one: Made): Made {
  if (made.size < ADDRESSES_MAX) made.set(base, one);
  return one;
}

function statement(base: string, date: string) {
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
        resource: RESOURCE_TYPES.map(resourceOf),
        interaction: SYSTEM_INTERACTIONS.map((code) => ({ code })),
        searchParam: knownParameters('Basic')
          .filter(isCommon)
          .map((name) => searchParameter('Resource', name)),
        ...some('operation', operationsOf(null)),
        compartment: COMPARTMENTS.filter((type) => compartmentTypes(type) !== undefined).map(
          (type) => `http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`,
        ),
      },
    ],
  };
}

function resourceOf(type: string) {
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
    ...some('searchInclude', includesOf(type)),
    ...some('searchRevInclude', revincludes().get(type) ?? []),
    searchParam: knownParameters(type)
      .filter((name) => !isCommon(name) || EXPECTED.includes(name))
      .map((name) => searchParameter(type, name)),
    operation: [...operationsOf(undefined), ...operationsOf(type)],
  };
}

/** FHIR has no empty lists. */
function some<T>(name: string, list: readonly T[]): { readonly [name: string]: readonly T[] } {
  return list.length === 0 ? {} : { [name]: list };
}

function operationsOf(type: Operation['type']) {
  const own = OPERATIONS.filter((operation) => operation.type === type);
  const byName = new Map(own.map(({ name, definition }) => [name, { name, definition }]));
  return [...byName.values()];
}

function searchParameter(type: string, name: string) {
  const definition = definitionOf(type, name);
  const kind = COMMON_KINDS[name] ?? parameterOf(type, name)?.kind ?? 'special';
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

function includesOf(type: string): readonly string[] {
  const names = referencesOf(type).map(({ code }) => `${type}:${code}`);
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
