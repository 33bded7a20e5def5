// $import: a file of NDJSON, each line a resource with its id, written as updates by the caller's source through the same door as any
// other. Parts of the file are transactions, each one receipt; where a part is refused its lines are sent one by one, so that a line
// that is wrong stands alone. Sending a file again changes nothing that was applied.

import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { baseOf, selfOf } from './fhir-bundle.ts';
import { ownQuery } from './fhir-parameters.ts';
import { bodyOf, deliver, sourceOf, write } from './fhir-write.ts';
import type { Written } from './fhir-written.ts';
import { outcome } from './problem.ts';
import { one, onlyKnown } from './query.ts';

type Line = { readonly number: number; readonly text: string; readonly type: string; readonly id: string };
type Wrong = { readonly line: number; readonly status: number; readonly outcome: unknown };
type Run = {
  readonly id: string;
  readonly request: string;
  readonly begun: string;
  readonly lines: number;
  readonly sha256: string;
  done: number;
  applied: number;
  /** Stored, and not applied when it was last looked at. */
  waiting: number;
  readonly receipts: number[];
  readonly wrong: Wrong[];
  /** What ended it early, for who asks. */
  error: Refused | undefined;
};

const LINES_A_PART = 500;
/** One is committed, one planned, one prepared and one stored. */
const PARTS_AT_ONCE = 4;
const LINES_MAX = 1_000_000;
const WRONG_TOLD_MAX = 1_000;
const RUNS_MAX = 4;
const REMEMBERED_MAX = 100;
const OK = 200;
const CREATED = 201;
const ACCEPTED = 202;
const BAD_REQUEST = 400;

const runs = new Map<string, Run>();
let begunSoFar = 0;

export async function importFile(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = ownQuery(request);
  onlyKnown(query, ['count', 'sha256']);
  const bytes = bodyOf(request);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const texts = bytes.toString('utf8').split('\n');
  const count = texts.filter((text) => text.trim() !== '').length;
  refuseTotals({ count, sha256 }, { count: one(query, 'count'), sha256: one(query, 'sha256') });
  await sourceOf(context, request);
  if ([...runs.values()].filter(isRunning).length >= RUNS_MAX)
    throw new Refused('too-busy', `At most ${RUNS_MAX} imports run at a time. Send it again in a while.`);
  for (const [old, run] of runs) if (runs.size >= REMEMBERED_MAX && !isRunning(run)) runs.delete(old);
  begunSoFar += 1;
  const run: Run = {
    ...{ id: `${sha256.slice(0, 16)}-${begunSoFar}`, request: selfOf(request), begun: context.clock.now() },
    ...{ lines: count, sha256, done: 0, applied: 0, waiting: 0, receipts: [], wrong: [], error: undefined },
  };
  runs.set(run.id, run);
  context.jobs.begin(
    `The import ${run.id}`,
    () => work(context, request, { run, texts }),
    (error) => {
      run.error = endedEarly(run, error);
    },
  );
  const message = 'The file came whole, and its import has begun. Ask the Content-Location how far it is.';
  return reply
    .code(ACCEPTED)
    .header('content-location', `${baseOf(request)}/_import/${run.id}`)
    .type('application/fhir+json; charset=utf-8')
    .send(outcome(ACCEPTED, [{ code: 'accepted', message }]));
}

function endedEarly({ done, lines }: Run, error: unknown): Refused {
  if (error instanceof Refused) return error;
  const message = `The import was stopped by a failure after ${done} of ${lines} lines. It was recorded. Send the file again: what was applied stays as it is.`;
  return new Refused('import-failed', message);
}

type Totals = { readonly count: string | undefined; readonly sha256: string | undefined };

/** What the sender says it sent, against what came. */
function refuseTotals(came: { count: number; sha256: string }, said: Totals): void {
  if (said.count !== undefined && said.count !== String(came.count))
    throw new Refused('import-totals', `${came.count} lines came. Nothing was imported; send the whole file.`, 'count');
  if (said.sha256 !== undefined && said.sha256.toLowerCase() !== came.sha256)
    throw new Refused(
      'import-totals',
      `The file that came has the SHA-256 ${came.sha256}. Nothing was imported.`,
      'sha256',
    );
  if (came.count === 0 || came.count > LINES_MAX)
    throw new Refused('import-totals', `A file has 1 to ${LINES_MAX} lines; this has ${came.count}.`, 'count');
}

function isRunning({ done, lines, error }: Run): boolean {
  return done < lines && error === undefined;
}

