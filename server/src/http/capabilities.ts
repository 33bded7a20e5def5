// The CapabilityStatement: generated from what is there, so that it cannot promise more.
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
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
import { baseOf, FHIR_JSON } from './fhir-bundle.ts';
import { formOf } from './fhir-form.ts';
import { OPERATIONS, type Operation } from './fhir-operations.ts';
import { ownQuery } from './fhir-parameters.ts';
import { one, onlyKnown } from './query.ts';
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

type Made = { readonly text: string; readonly zipped: Buffer; readonly etag: string };
/** By the address it is asked at and what is defined; generating and compressing one takes longer than anything else here. */
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
  const mode = one(query, 'mode');
  if (mode === 'terminology') return terminologyCapabilities(context, request, reply);
  if (!['full', 'normative', undefined].includes(mode))
    throw new Refused('search-value', 'The modes full, normative and terminology are served.', 'mode');
  const base = baseOf(request);
  const custom = await readCustom(context.db);
  const complete = Object.values(custom).flatMap((table) =>
    Object.values(table).flatMap(({ id, progress }) => (progress.state === 'complete' ? [id] : [])),
  );
  const name = `${base} ${complete.join()}`;
  const { text, zipped, etag } = made.get(name) ?? remembered(name, make(base, { date: context.clock.now(), custom }));
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

type Stated = { readonly date: string; readonly custom: CustomTable };

function make(base: string, stated: Stated): Made {
  const text = JSON.stringify(statement(base, stated));
  const etag = `W/"${hash('sha256', text, 'base64url').slice(0, ETAG_CHARS)}"`;
  return { text, zipped: gzipSync(text), etag };
}

function remembered(name: string, one: Made): Made {
  // What was defined before is not asked for again.
  if (made.size >= ADDRESSES_MAX) made.clear();
  made.set(name, one);
  return one;
}

function statement(base: string, { date, custom }: Stated) {
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
        resource: RESOURCE_TYPES.map((type) => resourceOf(type, custom)),
        interaction: SYSTEM_INTERACTIONS.map((code) => ({ code })),
        searchParam: knownParameters('Basic')
          .filter(isCommon)
          .map((name) => searchParameter('Resource', name, {})),
        ...some('operation', operationsOf(null)),
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
