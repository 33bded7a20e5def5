// The ledger's public face: checkpoint, tiles, the verifier key, and evidence to check without us.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { readReceipt } from '../operate/reader.ts';
import type { HttpContext } from './context.ts';
import { explainAnswer } from './explain.ts';
import { sizeAt } from './fhir-read.ts';
import { one, onlyKnown, queryOf } from './query.ts';

export async function checkpoint(
  context: HttpContext,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const note = await context.ledger.checkpoint();
  if (note === undefined)
    throw new Refused(
      'not-found',
      'No checkpoint has been signed yet. It takes a few seconds after the first receipt.',
    );
  return reply.type('text/plain; charset=utf-8').send(note);
}

export async function key(context: HttpContext, _request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.type('text/plain; charset=utf-8').send(`${context.ledger.verifierKey()}\n`);
}

export async function tile(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = (request.params as { '*': string })['*'];
  const bytes = await context.ledger.tile(path);
  if (bytes === undefined) throw new Refused('not-found', 'There is no such tile.');
  return reply
    .type('application/octet-stream')
    .header('cache-control', 'public, max-age=31536000, immutable')
    .send(Buffer.from(bytes));
}

export async function exportLog(
  context: HttpContext,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return reply.type('application/json; charset=utf-8').send(context.ledger.exportLog());
}

async function knownReceipt(context: HttpContext, given: string): Promise<number> {
  const row = /^\d{1,15}$/.test(given) ? await readReceipt(context.db, Number(given)) : undefined;
  if (row === undefined)
    throw new Refused('receipt-not-found', `There is no receipt "${given.slice(0, 20)}".`, 'receipt');
  return row.id;
}

/** Evidence for one explanation: `?patient=&path=&_asOf=`; everything it names, opened and proven. */
export async function evidence(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['patient', 'path', '_asOf', '_after', 'receipt']);
  const receipt = one(query, 'receipt');
  if (receipt !== undefined) {
    return reply
      .type('application/json; charset=utf-8')
      .send(await context.ledger.evidence({ receipts: [await knownReceipt(context, receipt)], statements: [] }));
  }
  const [id, path] = [one(query, 'patient'), one(query, 'path')];
  if (id === undefined || path === undefined)
    throw new Refused('evidence-query', 'Give patient and path, or receipt.', 'patient');
  const asOf = one(query, '_asOf');
  const explanation = await explainAnswer(context, {
    id,
    path,
    size: asOf === undefined ? undefined : await sizeAt(context, asOf),
    after: one(query, '_after'),
  });
  const said = [...explanation.said, ...explanation.setAside];
  const text = await context.ledger.evidence({
    receipts: [...new Set(said.map((one) => one.receipt))],
    statements: [...new Set(said.map((one) => one.statement))],
    explanation: JSON.stringify(explanation),
  });
  return reply.type('application/json; charset=utf-8').send(text);
}
