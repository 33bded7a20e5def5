// PATCH: a delivery like any other write. The pipeline applies it to what is current, and so in order with all other writes.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { PatchLanguage } from '../mapping/types.ts';
import type { HttpContext } from './context.ts';
import { JSON_TYPES, typeOf } from './fhir-form.ts';
import { bodyOf, conditionIn, versionAsked, WRITE_PARAMETERS, write } from './fhir-write.ts';
import { sendWritten } from './fhir-written.ts';
import { onlyKnown, queryOf } from './query.ts';

const TYPES = 'application/json-patch+json, or application/fhir+json with the Parameters of a FHIRPath Patch';

export async function patch(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id } = request.params as { type: string; id: string };
  onlyKnown(queryOf(request), WRITE_PARAMETERS);
  return sendPatched(context, { request, reply }, { type, id });
}

/** `PATCH Type?search`: what matches is patched. */
export async function patchWhere(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as { type: string };
  return sendPatched(context, { request, reply }, { type, id: undefined, query: conditionIn(request) });
}

async function sendPatched(
  context: HttpContext,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  target: { type: string; id: string | undefined; query?: string },
): Promise<FastifyReply> {
  const bytes = bodyOf(request);
  const interaction = { kind: 'patch', ...target, ...versionAsked(request), patch: languageOf(request) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes, interaction }));
}

function languageOf(request: FastifyRequest): PatchLanguage {
  const sent = typeOf(request.headers['content-type'] ?? '');
  if (sent === 'application/json-patch+json') return 'json-patch';
  if (JSON_TYPES.includes(sent)) return 'fhirpath-patch';
  throw new Refused('content-type', `A patch comes as ${TYPES}.`, 'Content-Type');
}
