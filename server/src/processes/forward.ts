// Routes that only the first process can answer, asked in any worker: jobs, matching and what the operator looks at are in one place.
import { request as ask } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const OPERATIONS = '/api/v1/';
const RECEIPTS = '/api/v1/receipts';
/** Jobs of export and import are known where they run, and the index of matching is in memory once. */
const JOBS = /^\/fhir\/R4\/(?:.*\/)?(?:\$export|\$import|\$match|_export|_import)(?:\/|$)/;

/** True for what the first process answers. Deliveries are taken by whoever is asked. */
export function isOfFirst(method: string, url: string): boolean {
  const path = decoded(url.split('?')[0] ?? '');
  if (method === 'POST' && path.replace(/\/$/, '') === RECEIPTS) return false;
  return path.startsWith(OPERATIONS) || JOBS.test(path);
}

// `%24export` is `$export`. What cannot be decoded is no route of anybody's, and is refused where it arrived.
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Passes such requests on as they came, and the answers back as they come. */
export function forwardTo(app: FastifyInstance, first: string): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isOfFirst(request.method, request.url)) return undefined;
    reply.hijack();
    await pass(request, reply, first);
    return reply;
  });
}

function pass({ raw }: FastifyRequest, { raw: back }: FastifyReply, first: string): Promise<void> {
  return new Promise((resolve) => {
    const away = () => {
      if (back.headersSent) back.destroy();
      else back.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end(AWAY);
      resolve();
    };
    // The host header stays the caller's: addresses in answers are made from it.
    const on = ask(new URL(raw.url ?? '/', first), { method: raw.method, headers: raw.headers }, (answer) => {
      back.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', away);
      answer.pipe(back).on('close', resolve);
    });
    on.on('error', away);
    back.on('close', () => on.destroy());
    raw.pipe(on);
  });
}

const AWAY = JSON.stringify({
  title: 'The process that answers this is not there',
  status: 503,
  code: 'first-process-away',
  detail: 'Ask again in a moment.',
});
