// FHIR writes: create, update, transaction, batch. Each is a delivery like any other, answered when the pipeline has settled it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { ReceiptId, SourceKey } from '../base/ids.ts';
import { type Json, type JsonObject, objectIn, parseFaithful } from '../base/json.ts';
import { isReading } from '../mapping/fhir/reading-entry.ts';
import type { FhirInteraction } from '../mapping/types.ts';
import type { Plan } from '../pipeline/types.ts';
import { BASE_FHIR, type HttpContext, WRITE_WAIT_MS } from './context.ts';
import { requestEntry, withReads } from './fhir-entries.ts';
import { accepted, answer, preferenceOf, sendWritten, type Written } from './fhir-written.ts';
import { xmlOf } from './negotiate.ts';
import { onlyKnown, queryOf } from './query.ts';

type Params = { readonly type: string; readonly id: string };

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const ENTRIES_MAX = 5_000;
/** Enough for their writes to share commits. */
const ENTRIES_AT_ONCE = 256;

export async function create(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), WRITE_PARAMETERS);
  const query = headerOf(request, 'if-none-exist')?.replace(/^.*\?/s, '');
  if (query?.trim() === '')
    throw new Refused(
      'condition-empty',
      'If-None-Exist names nothing to search by. Leave it out, or say what must not be there.',
      'If-None-Exist',
    );
  const interaction = { kind: 'create', type, id: undefined, ...(query === undefined ? {} : { query }) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes, interaction }));
}

export async function update(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), WRITE_PARAMETERS);
  const interaction = { kind: 'update', type, id, ...versionAsked(request) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes, interaction }));
}

/** `PUT Type?search`: what matches is updated, or a new resource made. */
export async function updateWhere(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  refuseVersions(request);
  const interaction = { kind: 'update', type, id: undefined, query: conditionIn(request) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes: bodyOf(request), interaction }));
}

/** Its source takes the resource away. It stays in its history; doing it twice changes nothing. */
export async function remove(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  onlyKnown(queryOf(request), WRITE_PARAMETERS);
  const interaction = { kind: 'delete', type, id, ...versionAsked(request) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes: Buffer.alloc(0), interaction }));
}

export async function removeWhere(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  refuseVersions(request);
  const interaction = { kind: 'delete', type, id: undefined, query: conditionIn(request) } as const;
  return sendWritten(request, reply, await write(context, request, { bytes: Buffer.alloc(0), interaction }));
}

/** A write is answered whole: a part of what was written would say too little of what is held. */
export const WRITE_PARAMETERS = ['_format', '_pretty'];

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** If-Match, and If-None-Match `*`, as the version that must be current. */
export function versionAsked(request: FastifyRequest): { ifMatch?: number } {
  const match = headerOf(request, 'if-match');
  const none = headerOf(request, 'if-none-match');
  if (none !== undefined && none.trim() !== '*')
    throw new Refused('if-match-malformed', 'If-None-Match of a write is *: that there is none yet.', 'If-None-Match');
  if (match === undefined) return none === undefined ? {} : { ifMatch: 0 };
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(match.trim())?.[1];
  if (version === undefined || none !== undefined)
    throw new Refused(
      'if-match-malformed',
      'If-Match takes one version as the ETag of a read has it: W/"3".',
      'If-Match',
    );
  return { ifMatch: Number(version) };
}

/** What a search finds is not known before: a version can be asked for with an id. */
function refuseVersions(request: FastifyRequest): void {
  const [header] = ['If-Match', 'If-None-Match'].filter((name) => headerOf(request, name.toLowerCase()) !== undefined);
  if (header !== undefined)
    throw new Refused('if-match-malformed', `${header} goes with the id of a resource, Type/id.`, header);
}

/** The search of a conditional update, patch or delete, as it was written. */
export function conditionIn(request: FastifyRequest): string {
  const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
  if (query === '')
    throw new Refused(
      'condition-empty',
      'Name the resource in the address, Type/id, or say what to search by, Type?search.',
      (request.params as Params).type,
    );
  return query;
}

export async function bundle(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), WRITE_PARAMETERS);
  const parsed = parsedIn(bytes);
  const letters = parsed === undefined ? '' : entriesIn(parsed);
  if (parsed?.['type'] === 'batch') return reply.type(FHIR_JSON).send(await batch(request, bytes));
  const interaction = { kind: 'transaction', type: undefined, id: undefined, entries: letters } as const;
  const written = await write(context, request, { bytes, interaction });
  return sendWritten(request, reply, await withReads(request, written, { bytes, letters }));
}

/** Letters of FhirInteraction.entries. */
const LETTERS: { readonly [method: string]: string } = {
  POST: 'C',
  PUT: 'U',
  PATCH: 'P',
  DELETE: 'D',
};

