// $export: the record as NDJSON files, as of one ledger size. A job is all in its address: what it gives is a function of the ledger
// size and the parameters, so that any process can go on with it, and a file is the same however often it is fetched.
// https://hl7.org/fhir/uv/bulkdata/export.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { parseFaithful } from '../base/json.ts';
import { isResourceType, RESOURCE_TYPES } from '../fhir/index.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import { type ExportScope, measureBatch, readTexts } from '../record/export-reader.ts';
import * as record from '../record/reader.ts';
import { compartmentTypes } from '../search/index.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { baseOf, selfOf } from './fhir-bundle.ts';
import { rangeIn } from './fhir-history.ts';
import { objectIn, objectsIn, operationQuery } from './fhir-parameters.ts';
import { outcome } from './problem.ts';
import { one, onlyKnown, queryOf } from './query.ts';

type Job = {
  readonly size: number;
  readonly request: string;
  readonly types: readonly string[];
  readonly since?: string;
  readonly level: 'system' | 'patient' | 'group';
  readonly group?: string;
};
type File = { readonly type: string; readonly after: string; through: string; count: number; sizeBytes: number };
type Run = { typesDone: number; resources: number; files: readonly File[] | undefined; error: unknown };

const NDJSON = 'application/fhir+ndjson';
const FORMATS: readonly (string | undefined)[] = [undefined, NDJSON, 'application/ndjson', 'ndjson'];
const FILE_RESOURCES_MAX = 10_000;
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const JOBS_MAX = 4;
const REMEMBERED_MAX = 100;
const ACCEPTED = 202;
const PARTIAL = 206;
const RANGE = /^bytes=(\d{1,12})-(\d{1,12})?$/;
const PARAMETERS = ['_type', '_since', '_outputFormat'];

const runs = new Map<string, Run>();

export function exportOf(level: Job['level']) {
  return async (context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = operationQuery(request);
    onlyKnown(query, PARAMETERS);
    if (!/respond-async/i.test(String(request.headers['prefer'] ?? '')))
      throw new Refused(
        'operation-parameters',
        'An export takes a while: ask with the header "Prefer: respond-async".',
        'Prefer',
      );
    if (!FORMATS.includes(one(query, '_outputFormat')?.replace(' ', '+')))
      throw new Refused('operation-parameters', `Exports are written as ${NDJSON}.`, '_outputFormat');
    const types = typesOf(
      level,
      query.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(',')),
    );
    const since = rangeIn(query, '_since')?.from;
    const { id } = request.params as { id?: string };
    if (level === 'group') await patientsOfGroup(context, id ?? '');
    const size = await readLedgerSize(context.db);
    const job: Job = {
      ...{ size, request: selfOf(request), types, level },
      ...(since === undefined ? {} : { since }),
      ...(id === undefined ? {} : { group: id }),
    };
    const token = Buffer.from(JSON.stringify(job)).toString('base64url');
    start(context, token, job);
    const message = 'The export has begun. Ask the Content-Location how far it is.';
    return reply
      .code(ACCEPTED)
      .header('content-location', `${baseOf(request)}/_export/${token}`)
      .type('application/fhir+json; charset=utf-8')
      .send(outcome(ACCEPTED, [{ code: 'accepted', message }]));
  };
}

function typesOf(level: Job['level'], asked: readonly string[]): readonly string[] {
  const all = level === 'system' ? RESOURCE_TYPES : (compartmentTypes('Patient') ?? []);
  const wrong = asked.find((type) => !all.includes(type));
  if (wrong !== undefined)
    throw new Refused('operation-parameters', `"${wrong.slice(0, 64)}" is no type of such an export.`, '_type');
  // Nothing asked is said as nothing: an address with every type in it would be long.
  return [...new Set(asked)];
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
  const texts = await readTexts(context.db, await scopeOf(context, job, type), part);
  // Stored texts keep the line breaks they came with, which stand between tokens only: within strings they are escaped.
  const bytes = Buffer.from(texts.map((text) => `${text.replaceAll(/[\r\n]+/g, ' ')}\n`).join(''));
  reply.headers({ 'accept-ranges': 'bytes', etag: `"${job.size}"` }).type(NDJSON);
  const [, from, to] = RANGE.exec(request.headers.range ?? '') ?? [];
  if (from === undefined || Number(from) >= bytes.length) return reply.send(bytes);
  const last = Math.min(Number(to ?? bytes.length - 1), bytes.length - 1);
  reply.header('content-range', `bytes ${from}-${last}/${bytes.length}`);
  return reply.code(PARTIAL).send(bytes.subarray(Number(from), last + 1));
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
  if (types.length > 0) return types;
  return level === 'system' ? RESOURCE_TYPES : (compartmentTypes('Patient') ?? []);
}

/** The run of a job in this process, begun if there is none. */
function start(context: HttpContext, token: string, job: Job): Run {
  const known = runs.get(token);
  if (known !== undefined) return known;
  if ([...runs.values()].filter(({ files, error }) => files === undefined && error === undefined).length >= JOBS_MAX)
    throw new Refused('too-busy', `At most ${JOBS_MAX} exports are prepared at a time. Ask again in a while.`);
  for (const [old, { files }] of runs) if (runs.size >= REMEMBERED_MAX && files !== undefined) runs.delete(old);
  const run: Run = { typesDone: 0, resources: 0, files: undefined, error: undefined };
  runs.set(token, run);
  measure(context, job, { run, isWanted: () => runs.get(token) === run }).catch((error: unknown) => {
    run.error = error;
  });
  return run;
}

async function measure(
  context: HttpContext,
  job: Job,
  { run, isWanted }: { run: Run; isWanted: () => boolean },
): Promise<void> {
  const files: File[] = [];
  for (const type of allTypes(job)) {
    const scope = await scopeOf(context, job, type);
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

async function scopeOf(context: HttpContext, job: Job, type: string): Promise<ExportScope> {
  const { size, since, level, group = '' } = job;
  const patients = level === 'system' ? undefined : level === 'patient' ? 'any' : await patientsOfGroup(context, group);
  return { type, size, since, patients };
}

async function patientsOfGroup({ db }: HttpContext, id: string): Promise<readonly string[]> {
  const found = await record.readVersionAt(db, { type: 'Group', id });
  if (found === undefined || found.deleted)
    throw new Refused('not-found', 'There is no Group with this id.', 'Group.id');
  const members = objectsIn(objectIn(parseFaithful(found.text))?.['member']).filter(
    ({ inactive }) => inactive !== true,
  );
  const ids = members.flatMap(
    (member) => /^Patient\/([^/]+)$/.exec(String(objectIn(member['entity'])?.['reference']))?.[1] ?? [],
  );
  return record.readSubjectIds(db, ids);
}

export const EXPORT_ROUTES = [
  ['GET', `${BASE_FHIR}/_export/:job`, exportStatus],
  ['DELETE', `${BASE_FHIR}/_export/:job`, exportCancel],
  ['GET', `${BASE_FHIR}/_export/:job/:type`, exportFile],
] as const;
