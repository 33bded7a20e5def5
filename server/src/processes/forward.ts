// Routes that only the first process can answer, asked in any worker: jobs, matching and what the operator looks at are in one place.
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

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
    await pass(app, { raw: request.raw, back: reply.raw }, first);
    return reply;
  });
}

type Passed = { readonly raw: IncomingMessage; readonly back: ServerResponse };

function pass({ server }: FastifyInstance, { raw, back }: Passed, first: string): Promise<void> {
  return new Promise((resolve) => {
    const away = () => {
      if (back.headersSent) back.destroy();
      else back.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end(AWAY);
      resolve();
    };
    // The host header stays the caller's: addresses in answers are made from it.
    const on = ask(new URL(raw.url ?? '/', first), { method: raw.method, headers: raw.headers }, (answer) => {
      // What is said of a connection is of that one: this process keeps or ends its own.
      const { connection: _own, 'keep-alive': _time, ...headers } = answer.headers;
      back.writeHead(answer.statusCode ?? 502, server.listening ? headers : { ...headers, connection: 'close' });
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
