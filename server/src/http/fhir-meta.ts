// $meta, $meta-add, $meta-delete: profiles, tags and security labels of a resource. The changes are updates by the caller's source,
// through the same door as any other. https://hl7.org/fhir/R4/resource-operation-meta.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type Json, type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import type { StoredVersion } from '../record/types.ts';
import type { HttpContext } from './context.ts';
import { heldVersion } from './current.ts';
import { FHIR_JSON } from './fhir-bundle.ts';
import { ownQuery, parametersText, sentResource } from './fhir-parameters.ts';
import { versionHeaders } from './fhir-read.ts';
import { write } from './fhir-write.ts';
import { onlyKnown } from './query.ts';

/** Another write may come between reading and writing: then the change is made to what is there now. */
const ATTEMPTS_MAX = 8;
const CONFLICT = 412;
const OK = 200;

type Change = (before: JsonObject, given: JsonObject) => JsonObject;

export async function meta(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  onlyKnown(ownQuery(request), []);
  return sendMeta(reply, await currentOf(context, request));
}

export function metaAdd(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return changed(context, { request, reply, change: withMeta });
}

export function metaDelete(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return changed(context, { request, reply, change: withoutMeta });
}

async function changed(
  context: HttpContext,
  { request, reply, change }: { request: FastifyRequest; reply: FastifyReply; change: Change },
): Promise<FastifyReply> {
  onlyKnown(ownQuery(request), []);
  const given = metaIn(request);
  for (let attempt = 1; ; attempt += 1) {
    const current = await currentOf(context, request);
    const { type, id, version } = current;
    const resource = objectIn(parseFaithful(current.text)) ?? {};
    const made = { ...resource, meta: change(objectIn(resource['meta']) ?? {}, given) };
    const interaction = { kind: 'update', type, id, ifMatch: version } as const;
    const written = await write(context, request, { bytes: Buffer.from(JSON.stringify(made)), interaction });
    if (written.status === OK) return sendMeta(reply, await currentOf(context, request));
    if (written.status !== CONFLICT || attempt === ATTEMPTS_MAX)
      return reply.code(written.status).headers(written.headers).type(FHIR_JSON).send(written.text);
  }
}

function currentOf(context: HttpContext, request: FastifyRequest): Promise<StoredVersion> {
  const { type, id } = request.params as { type: string; id: string };
  return heldVersion(context, { type, id });
}

function sendMeta(reply: FastifyReply, version: StoredVersion): FastifyReply {
  const valueMeta = objectIn(objectIn(parseFaithful(version.text))?.['meta']) ?? {};
  return reply.headers(versionHeaders(version)).type(FHIR_JSON).send(parametersText('return', { valueMeta }));
}

function metaIn(request: FastifyRequest): JsonObject {
  const parameters = objectsIn(sentResource(request)?.['parameter']).filter(({ name }) => name === 'meta');
  const [only] = parameters;
  const given = objectIn(only?.['valueMeta']);
  if (given === undefined || parameters.length > 1)
    throw new Refused(
      'operation-parameters',
      'Send Parameters with one parameter "meta" that has a valueMeta.',
      'meta',
    );
  return given;
}

const withMeta: Change = (before, given) => ({
  ...before,
  ...merged(before, given, (had, more) => [...had, ...more.filter((one) => !had.some((known) => isSame(known, one)))]),
});
const withoutMeta: Change = (before, given) => ({
  ...before,
  ...merged(before, given, (had, less) => had.filter((known) => !less.some((one) => isSame(known, one)))),
});

function merged(
  before: JsonObject,
  given: JsonObject,
  merge: (had: readonly Json[], given: readonly Json[]) => readonly Json[],
): JsonObject {
  const members = ['profile', 'security', 'tag'].map((name): [string, Json | undefined] => {
    const result = merge(listIn(before[name]), listIn(given[name]));
    return [name, result.length === 0 ? undefined : result];
  });
  return Object.fromEntries(members);
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Profiles by their address; tags and labels by system and code, whatever they are called. */
function isSame(a: Json, b: Json): boolean {
  const [one, other] = [objectIn(a), objectIn(b)];
  if (one === undefined || other === undefined) return a === b;
  return one['system'] === other['system'] && one['code'] === other['code'];
}
