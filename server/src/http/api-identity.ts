// Runs of scored matching over everybody: what a model would change, before anybody accepts it, and then accepting it.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Failed, Refused } from '../base/errors.ts';
import { type Model, readModel } from '../identity/index.ts';
import { RUN_MODES, type RunMode } from '../matching/index.ts';
import type { HttpContext } from './context.ts';

/** Answers with lines of JSON: `{ records }` as it goes on, then `{ result }` or `{ error }`. */
export async function postIdentityRun(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { mode, model } = readRun(request.body);
  const lines = new Readable({ read: () => undefined });
  const write = (line: object) => lines.push(`${JSON.stringify(line)}\n`);
  context.matching
    .rerun(model ?? context.matching.model, mode, (records) => write({ records }))
    .then((result) => write({ result }))
    .catch((error: unknown) => write({ error: errorOf(error) }))
    .finally(() => lines.push(null));
  return reply.type('application/x-ndjson').send(lines);
}

function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Failed || error instanceof Refused) return { code: error.code, message: error.message };
  return {
    code: 'broken',
    message: 'A fault in Vouch itself stopped the run. What it had proposed stands; run it again.',
  };
}

function readRun(body: unknown): { readonly mode: RunMode; readonly model: Model | undefined } {
  let given: unknown;
  try {
    given = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined;
  } catch {
    throw new Refused('json-malformed', 'The body is not JSON. Send { "mode", "model" }.');
  }
  const fields = typeof given === 'object' && given !== null ? (given as { mode?: unknown; model?: unknown }) : {};
  const mode = RUN_MODES.find((one) => one === fields.mode);
  if (mode === undefined) throw new Refused('run-mode', `Give "mode": one of ${RUN_MODES.join(', ')}.`, 'mode');
  return { mode, model: fields.model === undefined ? undefined : readModel(JSON.stringify(fields.model)) };
}
