// Entries of a Bundle as requests of their own: all of a batch, and what a transaction reads once it is done.
import type { FastifyRequest, InjectOptions } from 'fastify';
import { type Json, type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import { BASE_FHIR } from './context.ts';
import type { Written } from './fhir-written.ts';
import { outcome } from './problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** An entry asks the FHIR API: neither a Bundle in a Bundle, nor an address that leads out of it. */
function isBelow(url: string): boolean {
  const path = url.split('?')[0] ?? '';
  return path !== '' && !/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|[\\:]|%5c/i.test(path);
}

/** Members of entry.request and the headers that say the same. */
const CONDITIONS = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifModifiedSince: 'if-modified-since',
  ifNoneExist: 'if-none-exist',
} as const;

type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers: { readonly [name: string]: unknown };
};

/** Sends one entry through the routes, in the name of who sent the Bundle, and answers with its response entry. */
export async function requestEntry(request: FastifyRequest, entry: JsonObject, index: number): Promise<string> {
  const asked = objectIn(entry['request']);
  const method = METHODS.find((one) => one === asked?.['method']);
  const url = typeof asked?.['url'] === 'string' ? asked['url'].replace(/^\/+/, '') : undefined;
  if (asked === undefined || method === undefined || url === undefined || !isBelow(url))
    return responseEntry({ status: 400, text: refusal(index), headers: {} });
  // Addresses in the answer are those that the caller sees.
  const headers: Record<string, string> = { host: request.host };
  const source = request.headers['vouch-source'];
  if (typeof source === 'string') headers['vouch-source'] = source;
  const { prefer } = request.headers;
  if (typeof prefer === 'string') headers['prefer'] = prefer;
  for (const [member, header] of Object.entries(CONDITIONS)) {
    const value = asked[member];
    if (typeof value === 'string') headers[header] = value;
  }
  const resource = entry['resource'];
  const options: InjectOptions = { method, url: `${BASE_FHIR}/${url}`, headers };
  if (resource !== undefined && method !== 'GET' && method !== 'HEAD' && method !== 'DELETE') {
    options.payload = method === 'PATCH' ? patchText(resource, headers) : JSON.stringify(resource);
    headers['content-type'] ??= 'application/fhir+json';
  }
  const answer = await request.server.inject(options);
  return responseEntry({ status: answer.statusCode, text: answer.payload, headers: answer.headers });
}

/** A JSON Patch comes as a Binary in a Bundle, a FHIRPath Patch as Parameters. */
function patchText(resource: Json, headers: Record<string, string>): string {
  const binary = resource as JsonObject;
  if (binary['resourceType'] !== 'Binary') return JSON.stringify(resource);
  headers['content-type'] = 'application/json-patch+json';
  return Buffer.from(String(binary['data'] ?? ''), 'base64').toString('utf8');
}

function refusal(index: number): string {
  const message = 'An entry says in request what is to be done: a method, and a url such as Patient or Patient/123.';
  return outcome(400, [{ code: 'batch-entry', message, position: `Bundle.entry[${index}].request` }]);
}

function responseEntry({ status, text, headers }: Answer): string {
  const response: Record<string, unknown> = { status: String(status) };
  if (typeof headers['location'] === 'string') response['location'] = headers['location'];
  if (typeof headers['etag'] === 'string') response['etag'] = headers['etag'];
  const modified = headers['last-modified'];
  if (typeof modified === 'string') response['lastModified'] = new Date(modified).toISOString();
  const told = JSON.stringify(response).slice(0, -1);
  if (text === '') return `{"response":${told}}}`;
  const isOutcome = status >= 400 || text.startsWith('{"resourceType":"OperationOutcome"');
  return !isOutcome ? `{"resource":${text},"response":${told}}}` : `{"response":${told},"outcome":${text}}}`;
}

/** The response of a transaction with what its reading entries read, each in its place; `letters` as in FhirInteraction.entries. */
export async function withReads(
  request: FastifyRequest,
  written: Written,
  { bytes, letters }: { readonly bytes: Buffer; readonly letters: string },
): Promise<Written> {
  if (written.status !== 200 || !letters.includes('R')) return written;
  const entries = entriesOf(parseFaithful(bytes.toString('utf8')));
  const others = entriesOf(parseFaithful(written.text)).map((entry) => JSON.stringify(entry));
  const answers: string[] = [];
  for (const [index, entry] of entries.entries())
    answers.push(letters[index] === 'R' ? await requestEntry(request, entry, index) : (others.shift() ?? '{}'));
  const text = `{"resourceType":"Bundle","type":"transaction-response","entry":[${answers.join(',')}]}`;
  return { ...written, text };
}

function entriesOf(bundle: Json): readonly JsonObject[] {
  return objectsIn(objectIn(bundle)?.['entry']);
}
