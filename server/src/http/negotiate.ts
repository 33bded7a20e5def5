// FHIR is spoken in JSON alone here: whoever asks for, or sends, anything else is told so instead of getting JSON unasked.
import type { FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { BASE_FHIR } from './context.ts';
import { queryOf } from './query.ts';

const JSON_TYPES = ['application/fhir+json', 'application/json', 'application/json+fhir', 'text/json'];
const JSON_PATCH = 'application/json-patch+json';
const FORMATS = ['json', ...JSON_TYPES];
const ANY_TYPES = ['*/*', 'application/*'];

/** Refuses `_format`, `Accept` and, for writes, `Content-Type` that mean another form than JSON. Only the FHIR API negotiates. */
export function acceptable(request: FastifyRequest): void {
  if (!request.url.startsWith(`${BASE_FHIR}`)) return;
  const format = queryOf(request).find(([name]) => name === '_format')?.[1];
  if (format !== undefined) {
    // A plus in a query is a space by the rules of forms; who writes `application/fhir+json` means the plus.
    if (!FORMATS.includes(typeOf(format).replace(' ', '+'))) throw notAcceptable('_format');
  } else if (!acceptsJson(request.headers.accept)) throw notAcceptable('Accept');
  const sent = request.headers['content-type'];
  if (
    Buffer.isBuffer(request.body) &&
    request.body.length > 0 &&
    sent !== undefined &&
    !JSON_TYPES.includes(typeOf(sent)) &&
    !(request.method === 'PATCH' && typeOf(sent) === JSON_PATCH)
  )
    throw new Refused(
      'content-type',
      `Content-Type "${typeOf(sent).slice(0, 60)}" is not taken here. Send application/fhir+json.`,
      'Content-Type',
    );
}

// A browser lists what it likes best first and takes anything in the end.
function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((one) => [...JSON_TYPES, ...ANY_TYPES].includes(typeOf(one)));
}

function typeOf(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

function notAcceptable(where: string): Refused {
  return new Refused('not-acceptable', 'Only JSON is served. Ask for application/fhir+json.', where);
}
