// FHIR writes: create, update, transaction, batch. Each is a delivery like any other, answered when the pipeline has settled it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import type { FhirInteraction } from '../mapping/types.ts';
import { BASE_FHIR, type HttpContext, WRITE_WAIT_MS } from './context.ts';
import { accepted, answer, sendWritten, type Written } from './fhir-written.ts';
import { outcome } from './problem.ts';
import { onlyKnown, queryOf } from './query.ts';

type Params = { readonly type: string; readonly id: string };

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const ENTRIES_MAX = 5_000;

export async function create(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  return sendWritten(
    request,
    reply,
    await write(context, request, { bytes, interaction: { kind: 'create', type, id: undefined } }),
  );
}

export async function update(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  return sendWritten(
    request,
    reply,
    await write(context, request, { bytes, interaction: { kind: 'update', type, id } }),
  );
}

export async function bundle(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  const type = bundleType(bytes);
  if (type === 'batch') return reply.type(FHIR_JSON).send(await batch(context, request, bytes));
  if (type !== undefined && type !== 'transaction') {
    throw new Refused(
      'bundle-type',
      `POST ${BASE_FHIR} takes a transaction or a batch; this Bundle is a ${type}.`,
      'Bundle.type',
    );
  }
  return sendWritten(
    request,
    reply,
    await write(context, request, { bytes, interaction: { kind: 'transaction', type: undefined, id: undefined } }),
  );
}

// What is malformed goes on as a transaction, is stored as a receipt, and is refused by mapping with line and column.
function bundleType(bytes: Uint8Array): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const type = typeof parsed === 'object' && parsed !== null && 'type' in parsed ? parsed.type : undefined;
    return typeof type === 'string' ? type : undefined;
  } catch {
    // Not JSON: mapping says where, on the stored receipt.
    return undefined;
  }
}

function bodyOf(request: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new Refused('body-empty', 'The body is empty. Send the resource as application/fhir+json.');
  return request.body;
}

async function write(
  context: HttpContext,
  request: FastifyRequest,
  given: { bytes: Buffer; interaction: FhirInteraction },
): Promise<Written> {
  const { interaction, bytes } = given;
  const source = await sourceOf(context, request);
  const admission = await context.intake.submit({
    door: 'fhir',
    source,
    format: 'fhir-json',
    bytes,
    receivedAt: context.clock.now(),
    deliveryKey: undefined,
    orderingKeys: interaction.id === undefined ? [] : [`${interaction.type}/${interaction.id}`],
    interaction,
    defect: undefined,
    note: undefined,
  });
  const plan = await context.pipeline.planOf(admission.receipt, WRITE_WAIT_MS);
  return plan === undefined ? accepted(admission.receipt) : answer(context, plan, interaction);
}

/** Until access control exists, the caller says who it is; an undeclared name is registered at the lowest trust. */
export function sourceOf(context: HttpContext, request: FastifyRequest) {
  const header = request.headers['vouch-source'];
  return context.sources.ensure(typeof header === 'string' ? header : 'local', {
    name: typeof header === 'string' ? header : 'Local API client',
    kind: 'app',
  });
}

/** Entries of a batch stand alone: each becomes a receipt of its own, so that one that fails is seen, and fails alone. */
async function batch(context: HttpContext, request: FastifyRequest, bytes: Buffer): Promise<string> {
  const entries = batchEntries(bytes);
  if (entries.length > ENTRIES_MAX)
    throw new Refused(
      'too-many-entries',
      `A batch takes at most ${ENTRIES_MAX} entries; this has ${entries.length}. Split it.`,
      'Bundle.entry',
    );
  const answers = await Promise.all(entries.map((entry) => batchEntry(context, request, entry)));
  return `{"resourceType":"Bundle","type":"batch-response","entry":[${answers.join(',')}]}`;
}

function batchEntries(bytes: Buffer): readonly JsonObject[] {
  let parsed: Json;
  try {
    parsed = parseFaithful(bytes.toString('utf8'));
  } catch {
    throw new Refused('json-malformed', 'The Bundle is not JSON.', 'Bundle');
  }
  const entry = (parsed as JsonObject)['entry'];
  return Array.isArray(entry) ? (entry as readonly JsonObject[]) : [];
}

async function batchEntry(context: HttpContext, request: FastifyRequest, entry: JsonObject): Promise<string> {
  const asked = entry['request'] as JsonObject | undefined;
  const [method, url] = [asked?.['method'], String(asked?.['url'] ?? '')];
  const [type, id] = url.split('?')[0]?.split('/') ?? [];
  const interaction: FhirInteraction | undefined =
    method === 'POST' && type !== undefined
      ? { kind: 'create', type, id: undefined }
      : method === 'PUT' && id !== undefined
        ? { kind: 'update', type, id }
        : undefined;
  if (interaction === undefined || entry['resource'] === undefined) {
    const reason = {
      code: 'batch-entry',
      message: 'A batch entry needs a resource, and a request of POST Type or PUT Type/id.',
      position: 'Bundle.entry.request',
    };
    return `{"response":{"status":"400","outcome":${outcome(400, [reason])}}}`;
  }
  const written = await write(context, request, { bytes: Buffer.from(JSON.stringify(entry['resource'])), interaction });
  const body = written.status < 300 ? `"resource":${written.text},` : '';
  const failed = written.status >= 300 ? `,"outcome":${written.text}` : '';
  return `{${body}"response":{"status":"${written.status}"${written.headers['location'] === undefined ? '' : `,"location":"${written.headers['location']}"`}${failed}}}`;
}
