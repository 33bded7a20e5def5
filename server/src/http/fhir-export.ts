// $export: the record as NDJSON files, as of one ledger size. A job is all in its address: what it gives is a function of the ledger
// size and the parameters, so that any process can go on with it, and a file is the same however often it is fetched.
// https://hl7.org/fhir/uv/bulkdata/export.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isResourceType } from '../fhir/index.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import { measureBatch, readTexts } from '../record/export-reader.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { baseOf, selfOf } from './fhir-bundle.ts';
import { exportAsked, type Job, type Level, typesAt } from './fhir-export-job.ts';
import { patientsOf, scopeOf, type Told } from './fhir-export-scope.ts';
import { partOf } from './fhir-summary.ts';
import { outcome } from './problem.ts';
import { one, onlyKnown, queryOf } from './query.ts';
import { wholeWorld } from './search-world.ts';

type File = { readonly type: string; readonly after: string; through: string; count: number; sizeBytes: number };
type Run = Told & {
  typesDone: number;
  resources: number;
  files: readonly File[] | undefined;
  error: Refused | undefined;
};

const NDJSON = 'application/fhir+ndjson';
const FILE_RESOURCES_MAX = 10_000;
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const JOBS_MAX = 4;
const REMEMBERED_MAX = 100;
const ACCEPTED = 202;
const PARTIAL = 206;
const RANGE = /^bytes=(\d{1,12})-(\d{1,12})?$/;
const TOKEN_CHARS_MAX = 3_500;

const runs = new Map<string, Run>();

export function exportOf(level: Level) {
  return async (context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = exportAsked(request, level, await wholeWorld(context, context.clock));
    if (!/respond-async/i.test(String(request.headers['prefer'] ?? '')))
      throw new Refused(
        'operation-parameters',
        'An export takes a while: ask with the header "Prefer: respond-async".',
        'Prefer',
      );
    const { id } = request.params as { id?: string };
    const size = await readLedgerSize(context.db);
    const job: Job = { size, request: selfOf(request), level, ...asked, ...(id === undefined ? {} : { group: id }) };
    await patientsOf(context, job);
    const token = Buffer.from(JSON.stringify(job)).toString('base64url');
    if (token.length > TOKEN_CHARS_MAX)
      throw new Refused(
        'operation-parameters',
        'The export is asked for with more than an address holds. Ask for less, or in parts.',
      );
    start(context, token, job);
    const message = 'The export has begun. Ask the Content-Location how far it is.';
    return reply
      .code(ACCEPTED)
      .header('content-location', `${baseOf(request)}/_export/${token}`)
      .type('application/fhir+json; charset=utf-8')
      .send(outcome(ACCEPTED, [{ code: 'accepted', message }]));
  };
}

/** 202 with progress while the files are measured out, then the manifest. */
export async function exportStatus(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { job: token } = request.params as { job: string };
  const job = jobOf(token);
  const run = start(context, token, job);
  if (run.error !== undefined) {
    runs.delete(token);
    throw run.error;
  }
  if (run.files === undefined)
    return reply
      .code(ACCEPTED)
      .headers({
        'x-progress': `${run.typesDone} of ${allTypes(job).length} types, ${run.resources} resources`,
        'retry-after': '1',
      })
      .send();
  const output = run.files.map(({ type, after, through, count }) => ({
    type,
    url: `${baseOf(request)}/_export/${token}/${type}?${new URLSearchParams({ after, through })}`,
    count,
  }));
  const transactionTime = await readTimeOf(context.db, job.size);
  const manifest = { transactionTime, request: job.request, requiresAccessToken: false, output, error: [] };
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(manifest));
}

/** Nothing is kept of a job but what was measured; that is forgotten. */
export async function exportCancel(
  _context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { job } = request.params as { job: string };
  jobOf(job);
  runs.delete(job);
  return reply.code(ACCEPTED).send();
}

