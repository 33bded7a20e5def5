// PATCH: the current version is read, patched, and written as an update of just that version.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { applyFhirPathPatch, applyJsonPatch } from '../fhir-patch/index.ts';
import * as record from '../record/reader.ts';
import type { HttpContext } from './context.ts';
import { bodyOf, conditionIn, versionAsked, write } from './fhir-write.ts';
import { sendWritten } from './fhir-written.ts';
import { findIds } from './find-ids.ts';
import { onlyKnown, queryOf } from './query.ts';
import { searchWorld } from './search-world.ts';

/** Another write may come between reading and writing: then the patch is applied to what is there now. */
const ATTEMPTS_MAX = 8;
const CONFLICT = 412;
const TYPES = 'application/json-patch+json or application/fhir+json with Parameters';

export async function patch(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id } = request.params as { type: string; id: string };
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  return patchOne(context, { type, id }, { request, reply });
}

export async function patchWhere(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as { type: string };
  const ids = await findIds(context.db, `${type}?${conditionIn(request)}`, searchWorld(context.clock));
  const [id] = ids;
  if (id === undefined) throw new Refused('not-found', 'Nothing matches the condition of the patch.');
  if (ids.length > 1)
    throw new Refused(
      'multiple-matches',
      'More than one resource matches the condition, so it is not known which is meant.',
    );
  return patchOne(context, { type, id }, { request, reply });
}

async function patchOne(
  context: HttpContext,
  { type, id }: { type: string; id: string },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const apply = patcherOf(request, type);
  const { ifMatch } = versionAsked(request);
  for (let attempt = 1; ; attempt += 1) {
    const current = await record.readVersionAt(context.db, { type, id });
    if (current === undefined || current.deleted)
      throw new Refused('not-found', `There is no ${type}/${id} to patch. A PUT would create it.`);
    if (ifMatch !== undefined && ifMatch !== current.version)
      throw new Refused('version-conflict', `The current version is ${current.version}, not the one asked for.`);
    const bytes = Buffer.from(apply(current.text));
    const interaction = { kind: 'update', type, id, ifMatch: current.version } as const;
    const written = await write(context, request, { bytes, interaction });
    if (written.status !== CONFLICT || ifMatch !== undefined || attempt === ATTEMPTS_MAX)
      return sendWritten(request, reply, written);
  }
}

function patcherOf(request: FastifyRequest, type: string): (text: string) => string {
  const body = bodyOf(request).toString('utf8');
  const sent = (request.headers['content-type'] ?? '').split(';')[0]?.trim();
  switch (sent) {
    case 'application/json-patch+json':
      return (text) => applyJsonPatch(text, body);
    case 'application/fhir+json':
    case 'application/json':
      return (text) => JSON.stringify(applyFhirPathPatch(parseFaithful(text) as JsonObject, parsed(body), { type }));
    default:
      throw new Refused('content-type', `A patch comes as ${TYPES}.`, 'Content-Type');
  }
}

function parsed(body: string): JsonObject {
  try {
    return parseFaithful(body) as JsonObject;
  } catch {
    throw new Refused('json-malformed', 'The patch is not JSON.');
  }
}