export async function importStatus(
  _context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const run = runs.get((request.params as { job: string }).job);
  if (run === undefined)
    throw new Refused(
      'import-not-found',
      'This import is not known any more. Send the file again: what was applied stays as it is.',
    );
  if (run.error !== undefined) throw run.error;
  if (isRunning(run))
    return reply
      .code(ACCEPTED)
      .headers({ 'x-progress': `${run.done} of ${run.lines} lines`, 'retry-after': '1' })
      .send();
  const { begun, lines, sha256, applied, waiting, receipts, wrong } = run;
  const refused = lines - applied - waiting;
  const totals = { lines, applied, waiting, refused, sha256 };
  const answer = { transactionTime: begun, request: run.request, totals, receipts, error: wrong };
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

type Part = { readonly run: Run; readonly part: readonly Line[] };
type Sent = Awaited<ReturnType<typeof deliver>>;
type UnderWay = { readonly part: readonly Line[]; readonly sent: Promise<Sent> };

/**
 * Some parts are under way together, so that one is planned while another is stored; they are applied in the order of the file. What
 * becomes of them is looked at in that order, too: the lines of one that is refused are sent before what comes behind it is looked at.
 */
async function work(
  context: HttpContext,
  request: FastifyRequest,
  { run, texts }: { run: Run; texts: readonly string[] },
): Promise<void> {
  const underWay: UnderWay[] = [];
  const next = async () => {
    const first = underWay.shift();
    if (first !== undefined) await settle(context, request, { run, part: first.part, sent: first.sent });
  };
  try {
    for (const part of partsOf(run, texts)) {
      // The same resource twice is written in the order of the file, also when its lines are sent one by one.
      while (underWay.length >= PARTS_AT_ONCE || (underWay.length > 0 && sharesWith(part, underWay))) await next();
      const sent = sendPart(context, request, part);
      // It may fail before its turn to be looked at has come; then it is told.
      sent.catch(() => undefined);
      underWay.push({ part, sent });
    }
    while (underWay.length > 0) await next();
  } finally {
    // What ended this is told; those still under way have ended by the same, or are applied.
    await Promise.allSettled(underWay.map(({ sent }) => sent));
  }
}

function* partsOf(run: Run, texts: readonly string[]): Generator<readonly Line[]> {
  let part: Line[] = [];
  for (const [index, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const line = lineOf(text, index + 1);
    if ('outcome' in line) note(run, line);
    else part.push(line);
    if (part.length < LINES_A_PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function sharesWith(part: readonly Line[], underWay: readonly UnderWay[]): boolean {
  const names = new Set(underWay.flatMap((one) => one.part.map(({ type, id }) => `${type}/${id}`)));
  return part.some(({ type, id }) => names.has(`${type}/${id}`));
}

function lineOf(text: string, number: number): Line | Wrong {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return wrongLine(number, 'json-malformed', 'The line is not JSON. Write each resource in one line.');
  }
  const { resourceType, id } = isObject(parsed as never) ? (parsed as { resourceType?: unknown; id?: unknown }) : {};
  if (typeof resourceType !== 'string' || typeof id !== 'string')
    return wrongLine(number, 'import-line', 'Each line is a resource with its resourceType and its id.');
  return { number, text, type: resourceType, id };
}

function wrongLine(line: number, code: string, message: string): Wrong {
  return { line, status: BAD_REQUEST, outcome: JSON.parse(outcome(BAD_REQUEST, [{ code, message }])) };
}

function note(run: Run, wrong: Wrong): void {
  run.done += 1;
  if (run.wrong.length < WRONG_TOLD_MAX) run.wrong.push(wrong);
}

function sendPart(context: HttpContext, request: FastifyRequest, part: readonly Line[]): Promise<Sent> {
  const entries = part.map(
    ({ text, type, id }) => `{"resource":${text},"request":{"method":"PUT","url":"${type}/${encodeURIComponent(id)}"}}`,
  );
  const bytes = Buffer.from(`{"resourceType":"Bundle","type":"transaction","entry":[${entries.join(',')}]}`);
  return deliver(context, request, { bytes, interaction: { kind: 'transaction', type: undefined, id: undefined } });
}

/** Nobody reads what a transaction answers here: only what became of it counts. */
async function settle(
  context: HttpContext,
  request: FastifyRequest,
  { run, part, sent }: Part & Pick<UnderWay, 'sent'>,
): Promise<void> {
  const { receipt, plan } = await sent;
  run.receipts.push(receipt);
  if (plan?.state === 'rejected') return sendLines(context, request, { run, part });
  if (plan?.state === 'applied') run.applied += part.length;
  else run.waiting += part.length;
  run.done += part.length;
}

async function sendLines(context: HttpContext, request: FastifyRequest, { run, part }: Part): Promise<void> {
  await Promise.all(
    part.map(async ({ number, text, type, id }) => {
      const interaction = { kind: 'update', type, id } as const;
      const written = await write(context, request, { bytes: Buffer.from(text), interaction });
      noteReceipt(run, written);
      if (written.status === ACCEPTED) run.waiting += 1;
      else if (written.status === OK || written.status === CREATED) run.applied += 1;
      else return note(run, { line: number, status: written.status, outcome: JSON.parse(written.text) });
      run.done += 1;
    }),
  );
}

function noteReceipt(run: Run, { headers }: Written): void {
  const receipt = Number(headers['vouch-receipt']);
  if (Number.isInteger(receipt)) run.receipts.push(receipt);
}

export const IMPORT_ROUTES = [['GET', `${BASE_FHIR}/_import/:job`, importStatus]] as const;
