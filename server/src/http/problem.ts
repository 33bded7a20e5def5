// The one place that knows status codes: refusals and failures become OperationOutcomes under /fhir and problem details elsewhere.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Failed, Refused } from '../base/errors.ts';
import type { StateReason } from '../intake/types.ts';

const STATUS_BY_CODE: { readonly [code: string]: number } = {
  'not-found': 404,
  gone: 410,
  'version-conflict': 412,
  'multiple-matches': 412,
  'reference-no-match': 412,
  'not-the-source': 409,
  'version-not-found': 404,
  'receipt-not-found': 404,
  'case-not-found': 404,
  'as-of-unsettled': 409,
  'delivery-conflict': 422,
  'ruling-stale': 409,
  'ruling-receipt-state': 409,
  'ruling-no-conflict': 409,
  'ruling-vetoed': 409,
  'ruling-waits': 409,
  'ruling-answered': 409,
  'ruling-no-case': 409,
  'ruling-approved-by-same-person': 409,
  'ruling-not-possible': 422,
  'ruling-person-unknown': 404,
  'ruling-subject-unknown': 404,
  'ruling-receipt-unknown': 404,
  'body-empty': 400,
  'content-type': 415,
  'too-large': 413,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'value-set-not-found': 404,
  'concept-map-not-found': 404,
  'code-system-not-loaded': 404,
  'code-unknown': 404,
  'export-not-found': 404,
  'too-busy': 429,
  'import-not-found': 404,
  'import-failed': 500,
  'export-failed': 500,
  'value-set-unsupported': 422,
  'value-set-invalid': 422,
  'value-set-cycle': 422,
  'concept-map-cycle': 422,
  'code-system-fragment': 422,
  'no-subsumption': 422,
  'too-costly': 422,
  'terminology-limit': 422,
  'patch-too-large': 413,
  'patch-path-missing': 422,
  'patch-path-many': 422,
  'patch-list': 422,
  'patch-element-unknown': 422,
  'patch-element-present': 422,
  'patch-type': 422,
  'patch-test-failed': 422,
};
/** What PostgreSQL says of a statement that it ended at the limit of time of the connections that requests read by. */
const STATEMENT_ENDED = '57014';
const TOO_COSTLY =
  'This was stopped, as it has to look through more than one request may. Ask for less: one patient, a type, a shorter time, a smaller page.';
const BAD_REQUEST = 400;
/** Codes that say more than their status does. */
const ISSUE_BY_CODE: { readonly [code: string]: string } = {
  'search-cost': 'too-costly',
  'too-costly': 'too-costly',
  'search-parameter': 'not-supported',
  'search-parameter-building': 'transient',
  'search-modifier': 'not-supported',
  'parameter-unknown': 'not-supported',
  'parameter-unsupported': 'not-supported',
  'multiple-matches': 'multiple-matches',
  'json-malformed': 'structure',
  'body-empty': 'required',
  'resource-type': 'not-found',
  'code-unknown': 'code-invalid',
};
/** FHIR issue types for our own codes; `processing` where none fits better. */
const ISSUE_BY_STATUS: { readonly [status: number]: string } = {
  400: 'invalid',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  409: 'conflict',
  410: 'deleted',
  412: 'conflict',
  413: 'too-long',
  415: 'not-supported',
  422: 'processing',
  429: 'throttled',
  500: 'exception',
  503: 'transient',
};

type Answer = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly where: string | undefined;
};

export function statusOf(code: string): number {
  return STATUS_BY_CODE[code] ?? 400;
}

/** Fastify's error handler. Our own faults are reported to `onBroken` with all they know, and to the caller without any of it. */
export function errorHandler(onBroken: (error: unknown) => void) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const answer = answerTo(error, onBroken);
    if (answer.status === 503) reply.header('retry-after', '2');
    return send(request, reply, answer);
  };
}

function answerTo(error: unknown, onBroken: (error: unknown) => void): Answer {
  if (error instanceof Refused)
    return { status: statusOf(error.code), code: error.code, message: error.message, where: error.where };
  if (error instanceof Failed)
    return {
      status: 503,
      code: error.code,
      message: 'The store cannot be reached at the moment. Nothing was acknowledged; send again in a little while.',
      where: undefined,
    };
  if (error instanceof Error && 'code' in error && error.code === STATEMENT_ENDED)
    return { status: statusOf('too-costly'), code: 'too-costly', message: TOO_COSTLY, where: undefined };
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status === 413)
    return {
      status,
      code: 'too-large',
      message: 'The body is larger than this server takes. Split it, or use the folder.',
      where: undefined,
    };
  if (status >= 400 && status < 500) return malformed(status);
  onBroken(error);
  return {
    status: 500,
    code: 'broken',
    message: 'A fault in Vouch itself. It was recorded; nothing was acknowledged.',
    where: undefined,
  };
}

function malformed(status: number): Answer {
  const message = 'The request cannot be read. Check its path, headers and encoding.';
  return { status, code: 'request-malformed', message, where: undefined };
}

/** An address that cannot be decoded. */
export function badAddress(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message =
    'The address cannot be decoded. Write a percent sign as %25, and other special characters in UTF-8 as %XX.';
  return send(request, reply, { ...malformed(400), message });
}

/** Sends one refusal in the form of the API it happened in. */
export function send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  if (request.url.startsWith('/fhir/')) {
    return reply
      .code(answer.status)
      .type('application/fhir+json; charset=utf-8')
      .send(
        outcome(answer.status, [
          {
            code: answer.code,
            message: answer.message,
            ...(answer.where === undefined ? {} : { position: answer.where }),
          },
        ]),
      );
  }
  return reply
    .code(answer.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(answer)));
}

/** A refusal of what was decided on something older than what stands, with what stands: `current`. */
export function sendStale(
  reply: FastifyReply,
  { answered, current }: { readonly answered: Answer; readonly current: object | undefined },
): FastifyReply {
  const problem = { ...problemOf(answered), ...(current === undefined ? {} : { current }) };
  return reply.code(answered.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

function problemOf(answer: Answer) {
  return {
    type: `https://vouch.dev/problems/${answer.code}`,
    title: answer.code,
    status: answer.status,
    detail: answer.message,
    ...(answer.where === undefined ? {} : { where: answer.where }),
  };
}

export function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return send(request, reply, {
    status: 404,
    code: 'not-found',
    message: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
    where: undefined,
  });
}

function issueTypeOf(status: number, code: string): string {
  if (status < BAD_REQUEST) return 'informational';
  if (code.startsWith('xml-')) return 'structure';
  return ISSUE_BY_CODE[code] ?? ISSUE_BY_STATUS[status] ?? 'processing';
}

/** An OperationOutcome as text. */
export function outcome(status: number, reasons: readonly StateReason[]): string {
  const severity = status >= 400 ? 'error' : 'information';
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: reasons.map((reason) => ({
      severity,
      code: issueTypeOf(status, reason.code),
      details: {
        coding: [{ system: 'https://vouch.dev/fhir/CodeSystem/reason', code: reason.code }],
        text: reason.message,
      },
      diagnostics: reason.message,
      ...(reason.position === undefined ? {} : { expression: [reason.position] }),
    })),
  });
}
