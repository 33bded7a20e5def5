// Rulings on a case by its id: the case says what they are about, so that whoever decides sends only the decision. All enter as receipts.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { ReceiptState } from '../intake/types.ts';
import { isProposed, readCase, readOpenCaseOn } from '../operate/case-reader.ts';
import type { CaseSummary, Withdrawal } from '../operate/types.ts';
import type { PersonRuling } from '../pipeline/types.ts';
import { withdrawnBy } from '../watch/index.ts';
import { json } from './api-answer.ts';
import { caseTold } from './case-told.ts';
import { type HttpContext, WRITE_WAIT_MS } from './context.ts';
import { sendStale, statusOf } from './problem.ts';

const RULINGS_OF: { readonly [kind in CaseSummary['kind']]: readonly PersonRuling['kind'][] } = {
  conflict: ['choose', 'choose-none', 'both-valid', 'wrong-patient', 'ask-source'],
  'possible-link': ['same', 'not-same', 'cannot-tell'],
  'identity-veto': ['same', 'not-same', 'cannot-tell'],
  quarantined: ['retry', 'reject'],
  held: ['retry', 'reject'],
  'source-quality': [],
};

/** POST /api/v1/rulings: what it is about stands in the body. Answered when it has been applied or refused. */
export async function postRuling(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0)
    throw new Refused('body-empty', 'The body is empty. Send the ruling as JSON.');
  const fields = asFields(request.body);
  const about = {
    persons: [fields?.['person'], ...[fields?.['persons']].flat()].filter(
      (one): one is string => typeof one === 'string',
    ),
    element: typeof fields?.['element'] === 'string' ? fields['element'] : undefined,
  };
  return submit(context, { bytes: request.body, about }, { request, reply });
}

/** POST /api/v1/cases/{id}/rulings: { kind, reason, by } and what the kind needs; `competingSet` for a conflict. */
export async function postCaseRuling(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const found = await caseAsked(context, request);
  const fields = fieldsOf(request.body);
  const allowed = RULINGS_OF[found.kind];
  if (!allowed.some((kind) => kind === fields['kind']))
    throw new Refused(
      'ruling-kind',
      `On a case of the kind ${found.kind} "kind" is one of ${allowed.join(', ')}.`,
      'kind',
    );
  const [first, second] = found.persons.map(idOf);
  const about =
    found.kind === 'conflict'
      ? { person: first, element: found.element }
      : found.receipt !== undefined && (found.kind === 'quarantined' || found.kind === 'held')
        ? { receipt: found.receipt }
        : { a: first, b: second };
  return submitAbout(context, { found, body: { ...fields, ...about } }, { request, reply });
}

/** POST /api/v1/cases/{id}/approve: { proposal, reason, by }. */
export function postApproval(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return answer(context, 'approve', { request, reply });
}

/** POST /api/v1/cases/{id}/decline: { proposal, reason, by }. */
export function postDecline(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return answer(context, 'decline', { request, reply });
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

async function answer(context: HttpContext, kind: 'approve' | 'decline', exchange: Exchange): Promise<FastifyReply> {
  const found = await caseAsked(context, exchange.request);
  const body = { ...fieldsOf(exchange.request.body), kind, case: found.id, persons: found.persons.map(idOf) };
  return submitAbout(context, { found, body }, exchange);
}

async function submitAbout(
  context: HttpContext,
  { found, body }: { readonly found: CaseSummary; readonly body: object },
  exchange: Exchange,
): Promise<FastifyReply> {
  const about = { persons: found.persons.map(idOf), element: found.element };
  // Nobody rules on what is settled: it would be about another case than the one that was seen.
  if (found.state === 'closed') return stale(context, { about, message: CLOSED }, exchange);
  return submit(context, { bytes: Buffer.from(JSON.stringify(body)), about }, exchange);
}

const CLOSED = 'The case is closed, so nothing was recorded. If the sources still disagree, another case is open now.';

type About = { readonly persons: readonly string[]; readonly element: string | undefined };
type Ruled = {
  readonly receipt: number;
  readonly state: ReceiptState;
  readonly waitsForSecond?: boolean;
  /** Of a ruling that something is about somebody else: what that takes back, and what rests on it. */
  readonly withdrew?: readonly Withdrawal[];
};

async function submit(
  context: HttpContext,
  { bytes, about }: { readonly bytes: Buffer; readonly about: About },
  exchange: Exchange,
): Promise<FastifyReply> {
  const source = await context.sources.ensure('people', { name: 'Rulings by people', kind: 'person' });
  const admission = await context.intake.submit({
    door: 'ruling',
    source,
    format: 'ruling',
    bytes,
    receivedAt: context.clock.now(),
    deliveryKey: undefined,
    orderingKeys: [],
    interaction: undefined,
    defect: undefined,
    note: undefined,
  });
  const settled = await context.pipeline.settled(admission.receipt, WRITE_WAIT_MS);
  const [reason] = settled.reasons;
  if (settled.state === 'rejected' && reason !== undefined) {
    if (reason.code === 'ruling-stale') return stale(context, { about, message: reason.message }, exchange);
    throw new Refused(reason.code, reason.message, reason.position);
  }
  const proposed = settled.state === 'applied' && (await isProposed(context.db, settled.receipt));
  const withdrew = settled.state === 'applied' ? await withdrawnBy(context.db, settled.receipt) : [];
  const ruled: Ruled = {
    receipt: settled.receipt,
    state: settled.state,
    ...(proposed ? { waitsForSecond: true } : {}),
    ...(withdrew.length === 0 ? {} : { withdrew }),
  };
  return json(exchange.reply.code(settled.state === 'applied' && !proposed ? 201 : 202), ruled);
}

/** 409 with the case that is open instead, as it stands now: the set that a ruling has to name. */
async function stale(
  context: HttpContext,
  { about, message }: { readonly about: About; readonly message: string },
  { reply }: Exchange,
): Promise<FastifyReply> {
  const id = about.element === undefined ? undefined : await readOpenCaseOn(context.db, about.persons, about.element);
  const now = context.clock.now();
  const row = id === undefined ? undefined : await readCase(context.db, id, { now });
  const answered = { status: statusOf('ruling-stale'), code: 'ruling-stale', message, where: undefined };
  return sendStale(reply, { answered, current: row && caseTold(row, now) });
}

async function caseAsked(context: HttpContext, request: FastifyRequest): Promise<CaseSummary> {
  const { id } = request.params as { id: string };
  const now = context.clock.now();
  const row = await readCase(context.db, id, { now });
  if (row === undefined) throw new Refused('case-not-found', `There is no case "${id.slice(0, 40)}".`);
  return caseTold(row, now);
}

function fieldsOf(body: unknown): { readonly [name: string]: unknown } {
  const fields = Buffer.isBuffer(body) ? asFields(body) : undefined;
  if (fields === undefined) throw new Refused('json-malformed', 'The body is not a JSON object in UTF-8.');
  return fields;
}

/** Undefined where it is none: the reader of rulings then says what is wrong with it. */
function asFields(body: Buffer): { readonly [name: string]: unknown } | undefined {
  try {
    const given: unknown = JSON.parse(body.toString('utf8'));
    return typeof given === 'object' && given !== null && !Array.isArray(given)
      ? (given as { readonly [name: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}

function idOf(reference: string): string {
  return reference.replace(/^Patient\//, '');
}