/** One file; a download that broke off goes on with `Range`. */
export async function exportFile(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { job: token, type } = request.params as { job: string; type: string };
  const job = jobOf(token);
  const query = queryOf(request);
  onlyKnown(query, ['after', 'through']);
  const part = { after: one(query, 'after') ?? '', through: one(query, 'through') ?? '' };
  const texts = await readTexts(
    context.db,
    await scopeOf(context, { job, run: start(context, token, job) }, type),
    part,
  );
  const wanted = wantedOf(job, type);
  // Stored texts keep the line breaks they came with, which stand between tokens only: within strings they are escaped.
  const lines = texts.map((text) => `${wanted(text).replaceAll(/[\r\n]+/g, ' ')}\n`);
  const bytes = Buffer.from(lines.join(''));
  reply.headers({ 'accept-ranges': 'bytes', etag: `"${job.size}"` }).type(NDJSON);
  const [, from, to] = RANGE.exec(request.headers.range ?? '') ?? [];
  if (from === undefined || Number(from) >= bytes.length) return reply.send(bytes);
  const last = Math.min(Number(to ?? bytes.length - 1), bytes.length - 1);
  reply.header('content-range', `bytes ${from}-${last}/${bytes.length}`);
  return reply.code(PARTIAL).send(bytes.subarray(Number(from), last + 1));
}

/** Texts whole, or by `_elements` in part. Those that name other types say nothing of this one. */
function wantedOf({ elements = [] }: Job, type: string): (text: string) => string {
  const own = elements.filter((name) => !name.includes('.') || name.startsWith(`${type}.`));
  return own.length === 0 ? (text) => text : (text) => partOf(text, { summary: undefined, elements: own });
}

function jobOf(token: string): Job {
  try {
    const job = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Job;
    const isSound = Number.isSafeInteger(job.size) && Array.isArray(job.types) && job.types.every(isResourceType);
    if (isSound && typeof job.request === 'string' && ['system', 'patient', 'group'].includes(job.level)) return job;
  } catch {
    // Not one of ours: it is told below.
  }
  throw new Refused('export-not-found', 'There is no such export. Start one at $export.');
}

function allTypes({ level, types }: Job): readonly string[] {
  return types.length > 0 ? types : typesAt(level);
}

/** The run of a job in this process, begun if there is none. */
function start(context: HttpContext, token: string, job: Job): Run {
  const known = runs.get(token);
  if (known !== undefined) return known;
  if ([...runs.values()].filter(({ files, error }) => files === undefined && error === undefined).length >= JOBS_MAX)
    throw new Refused('too-busy', `At most ${JOBS_MAX} exports are prepared at a time. Ask again in a while.`);
  for (const [old, { files, error }] of runs)
    if (runs.size >= REMEMBERED_MAX && (files ?? error) !== undefined) runs.delete(old);
  const run: Run = {
    typesDone: 0,
    resources: 0,
    files: undefined,
    error: undefined,
    patients: undefined,
    matches: new Map(),
  };
  runs.set(token, run);
  context.jobs.begin(
    `An export of ${job.level}`,
    () => measure(context, job, { run, isWanted: () => runs.get(token) === run }),
    (error) => {
      run.error =
        error instanceof Refused
          ? error
          : new Refused('export-failed', 'The export was stopped by a failure. It was recorded. Ask again to go on.');
    },
  );
  return run;
}

async function measure(
  context: HttpContext,
  job: Job,
  { run, isWanted }: { run: Run; isWanted: () => boolean },
): Promise<void> {
  const files: File[] = [];
  // What filters found then is cheapest to tell while little was changed since.
  const filtered = allTypes(job).filter((type) => job.filters?.some((filter) => filter.startsWith(`${type}?`)));
  for (const type of filtered) await scopeOf(context, { job, run }, type);
  for (const type of allTypes(job)) {
    const scope = await scopeOf(context, { job, run }, type);
    let file: File | undefined;
    for (let after = '', isLast = false; !isLast && isWanted(); ) {
      const batch = await measureBatch(context.db, scope, after);
      for (const { id, sizeBytes, included } of batch.rows) {
        if (!included) continue;
        if (file === undefined || file.count >= FILE_RESOURCES_MAX || file.sizeBytes + sizeBytes > FILE_BYTES_MAX) {
          file = { type, after: file?.through ?? '', through: id, count: 0, sizeBytes: 0 };
          files.push(file);
        }
        Object.assign(file, { through: id, count: file.count + 1, sizeBytes: file.sizeBytes + sizeBytes });
        run.resources += 1;
      }
      after = batch.rows.at(-1)?.id ?? after;
      isLast = batch.isLast;
    }
    run.typesDone += 1;
  }
  run.files = files;
}

export const EXPORT_ROUTES = [
  ['GET', `${BASE_FHIR}/_export/:job`, exportStatus],
  ['DELETE', `${BASE_FHIR}/_export/:job`, exportCancel],
  ['GET', `${BASE_FHIR}/_export/:job/:type`, exportFile],
] as const;
