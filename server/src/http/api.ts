// The operations API: books, receipts, rulings, sources, health, persons.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import type { Format } from '../mapping/types.ts';
import { books, RECEIPT_STATES } from '../operate/books.ts';
import { countCases } from '../operate/case-reader.ts';
import { readBooks, readLedgerSize, readReceipt, readReceipts, readTimeOf } from '../operate/reader.ts';
import type { Books, Health } from '../operate/types.ts';
import { personAt } from '../pipeline/person-at.ts';
import { verdictsUnder } from '../policies/index.ts';
import { JUDGED_TYPES } from '../truth/index.ts';
import { watchedOf } from '../watch/index.ts';
import { json } from './api-answer.ts';
import type { HttpContext } from './context.ts';
import { sizeAt } from './fhir-read.ts';
import { sourceOf } from './fhir-write.ts';
import { journeyOf } from './journey.ts';
import { one, onlyKnown, queryOf, wholeNumber } from './query.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 500;
const FORMATS: { readonly [contentType: string]: Format } = {
  'application/hl7-v2': 'hl7v2',
  'x-application/hl7-v2+er7': 'hl7v2',
  'application/edi-hl7': 'hl7v2',
  'application/fhir+json': 'fhir-json',
  'application/json': 'fhir-json',
  'application/fhir+xml': 'fhir-xml',
  'application/fhir+ndjson': 'fhir-ndjson',
  'application/x-ndjson': 'fhir-ndjson',
  'text/csv': 'csv',
};

export async function getBooks(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  onlyKnown(queryOf(request), []);
  const now = context.clock.now();
  const { kinds: open, overdue } = await countCases(context.db, 'open', { now });
  const counted = books(await readBooks(context.db), context.sources.all(), now);
  const told: Books = { ...counted, cases: { open, overdue } };
  return json(reply, told);
}

export async function getReceipts(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['source', 'state', '_count', 'before']);
  const state = one(query, 'state');
  if (state !== undefined && !(RECEIPT_STATES as readonly string[]).includes(state))
    throw new Refused('search-value', `"state" is one of ${RECEIPT_STATES.join(', ')}.`, 'state');
  const limit = wholeNumber(one(query, '_count') ?? String(PAGE_DEFAULT), '_count', PAGE_MAX);
  const before = wholeNumber(
    one(query, 'before') ?? String(Number.MAX_SAFE_INTEGER),
    'before',
    Number.MAX_SAFE_INTEGER,
  );
  const rows = await readReceipts(context.db, { source: one(query, 'source'), state, before, limit: limit + 1 });
  const receipts = rows.slice(0, limit);
  return json(reply, { receipts, next: rows.length > limit ? receipts.at(-1)?.id : undefined });
}

export async function getReceipt(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['mapped']);
  const row = await receiptOf(context, request);
  return json(reply, await journeyOf(context, row, one(query, 'mapped') === 'true'));
}

export async function getPayload(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const row = await receiptOf(context, request);
  if (row.bytes === null) throw new Refused('not-found', 'The payload of this receipt was erased.');
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="receipt-${row.id}"`)
    .send(row.bytes);
}

async function receiptOf(context: HttpContext, request: FastifyRequest) {
  const { id } = request.params as { id: string };
  const row = /^\d{1,15}$/.test(id) ? await readReceipt(context.db, Number(id)) : undefined;
  if (row === undefined) throw new Refused('receipt-not-found', `There is no receipt "${id.slice(0, 20)}".`);
  return row;
}

/** Raw bytes into the one door, with an Idempotency-Key: the same key and bytes get the stored answer, other bytes a 422. */
export async function postReceipt(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  onlyKnown(queryOf(request), []);
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const format = FORMATS[contentType];
  if (format === undefined)
    throw new Refused(
      'content-type',
      `Content-Type "${contentType}" is not taken here. Known: ${Object.keys(FORMATS).join(', ')}.`,
      'Content-Type',
    );
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new Refused('body-empty', 'The body is empty.');
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < 1 || key.length > 255) {
    throw new Refused(
      'idempotency-key',
      'Send an Idempotency-Key header of 1 to 255 characters, new for each delivery and the same when you retry it.',
      'Idempotency-Key',
    );
  }
  const source = await sourceOf(context, request);
  const admission = await context.intake.submit({
    door: 'receipts',
    source,
    format,
    bytes: request.body,
    receivedAt: context.clock.now(),
    deliveryKey: `key ${key}`,
    orderingKeys: context.orderingKeys(format, request.body, source),
    interaction: undefined,
    defect: undefined,
    note: undefined,
  });
  if (admission.outcome === 'conflict') {
    throw new Refused(
      'delivery-conflict',
      `This Idempotency-Key came before with other content, as receipt ${admission.original}. Yours is kept as receipt ${admission.receipt}, quarantined.`,
      'Idempotency-Key',
    );
  }
  // The original's answer, whether this is the first delivery or a retry of it.
  const receipt = admission.original ?? admission.receipt;
  reply.header('location', `/api/v1/receipts/${receipt}`);
  return json(reply.code(202), { receipt, receivedAt: admission.receivedAt });
}

export async function getSources(
  context: HttpContext,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return json(reply, { sources: [...context.sources.all().values()] });
}

/** Work in the background and what does not fit into memory is looked at, too, and keeps nobody from being served. */
async function withNotices(health: Health, { jobs, terminology }: HttpContext): Promise<Health> {
  // Without a store there is nothing to be told of it.
  const told = health.ready ? [await terminology.check()] : [];
  return { ...health, checks: [...health.checks, jobs.check(), ...told] };
}

export async function getHealth(
  context: HttpContext,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const health = await withNotices(await context.health(), context);
  return json(reply.code(health.ready ? 200 : 503), health);
}

/** A person with all verdicts, for the record page, now or as of then: who they are made of, and what state each element is in. */
export async function getPerson(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const query = queryOf(request);
  onlyKnown(query, ['asOf']);
  const asOf = one(query, 'asOf');
  const size = asOf === undefined ? await readLedgerSize(context.db) : await sizeAt(context, asOf, 'asOf');
  const person = await personAt(context.db, id, { asOf: size, types: JUDGED_TYPES });
  if (person === undefined)
    throw new Refused('not-found', `There is no person with this id${asOf === undefined ? '' : ' as of then'}.`);
  const policy = await context.policyAt(size);
  const at = asOf === undefined ? context.clock.now() : await readTimeOf(context.db, size);
  const watched = await watchedOf(context.db, id, { asOf: size, policy, at });
  const verdicts = [...verdictsUnder(policy, person, at), ...(watched?.verdicts ?? [])];
  return json(reply, {
    id: person.id,
    redirectedFrom: person.id === (id as SubjectId) ? undefined : id,
    index: size,
    at,
    subjects: person.subjectKeys.map((subject) => ({
      ...subject,
      sourceName: person.sourceNames.get(subject.source as SourceKey) ?? subject.source,
    })),
    verdicts: verdicts.map(({ element, state, harm, values, because }) => ({
      element,
      state,
      harm,
      values,
      rule: because.rule,
    })),
  });
}
