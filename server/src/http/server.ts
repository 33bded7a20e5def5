// The HTTP server: every route on one screen.
import compress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isResourceType, RESOURCE_TYPES } from '../fhir/index.ts';
import * as api from './api.ts';
import * as apiCases from './api-cases.ts';
import { postIdentityRun } from './api-identity.ts';
import * as policies from './api-policies.ts';
import { getQuality, postQualityAct } from './api-quality.ts';
import * as rulings from './api-rulings.ts';
import { capabilities } from './capabilities.ts';
import { BASE_API, BASE_FHIR, type HttpContext } from './context.ts';
import { getIdentityExplanation } from './explain-identity.ts';
import { EXPORT_ROUTES } from './fhir-export.ts';
import { history } from './fhir-history.ts';
import { IMPORT_ROUTES } from './fhir-import.ts';
import { misplacedOperation, OPERATION_ROUTES } from './fhir-operations.ts';
import * as fhirPatch from './fhir-patch.ts';
import * as fhirRead from './fhir-read.ts';
import * as fhirSearch from './fhir-search.ts';
import * as fhirWrite from './fhir-write.ts';
import * as ledger from './ledger.ts';
import { acceptable, inForm } from './negotiate.ts';
import { badAddress, errorHandler, notFound } from './problem.ts';
import { queryOf } from './query.ts';

type Handler = (context: HttpContext, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
type Route = readonly [method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, handler: Handler];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** A part of an address; that of an export says all there is to the job. */
const PARAMETER_CHARS_MAX = 4_000;
/** Less than what a worker is given to end in order. */
const DRAIN_MAX_MS = 10_000;
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
};

export const ROUTES: readonly Route[] = [
  ['GET', `${BASE_FHIR}/metadata`, capabilities],
  ['POST', BASE_FHIR, fhirWrite.bundle],
  ['GET', BASE_FHIR, fhirSearch.searchByGet],
  ['POST', `${BASE_FHIR}/_search`, fhirSearch.searchByPost],
  ['GET', `${BASE_FHIR}/_history`, history],
  ['GET', `${BASE_FHIR}/:type/_history`, history],
  ['GET', `${BASE_FHIR}/:type`, fhirSearch.searchByGet],
  ['POST', `${BASE_FHIR}/:type/_search`, fhirSearch.searchByPost],
  ['GET', `${BASE_FHIR}/:type/:id/:inner`, fhirSearch.searchByGet],
  ['POST', `${BASE_FHIR}/:type`, fhirWrite.create],
  ['PUT', `${BASE_FHIR}/:type`, fhirWrite.updateWhere],
  ['PATCH', `${BASE_FHIR}/:type`, fhirPatch.patchWhere],
  ['DELETE', `${BASE_FHIR}/:type`, fhirWrite.removeWhere],
  ['GET', `${BASE_FHIR}/:type/:id`, fhirRead.read],
  ['PUT', `${BASE_FHIR}/:type/:id`, fhirWrite.update],
  ['PATCH', `${BASE_FHIR}/:type/:id`, fhirPatch.patch],
  ['DELETE', `${BASE_FHIR}/:type/:id`, fhirWrite.remove],
  ['GET', `${BASE_FHIR}/:type/:id/_history`, history],
  ['GET', `${BASE_FHIR}/:type/:id/_history/:version`, fhirRead.vread],
  ...OPERATION_ROUTES,
  ...EXPORT_ROUTES,
  ...IMPORT_ROUTES,
  ['GET', `${BASE_API}/health`, api.getHealth],
  ['GET', `${BASE_API}/books`, api.getBooks],
  ['GET', `${BASE_API}/sources`, api.getSources],
  ['GET', `${BASE_API}/receipts`, api.getReceipts],
  ['POST', `${BASE_API}/receipts`, api.postReceipt],
  ['GET', `${BASE_API}/receipts/:id`, api.getReceipt],
  ['GET', `${BASE_API}/receipts/:id/payload`, api.getPayload],
  ['GET', `${BASE_API}/cases`, apiCases.getCases],
  ['GET', `${BASE_API}/cases/:id`, apiCases.getCase],
  ['GET', `${BASE_API}/quality`, getQuality],
  ['POST', `${BASE_API}/quality/act`, postQualityAct],
  ['POST', `${BASE_API}/cases/:id/rulings`, rulings.postCaseRuling],
  ['POST', `${BASE_API}/cases/:id/approve`, rulings.postApproval],
  ['POST', `${BASE_API}/cases/:id/decline`, rulings.postDecline],
  ['POST', `${BASE_API}/rulings`, rulings.postRuling],
  ['POST', `${BASE_API}/identity/runs`, postIdentityRun],
  ['GET', `${BASE_API}/policies`, policies.getPolicies],
  ['POST', `${BASE_API}/policies`, policies.proposePolicy],
  ['POST', `${BASE_API}/policies/check`, policies.checkPolicy],
  ['POST', `${BASE_API}/policies/roll-back`, policies.rollBackPolicy],
  ['GET', `${BASE_API}/policies/:name/diff`, policies.diffPolicy],
  ['POST', `${BASE_API}/policies/:name/approve`, policies.approvePolicy],
  ['POST', `${BASE_API}/policies/:name/activate`, policies.activatePolicy],
  ['GET', `${BASE_API}/persons/:id`, api.getPerson],
  ['GET', `${BASE_API}/persons/:id/explain`, getIdentityExplanation],
  ['GET', `${BASE_API}/ledger/checkpoint`, ledger.checkpoint],
  ['GET', `${BASE_API}/ledger/key`, ledger.key],
  ['GET', `${BASE_API}/ledger/export`, ledger.exportLog],
  ['GET', `${BASE_API}/ledger/evidence`, ledger.evidence],
  ['GET', `${BASE_API}/ledger/tile/*`, ledger.tile],
];

