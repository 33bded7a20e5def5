// FHIR reads: read, vread, $explain, $statements. Stored text goes out as it is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { readLedgerSize, readStatementTexts } from '../operate/reader.ts';
import * as record from '../record/reader.ts';
import type { StoredVersion } from '../record/types.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { gone, knownVersion } from './current.ts';
import { explainAnswer } from './explain.ts';
import { FHIR_JSON } from './fhir-bundle.ts';
import { FORM_PARAMETERS } from './fhir-form.ts';
import { one, onlyKnown, queryOf } from './query.ts';

type Params = { readonly type: string; readonly id: string; readonly version: string };
const ETAGS = /"(\d{1,9})"/g;
const SECOND_MS = 1_000;
const OK = 200;
const NOT_MODIFIED = 304;

export async function read(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  const query = queryOf(request);
  onlyKnown(query, ['_asOf', ...FORM_PARAMETERS]);
  if (one(query, '_summary') === 'count')
    throw new Refused(
      'form-value',
      'A read is of one resource; "_summary=count" is for searches and histories.',
      '_summary',
    );
  const asOf = one(query, '_asOf');
  const size = asOf === undefined ? undefined : await sizeAt(context, asOf);
  const found = await knownVersion(context, { type, id }, size);
  return sendVersion(request, reply, found);
}

/** `_asOf`, or another parameter like it, as a ledger size: a number is one, a time is looked up. */
export async function sizeAt(context: HttpContext, asOf: string, parameter = '_asOf'): Promise<number> {
  const size = await readLedgerSize(context.db);
  if (/^\d+$/.test(asOf)) {
    if (Number(asOf) > size)
      throw new Refused(
        'as-of-future',
        `The ledger has ${size} entries; "${parameter}" cannot be beyond that.`,
        parameter,
      );
    return Number(asOf);
  }
  const time = Date.parse(asOf);
  if (Number.isNaN(time) || !/[Zz]|[+-]\d{2}:?\d{2}$/.test(asOf)) {
    throw new Refused(
      'as-of-value',
      `"${parameter}" takes a ledger size, or a time with its zone such as 2026-03-02T14:05:00Z.`,
      parameter,
    );
  }
  return Math.min(size, await record.readSizeAt(context.db, new Date(time).toISOString()));
}

export async function vread(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id, version } = request.params as Params;
  onlyKnown(queryOf(request), FORM_PARAMETERS);
  const found = /^\d{1,9}$/.test(version)
    ? await record.readVersion(context.db, { type, id }, Number(version))
    : undefined;
  if (found === undefined)
    throw new Refused('version-not-found', `This ${type} has no version "${version.slice(0, 20)}".`);
  return sendVersion(request, reply, found);
}

function sendVersion(request: FastifyRequest, reply: FastifyReply, version: StoredVersion): FastifyReply {
  const { type, id, deleted } = version;
  if (deleted) {
    reply.header('etag', `W/"${version.version}"`);
    throw gone({ type, id });
  }
  reply.headers(versionHeaders(version));
  if (isKnown(request, version)) return reply.code(NOT_MODIFIED).send();
  return reply.code(OK).type(FHIR_JSON).send(version.text);
}

/** Whether the caller has it already. If-None-Match decides where both are given (RFC 9110, 13.2.2). */
function isKnown(request: FastifyRequest, { version, at }: StoredVersion): boolean {
  const match = request.headers['if-none-match'];
  if (match !== undefined)
    return match.trim() === '*' || [...match.matchAll(ETAGS)].some(([, etag]) => Number(etag) === version);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  // The header has no fractions of a second.
  return Math.floor(Date.parse(at) / SECOND_MS) * SECOND_MS <= since;
}

export function versionHeaders(version: Pick<StoredVersion, 'type' | 'id' | 'version' | 'at'>): {
  readonly [header: string]: string;
} {
  return {
    etag: `W/"${version.version}"`,
    'last-modified': new Date(version.at).toUTCString(),
    'content-location': `${BASE_FHIR}/${version.type}/${version.id}/_history/${version.version}`,
  };
}

export async function explain(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as Params;
  const query = queryOf(request);
  onlyKnown(query, ['path', '_asOf', '_after', '_format', '_pretty']);
  const path = one(query, 'path');
  if (path === undefined) throw new Refused('explain-path', 'Say which element: $explain?path=birthDate.', 'path');
  const asOf = one(query, '_asOf');
  const answer = await explainAnswer(context, {
    id,
    path,
    size: asOf === undefined ? undefined : await sizeAt(context, asOf),
    after: one(query, '_after'),
  });
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

export async function statements(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  const ids = type === 'Patient' ? await record.readSubjectIds(context.db, [id]) : [id];
  const rows = await readStatementTexts(context.db, type, ids);
  if (rows.length === 0) throw new Refused('not-found', `Nobody has said anything about this ${type}.`, `${type}.id`);
  const entries = rows.map(({ text, ...row }) => `${JSON.stringify(row).slice(0, -1)},"resource":${text}}`);
  return reply.type('application/json; charset=utf-8').send(`{"statements":[${entries.join(',')}]}`);
}
