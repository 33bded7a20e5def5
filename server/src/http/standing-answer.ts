// An answer that is made once and sent often: in each form that is asked for, compressed, and not again to whoever has it.
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FHIR_JSON } from './fhir-bundle.ts';
import { formOf } from './fhir-form.ts';
import { FHIR_XML, textIn } from './negotiate.ts';

export type Standing = {
  /** What the text is made of: another name, another text. */
  readonly name: string;
  /** A FHIR resource; the date that it bears is when it was made. */
  readonly make: () => { readonly date: string; readonly [member: string]: unknown };
};
type Made = { readonly plain: Buffer; readonly zipped: Buffer; readonly etag: string };

const made = new Map<string, Made>();
/** Names and forms that are remembered; whoever asks for one part after another makes it anew. */
const MADE_MAX = 24;
const NOT_MODIFIED = 304;
const ETAG_CHARS = 22;
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/;

/** Sends it in the form that was asked for. */
export function sendStanding(request: FastifyRequest, reply: FastifyReply, standing: Standing): FastifyReply {
  const form = formOf(request);
  const name = `${standing.name} ${JSON.stringify(form)}`;
  const { plain, zipped, etag } = made.get(name) ?? remembered(name, inForm(standing, form));
  reply.headers({ etag, vary: 'accept, accept-encoding', 'cache-control': 'no-cache' });
  if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(NOT_MODIFIED).send();
  reply.type(form.xml ? FHIR_XML : FHIR_JSON);
  if (!TAKES_GZIP.test(String(request.headers['accept-encoding'] ?? ''))) {
    // As it is: otherwise whoever takes nothing compressed would wait for it to be looked at again.
    return reply.send(plain);
  }
  return reply.header('content-encoding', 'gzip').send(zipped);
}

function inForm({ make }: Standing, form: ReturnType<typeof formOf>): Made {
  const statement = make();
  const text = textIn(JSON.stringify(statement), form);
  // Weak, and without its date: the same is said by every process, whenever it began.
  const said = textIn(JSON.stringify({ ...statement, date: undefined }), form);
  const etag = `W/"${hash('sha256', said, 'base64url').slice(0, ETAG_CHARS)}"`;
  return { plain: Buffer.from(text), zipped: gzipSync(text), etag };
}

function remembered(name: string, one: Made): Made {
  if (made.size >= MADE_MAX) made.clear();
  made.set(name, one);
  return one;
}