// What is malformed goes on as a transaction, is stored as a receipt, and is refused by mapping with line and column.
function parsedIn(bytes: Uint8Array): JsonObject | undefined {
  try {
    return objectIn(JSON.parse(Buffer.from(bytes).toString('utf8')) as Json);
  } catch {
    // Not JSON: mapping says where, on the stored receipt.
    return undefined;
  }
}

/** The letters of the entries. Throws `Refused` for what is no batch or transaction. */
function entriesIn({ resourceType, type, entry = [] }: JsonObject): string {
  const takes = `POST ${BASE_FHIR} takes a Bundle that is a transaction or a batch`;
  if (resourceType !== 'Bundle')
    throw new Refused(
      'bundle-type',
      `${takes}. Other resources are created at the address of their type.`,
      'resourceType',
    );
  if (type !== 'batch' && type !== 'transaction')
    throw new Refused(
      'bundle-type',
      `${takes}. Say so in its type; what only is to be kept goes to ${BASE_FHIR}/Bundle.`,
      'Bundle.type',
    );
  if (!Array.isArray(entry))
    throw new Refused(
      'bundle-entries',
      'The entries of a Bundle are a list. Put them in square brackets.',
      'Bundle.entry',
    );
  const requests = (entry as readonly Json[]).map((one) => objectIn(objectIn(one)?.['request']));
  const letter = ({ method, url }: JsonObject) => (isReading(method, url) ? 'R' : (LETTERS[String(method)] ?? '?'));
  return requests.map((request) => letter(request ?? {})).join('');
}

export function bodyOf(request: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new Refused('body-empty', 'The body is empty. Send the resource as application/fhir+json.');
  return request.body;
}

type Given = { readonly bytes: Buffer; readonly interaction: FhirInteraction };

export async function write(context: HttpContext, request: FastifyRequest, given: Given): Promise<Written> {
  const { receipt, plan } = await deliver(context, request, given);
  if (plan === undefined) return accepted(receipt);
  return answer(context, plan, { interaction: given.interaction, prefer: preferenceOf(request) });
}

/** Hands it in, and waits for what becomes of it; without a plan it is stored, and the pipeline has not come to it in time. */
export async function deliver(
  context: HttpContext,
  request: FastifyRequest,
  { bytes, interaction }: Given,
): Promise<{ readonly receipt: ReceiptId; readonly plan: Plan | undefined }> {
  const source = await sourceOf(context, request);
  const xml = xmlOf(bytes);
  const admission = await context.intake.submit({
    door: 'fhir',
    source,
    format: xml === undefined ? 'fhir-json' : 'fhir-xml',
    bytes: xml ?? bytes,
    receivedAt: context.clock.now(),
    deliveryKey: undefined,
    orderingKeys: interaction.id === undefined ? [] : [`${interaction.type}/${interaction.id}`],
    interaction,
    defect: undefined,
    note: undefined,
  });
  return { receipt: admission.receipt, plan: await context.pipeline.planOf(admission.receipt, WRITE_WAIT_MS) };
}

/** Until access control exists, the caller says who it is; an undeclared name is registered at the lowest trust. */
export async function sourceOf(context: HttpContext, request: FastifyRequest): Promise<SourceKey> {
  const header = request.headers['vouch-source'];
  if (typeof header !== 'string') return context.sources.ensure('local', { name: 'Local API client', kind: 'app' });
  try {
    return await context.sources.ensure(header, { name: header, kind: 'app' });
  } catch (error) {
    if (error instanceof Refused) throw new Refused(error.code, error.message, 'Vouch-Source');
    throw error;
  }
}

/** Entries of a batch stand alone: each is a request of its own, so that one that fails is seen, and fails alone. */
async function batch(request: FastifyRequest, bytes: Buffer): Promise<string> {
  const entries = batchEntries(bytes);
  if (entries.length > ENTRIES_MAX)
    throw new Refused(
      'too-many-entries',
      `A batch takes at most ${ENTRIES_MAX} entries; this has ${entries.length}. Split it.`,
      'Bundle.entry',
    );
  const answers: string[] = [];
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    const some = entries
      .slice(at, at + ENTRIES_AT_ONCE)
      .map((entry, place) => requestEntry(request, entry, at + place));
    answers.push(...(await Promise.all(some)));
  }
  return `{"resourceType":"Bundle","type":"batch-response","entry":[${answers.join(',')}]}`;
}

/** What was found to be a batch before, with the digits of its numbers. What is no object is an entry without a request. */
function batchEntries(bytes: Buffer): readonly JsonObject[] {
  const entry = objectIn(parseFaithful(bytes.toString('utf8')))?.['entry'];
  return Array.isArray(entry) ? (entry as readonly Json[]).map((one) => objectIn(one) ?? {}) : [];
}