/** Builds the server; `console` is the folder of the built web console, served at `/`. */
export async function buildServer(
  context: HttpContext,
  options: { console: string | undefined },
): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    logger: false,
    routerOptions: { maxParamLength: PARAMETER_CHARS_MAX, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, request, reply) => badAddress(request, reply),
  });
  // Bodies stay bytes: what came is what is stored.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(errorHandler((error) => context.incident('A request met a fault of ours.', error)));
  app.setNotFoundHandler(notFound);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS);
  });
  app.addHook('preHandler', async (request) => {
    refuseNullCharacters(request);
    acceptable(request);
    const misplaced = request.url.startsWith(BASE_FHIR) ? misplacedOperation(request) : undefined;
    if (misplaced !== undefined) throw misplaced;
    const { type } = request.params as { type?: string };
    if (type !== undefined && request.url.startsWith(BASE_FHIR) && !isResourceType(type)) {
      throw new Refused('not-found', `"${type.slice(0, 40)}" is not a FHIR R4 resource type.${meant(type)}`);
    }
  });
  app.addHook('onSend', inForm);
  drainOnClose(app);
  await app.register(compress, { threshold: 4_096, encodings: ['gzip', 'identity'] });
  if (options.console !== undefined) await app.register(fastifyStatic, { root: options.console, wildcard: false });
  for (const [method, url, handler] of ROUTES) {
    app.route({ method, url, handler: (request, reply) => handler(context, request, reply) });
  }
  for (const url of new Set(ROUTES.map(([, path]) => path))) refuseOtherMethods(app, url);
  return app;
}

/** What was asked is answered before the end, and its connection closed then; who does not let go in time is cut off. */
function drainOnClose(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MAX_MS);
    app.server.once('close', () => clearTimeout(timer));
  });
  app.addHook('onSend', async (_request, reply) => {
    if (!app.server.listening) reply.header('connection', 'close');
  });
}

/** Types are written with capitals. */
function meant(type: string): string {
  const name = RESOURCE_TYPES.find((one) => one.toLowerCase() === type.toLowerCase());
  return name === undefined ? '' : ` Did you mean ${name}?`;
}

/** An address that is served by some methods says by which, instead of seeming not to exist. */
function refuseOtherMethods(app: FastifyInstance, url: string): void {
  const served: readonly string[] = ROUTES.filter(([, path]) => path === url).map(([method]) => method);
  app.route({
    method: METHODS.filter((method) => !served.includes(method)),
    url,
    handler: async (request, reply) => {
      reply.header('allow', served.join(', '));
      throw new Refused('method-not-allowed', `${request.method} is not served here, only ${served.join(' and ')}.`);
    },
  });
}

// The database cannot hold a null character in a text, so nothing that carries one can name anything there.
function refuseNullCharacters(request: FastifyRequest): void {
  if (!request.url.includes('%00')) return;
  const [parameter] = queryOf(request).find(([name, value]) => `${name}${value}`.includes('\0')) ?? [];
  if (parameter === undefined) throw new Refused('not-found', 'There is nothing at an address with a null character.');
  throw new Refused('search-value', 'A parameter holds a null character. Take it out.', parameter.replaceAll('\0', ''));
}
