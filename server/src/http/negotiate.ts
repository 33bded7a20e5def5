// What form a request of the FHIR API is in and wants its answer in: XML becomes JSON on its way in and JSON becomes XML on its way
// out, here and nowhere else. Whoever asks for, or sends, what is not spoken here is told so.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { parseFaithful } from '../base/json.ts';
import { jsonFromXml, toXml } from '../fhir-xml/index.ts';
import { BASE_FHIR } from './context.ts';
import { type Form, formOf, isServedVersion, JSON_TYPES, typeOf, XML_TYPES } from './fhir-form.ts';
import { partOf, unknownElements } from './fhir-summary.ts';

const JSON_PATCH = 'application/json-patch+json';
const FORM = 'application/x-www-form-urlencoded';
const NDJSON = ['application/fhir+ndjson', 'application/ndjson', 'application/x-ndjson'];
const FHIR_JSON = 'application/fhir+json';
export const FHIR_XML = 'application/fhir+xml; charset=utf-8';
const INDENT = 2;
const OK = 200;

/** Refuses a form that is not spoken, and reads a body of XML as the JSON that says the same. */
export function acceptable(request: FastifyRequest): void {
  // Files of an export are NDJSON, and their manifest plain JSON.
  if (!request.url.startsWith(BASE_FHIR) || request.url.startsWith(`${BASE_FHIR}/_export/`)) return;
  const { elements } = formOf(request);
  const { type } = request.params as { type?: string };
  if (elements !== undefined && type !== undefined) refuseUnknown(type, elements);
  const sent = request.headers['content-type'];
  if (!Buffer.isBuffer(request.body) || request.body.length === 0 || sent === undefined) return;
  if (!isSpoken(request, sent))
    throw new Refused(
      'content-type',
      `Content-Type "${sent.slice(0, 60)}" is not taken here. Send ${spokenAt(request)} of FHIR 4.0.`,
      'Content-Type',
    );
  const charset = CHARSET.exec(sent)?.[1];
  if (charset !== undefined && !UTF_8.test(charset))
    throw new Refused('content-type', 'FHIR is written in UTF-8. Send the body in that, and say so.', 'Content-Type');
  if (!XML_TYPES.includes(typeOf(sent))) return;
  const json = Buffer.from(jsonFromXml(request.body.toString('utf8')));
  sentAsXml.set(json, request.body);
  request.body = json;
  request.headers['content-type'] = FHIR_JSON;
}

const sentAsXml = new WeakMap<Buffer, Buffer>();

/** The XML that a body was, where it was: a receipt has what came. */
export function xmlOf(body: Buffer): Buffer | undefined {
  return sentAsXml.get(body);
}

function refuseUnknown(type: string, elements: readonly string[]): void {
  const [unknown] = unknownElements(type, elements);
  if (unknown !== undefined)
    throw new Refused('form-value', `"${unknown.slice(0, 64)}" is not an element of ${type}.`, '_elements');
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;
/** ASCII is UTF-8, too. */
const UTF_8 = /^(?:utf-?8|us-ascii)$/i;

function spokenAt(request: FastifyRequest): string {
  const [path = ''] = request.url.split('?');
  const resource = 'application/fhir+json or application/fhir+xml';
  if (path.endsWith('/_search')) return `${FORM}, the form of a search`;
  if (request.method === 'PATCH') return `${JSON_PATCH}, or a FHIRPath Patch as ${resource},`;
  return path.endsWith('/$import') ? `${NDJSON[0]}` : resource;
}

function isSpoken(request: FastifyRequest, sent: string): boolean {
  const type = typeOf(sent);
  if (!isServedVersion(sent)) return false;
  if (JSON_TYPES.includes(type) || XML_TYPES.includes(type)) return true;
  if (type === JSON_PATCH) return request.method === 'PATCH';
  const [path = ''] = request.url.split('?');
  if (type === FORM) return path.endsWith('/_search');
  return NDJSON.includes(type) && path.endsWith('/$import');
}

/** Puts FHIR JSON that is about to be sent into the form that was asked for. Text that is to go out as it is, is not looked at. */
export async function inForm(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload === '') return payload;
  const form = formAsked(request);
  if (form === undefined || !String(reply.getHeader('content-type')).startsWith(FHIR_JSON)) return payload;
  return formed(reply, payload, form);
}

function formed(reply: FastifyReply, payload: string, form: Form): string {
  const text = textIn(payload, reply.statusCode === OK ? form : { ...form, summary: undefined, elements: undefined });
  if (text !== payload) reply.removeHeader('content-length');
  if (form.xml) reply.type(FHIR_XML);
  return text;
}

/** FHIR JSON in a form: in part, as XML, or with its lines apart. */
export function textIn(json: string, form: Form): string {
  const isPart = form.summary !== undefined || form.elements !== undefined;
  const text = isPart ? partOf(json, form) : json;
  if (form.xml) return toXml(text, { pretty: form.pretty });
  return form.pretty ? JSON.stringify(parseFaithful(text), undefined, INDENT) : text;
}

function formAsked(request: FastifyRequest): Form | undefined {
  if (!request.url.startsWith(BASE_FHIR)) return undefined;
  try {
    return formOf(request);
  } catch (error) {
    // A form that cannot be had is what is being answered. Anything else is a fault of ours.
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
