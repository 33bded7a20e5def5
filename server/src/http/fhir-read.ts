// FHIR reads: read, vread, history, search, $explain, $statements. Stored text goes out as it is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { readLedgerSize, readStatementTexts } from '../operate/reader.ts';
import * as record from '../record/reader.ts';
import { renderAfter, searchType } from '../record/search-type.ts';
import type { SearchTerm, StoredVersion } from '../record/types.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { explainAnswer } from './explain.ts';
import { one, onlyKnown, queryOf } from './query.ts';

type Params = { readonly type: string; readonly id: string; readonly version: string };
const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const HISTORY_DEFAULT = 50;
const HISTORY_MAX = 500;
const REPLACED_BY = /"link":\[\{"other":\{"reference":"Patient\/([A-Za-z0-9\-.]{1,64})"\},"type":"replaced-by"\}\]/;
const REDIRECTS_MAX = 10;

export async function read(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  const query = queryOf(request);
  onlyKnown(query, ['_asOf', '_format', '_pretty']);
  const found = await findVersion(context, { type, id }, one(query, '_asOf'));
  if (found === undefined)
    throw new Refused(
      'not-found',
      `There is no ${type} with this id${one(query, '_asOf') === undefined ? '' : ' as of then'}.`,
      `${type}.id`,
    );
  if (found.deleted)
    throw new Refused('gone', `This ${type} was deleted. What it said stands in its _history.`, `${type}.id`);
  return sendVersion(reply, found);
}

async function findVersion(
  context: HttpContext,
  resource: { type: string; id: string },
  asOf: string | undefined,
): Promise<StoredVersion | undefined> {
  const { db } = context;
  if (asOf === undefined) {
    const id =
      resource.type === 'Patient' ? ((await record.readPersonId(db, resource.id)) ?? resource.id) : resource.id;
    return record.readVersionAt(db, { type: resource.type, id });
  }
  const size = await sizeAt(context, asOf);
  // As of then, the id may have led to another person than it does now: the signposts of that time are followed.
  let id = resource.id;
  for (let step = 0; step < REDIRECTS_MAX; step += 1) {
    const found = await record.readVersionAt(db, { type: resource.type, id }, size);
    const next = found === undefined || resource.type !== 'Patient' ? undefined : REPLACED_BY.exec(found.text)?.[1];
    if (next === undefined) return found;
    id = next;
  }
  return undefined;
}

/** `_asOf` as a ledger size: a number is one, a time is looked up. */
export async function sizeAt(context: HttpContext, asOf: string): Promise<number> {
  const size = await readLedgerSize(context.db);
  if (/^\d+$/.test(asOf)) {
    if (Number(asOf) > size)
      throw new Refused('as-of-future', `The ledger has ${size} entries; "_asOf" cannot be beyond that.`, '_asOf');
    return Number(asOf);
  }
  const time = Date.parse(asOf);
  if (Number.isNaN(time) || !/[Zz]|[+-]\d{2}:?\d{2}$/.test(asOf)) {
    throw new Refused(
      'as-of-value',
      '"_asOf" takes a ledger size, or a time with its zone such as 2026-03-02T14:05:00Z.',
      '_asOf',
    );
  }
  return Math.min(size, await record.readSizeAt(context.db, new Date(time).toISOString()));
}

export async function vread(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, id, version } = request.params as Params;
  onlyKnown(queryOf(request), ['_format', '_pretty']);
  const found = /^\d{1,9}$/.test(version)
    ? await record.readVersion(context.db, { type, id }, Number(version))
    : undefined;
  if (found === undefined)
    throw new Refused('version-not-found', `This ${type} has no version "${version.slice(0, 20)}".`);
  return sendVersion(reply, found);
}

function sendVersion(reply: FastifyReply, version: StoredVersion): FastifyReply {
  return reply.code(200).headers(versionHeaders(version)).type(FHIR_JSON).send(version.text);
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

export async function history(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as Params;
  const query = queryOf(request);
  onlyKnown(query, ['_count', '_before', '_format', '_pretty']);
  const limit = Math.min(Number(one(query, '_count') ?? HISTORY_DEFAULT), HISTORY_MAX);
  const before = Number(one(query, '_before') ?? Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(before))
    throw new Refused('search-value', '"_count" takes a whole number.', '_count');
  const versions = await record.readHistory(
    context.db,
    { type, id },
    { before: Math.min(before, 2 ** 31 - 1), limit: limit + 1 },
  );
  if (versions.length === 0) throw new Refused('not-found', `There is no ${type} with this id.`, `${type}.id`);
  const page = versions.slice(0, limit);
  const last = page.at(-1);
  const next =
    versions.length > limit && last !== undefined
      ? `${BASE_FHIR}/${type}/${id}/_history?_count=${limit}&_before=${last.version}`
      : undefined;
  const entries = page.map((version) =>
    entryText(
      version,
      `,"request":{"method":"${version.version === 1 ? 'POST' : 'PUT'}","url":"${type}/${id}"},"response":{"status":"${version.version === 1 ? 201 : 200}","etag":"W/\\"${version.version}\\"","lastModified":"${version.at}"}`,
    ),
  );
  return reply.type(FHIR_JSON).send(bundle('history', { self: request.url, next, entries }));
}

export async function search(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type } = request.params as Params;
  const query = queryOf(request);
  const asked = searchType(type, query);
  const terms = await Promise.all(asked.terms.map((term) => widen(context, type, term)));
  const page = await record.search(context.db, { ...asked, terms });
  const rest = query.filter(([name]) => name !== '_after');
  const next =
    page.next === undefined
      ? undefined
      : `${BASE_FHIR}/${type}?${new URLSearchParams([...rest.map(([name, value]): [string, string] => [name, value]), ['_after', renderAfter(page.next)]])}`;
  const entries = page.versions.map((version) => entryText(version, ',"search":{"mode":"match"}'));
  return reply.type(FHIR_JSON).send(bundle('searchset', { self: request.url, next, entries }));
}

/** A patient is looked for under every id that ever stood for one of the person's source subjects. */
async function widen(context: HttpContext, type: string, term: SearchTerm): Promise<SearchTerm> {
  if (term.kind === 'subject') return { ...term, ids: await record.readSubjectIds(context.db, term.ids) };
  if (term.kind !== 'id' || type !== 'Patient') return term;
  const persons = await Promise.all(term.ids.map((id) => record.readPersonId(context.db, id)));
  return { ...term, ids: term.ids.map((id, index) => persons[index] ?? id) };
}

function entryText(version: StoredVersion, more: string): string {
  return `{"fullUrl":"${BASE_FHIR}/${version.type}/${version.id}","resource":${version.text}${more}}`;
}

function bundle(
  type: string,
  { self, next, entries }: { self: string; next: string | undefined; entries: readonly string[] },
): string {
  const links = [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])];
  return `{"resourceType":"Bundle","type":"${type}","link":${JSON.stringify(links)},"entry":[${entries.join(',')}]}`;
}

export async function explain(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as Params;
  const query = queryOf(request);
  onlyKnown(query, ['path', '_asOf', '_format', '_pretty']);
  const path = one(query, 'path');
  if (path === undefined) throw new Refused('explain-path', 'Say which element: $explain?path=birthDate.', 'path');
  const asOf = one(query, '_asOf');
  const answer = await explainAnswer(context, {
    id,
    path,
    size: asOf === undefined ? undefined : await sizeAt(context, asOf),
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
