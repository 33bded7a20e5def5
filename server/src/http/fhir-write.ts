// FHIR writes: create, update, transaction, batch. Each is a delivery like any other, answered when the pipeline has settled it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { ReceiptId } from '../base/ids.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import type { FhirInteraction } from '../mapping/types.ts';
import type { Plan, PlannedVersion } from '../pipeline/types.ts';
import * as record from '../record/reader.ts';
import { BASE_FHIR, type HttpContext, WRITE_WAIT_MS } from './context.ts';
import { versionHeaders } from './fhir-read.ts';
import { outcome } from './problem.ts';
import { onlyKnown, queryOf } from './query.ts';

type Params = { readonly type: string; readonly id: string };
type Written = {
  readonly status: number;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
};

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const ENTRIES_MAX = 5_000;
const ENTRY_POSITION = /^Bundle\.entry\[(\d+)\]/;

export async function create(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  const bytes = bodyOf(request);
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  return sendWritten(
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
  return sendWritten(reply, await write(context, request, { bytes, interaction: { kind: 'update', type, id } }));
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

function accepted(receipt: ReceiptId): Written {
  const reason = {
    code: 'accepted',
    message: `Stored as receipt ${receipt}, not applied yet. See /api/v1/receipts/${receipt}.`,
  };
  return { status: 202, text: outcome(202, [reason]), headers: { 'vouch-receipt': String(receipt) } };
}

async function answer(context: HttpContext, plan: Plan, interaction: FhirInteraction): Promise<Written> {
  const headers = { 'vouch-receipt': String(plan.receipt) };
  if (plan.state === 'rejected') return { status: 422, text: outcome(422, plan.reasons), headers };
  if (plan.state !== 'applied') return { status: 202, text: outcome(202, plan.reasons), headers };
  if (interaction.kind === 'transaction')
    return { status: 200, text: await transactionResponse(context, plan), headers };
  const [statement] = plan.statements;
  if (statement === undefined)
    return {
      status: 200,
      text: outcome(200, [{ code: 'no-effect', message: 'Stored. It says nothing that is not already known.' }]),
      headers,
    };
  const current = await currentOf(context, plan, statement);
  if (current === undefined)
    return { status: 200, text: outcome(200, [{ code: 'no-effect', message: 'Stored.' }]), headers };
  const made = current.version === 1;
  const location: Readonly<Record<string, string>> = made
    ? { location: `${BASE_FHIR}/${current.type}/${current.id}/_history/1` }
    : {};
  return {
    status: made ? 201 : 200,
    text: current.text,
    headers: { ...headers, ...versionHeaders(current), ...location, ...notAdopted(plan, statement) },
  };
}

type Current = {
  readonly type: string;
  readonly id: PlannedVersion['id'];
  readonly version: number;
  readonly at: Plan['at'];
  readonly text: string;
};

async function currentOf(
  context: HttpContext,
  plan: Plan,
  statement: Plan['statements'][number],
): Promise<Current | undefined> {
  const person = plan.subjects.find((subject) => subject.id === (statement.resourceId as string))?.person;
  const id =
    statement.resourceType === 'Patient' && person !== undefined
      ? (person as string as PlannedVersion['id'])
      : statement.resourceId;
  const made = plan.versions.find(
    (version) => version.type === statement.resourceType && version.id === id && version.text !== undefined,
  );
  if (made?.text !== undefined) return { type: made.type, id, version: made.version, at: plan.at, text: made.text };
  return record.readVersionAt(context.db, statement.resourceType, id);
}

/** Which elements of a written Patient the policy did not adopt: said in a header, and in full by $explain. */
function notAdopted(plan: Plan, statement: Plan['statements'][number]): Readonly<Record<string, string>> {
  const open = plan.verdicts
    .flatMap((verdict) => Object.entries(verdict.summary ?? {}))
    .filter(
      ([element, verdict]) =>
        verdict.state === 'conflicting' && statement.said.some((said) => said.element === element),
    );
  return open.length === 0 ? {} : { 'vouch-not-adopted': open.map(([element]) => element).join(', ') };
}

async function transactionResponse(context: HttpContext, plan: Plan): Promise<string> {
  const byEntry = new Map<number, string>();
  for (const statement of plan.statements) {
    const entry = Number(ENTRY_POSITION.exec(statement.origins[0]?.position ?? '')?.[1] ?? byEntry.size);
    const current = await currentOf(context, plan, statement);
    const version = current?.version ?? 1;
    byEntry.set(
      entry,
      JSON.stringify({
        response: {
          status: version === 1 ? '201 Created' : '200 OK',
          location: `${statement.resourceType}/${current?.id ?? statement.resourceId}/_history/${version}`,
          etag: `W/"${version}"`,
          lastModified: current?.at ?? plan.at,
        },
      }),
    );
  }
  const entries = [...byEntry].toSorted(([a], [b]) => a - b).map(([, text]) => text);
  return `{"resourceType":"Bundle","type":"transaction-response","entry":[${entries.join(',')}]}`;
}

function sendWritten(reply: FastifyReply, written: Written): FastifyReply {
  return reply.code(written.status).headers(written.headers).type(FHIR_JSON).send(written.text);
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
