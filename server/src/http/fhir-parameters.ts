// What an operation is given: on the address of a GET, or in a Parameters resource.
import type { FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isRawJson, type Json, type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import { FORM_PARAMETERS } from './fhir-form.ts';
import { type Query, queryOf } from './query.ts';

/** Parameters of the operation itself, by name and simple value; those named in `others` are read elsewhere. */
export function operationQuery(request: FastifyRequest, others: readonly string[] = []): Query {
  const asked = ownQuery(request);
  const sent = sentResource(request);
  if (sent === undefined) return asked;
  if (sent['resourceType'] !== 'Parameters')
    throw new Refused('operation-parameters', 'An operation takes a Parameters resource as its body.', 'Parameters');
  return [
    ...asked,
    ...objectsIn(sent['parameter'])
      .filter(({ name }) => !others.includes(String(name)))
      .map(simple),
  ];
}

/** The query without what only says how to answer. */
export function ownQuery(request: FastifyRequest): Query {
  return queryOf(request).filter(([name]) => !(FORM_PARAMETERS as readonly string[]).includes(name));
}

/** The body as a resource; undefined: there is none. */
export function sentResource(request: FastifyRequest): JsonObject | undefined {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
  let parsed: Json;
  try {
    parsed = parseFaithful(request.body.toString('utf8'));
  } catch {
    throw new Refused('json-malformed', 'The body is not JSON. Send a resource as application/fhir+json.');
  }
  const resource = objectIn(parsed);
  if (resource === undefined) throw new Refused('json-malformed', 'The body is no resource, which is a JSON object.');
  return resource;
}

function simple(parameter: JsonObject): readonly [string, string] {
  const name = String(parameter['name']);
  const [, value] = Object.entries(parameter).find(([member]) => member.startsWith('value')) ?? [];
  if (value === undefined || value === null || (typeof value === 'object' && !isRawJson(value)))
    throw new Refused('operation-parameters', `The parameter "${name.slice(0, 64)}" takes a simple value.`, name);
  return [name, isRawJson(value) ? value.rawJSON : String(value)];
}

/** A Parameters resource with one result. */
export function parametersText(name: string, value: JsonObject): string {
  return JSON.stringify({ resourceType: 'Parameters', parameter: [{ name, ...value }] });
}
