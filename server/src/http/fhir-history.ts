// Histories: of a resource, of a type, of everything; newest first, what was deleted among it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { countHistory, readHistory } from '../record/history-reader.ts';
import * as record from '../record/reader.ts';
import type { HistoryAsked, HistoryCursor, HistoryVersion } from '../record/types.ts';
import { rangeOfDate } from '../search/date-range.ts';
import type { HttpContext } from './context.ts';
import { baseOf, bundleText, FHIR_JSON, selfOf } from './fhir-bundle.ts';
import { FORM_PARAMETERS } from './fhir-form.ts';
import { one, onlyKnown, type Query, queryOf } from './query.ts';

const COUNT_DEFAULT = 50;
const COUNT_MAX = 500;
const CURSOR = /^(\d{1,15})~([A-Za-z]{1,64})~([A-Za-z0-9\-.]{1,64})~(\d{1,9})$/;

export async function history(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { type, id } = request.params as { type?: string; id?: string };
  const query = queryOf(request);
  onlyKnown(query, ['_count', '_since', '_at', '_before', ...FORM_PARAMETERS]);
  const asked = { type, id, ...periodOf(query), before: cursorOf(query), count: countOf(query) };
  if (one(query, '_summary') === 'count' || asked.count === 0) {
    const total = await countHistory(context.db, asked);
    if (total === 0) await refuseUnknown(context, asked);
    return reply
      .type(FHIR_JSON)
      .send(bundleText({ type: 'history', self: selfOf(request), next: undefined, total, entries: [] }));
  }
  const versions = await readHistory(context.db, { ...asked, count: asked.count + 1 });
  if (versions.length === 0) await refuseUnknown(context, asked);
  const page = versions.slice(0, asked.count);
  const last = page.at(-1);
  const base = baseOf(request);
  const next = versions.length > asked.count && last !== undefined ? nextOf(request, query, last) : undefined;
  const entries = page.map((version) => historyEntry(base, version));
  return reply.type(FHIR_JSON).send(bundleText({ type: 'history', self: selfOf(request), next, entries }));
}

/** An empty page of a resource that is known is an answer; a history of nothing is none. */
async function refuseUnknown({ db }: HttpContext, { type, id }: Pick<HistoryAsked, 'type' | 'id'>): Promise<void> {
  if (type === undefined || id === undefined) return;
  const known = await record.readVersionAt(db, { type, id });
  if (known === undefined) throw new Refused('not-found', `There is no ${type} with this id.`, `${type}.id`);
}

function countOf(query: Query): number {
  const asked = one(query, '_count') ?? String(COUNT_DEFAULT);
  if (!/^\d{1,9}$/.test(asked)) throw new Refused('search-value', '"_count" takes a whole number.', '_count');
  return Math.min(Number(asked), COUNT_MAX);
}

function periodOf(query: Query): Pick<HistoryAsked, 'since' | 'at'> {
  const since = rangeIn(query, '_since');
  return { since: since?.from, at: rangeIn(query, '_at') };
}

/** The period that a parameter of a time covers. */
export function rangeIn(query: Query, name: string): { from: string; to: string } | undefined {
  // A plus of a zone that was not escaped came as a space.
  const value = one(query, name)?.replace(' ', '+');
  if (value === undefined) return undefined;
  const range = rangeOfDate(value);
  if (range === undefined)
    throw new Refused('search-value', `"${name}" takes a time, such as 2026-03-02T14:05:00Z, or a date.`, name);
  return { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
}

function cursorOf(query: Query): HistoryCursor | undefined {
  const value = one(query, '_before');
  if (value === undefined) return undefined;
  const [, index, type = '', id = '', version] = CURSOR.exec(value) ?? [];
  if (index === undefined)
    throw new Refused('search-value', '"_before" takes what the next link of a history has.', '_before');
  return { index: Number(index), type, id: id as HistoryCursor['id'], version: Number(version) };
}

function nextOf(request: FastifyRequest, query: Query, { index, type, id, version }: HistoryVersion): string {
  const rest = query.filter(([name]) => name !== '_before').map(([name, value]): [string, string] => [name, value]);
  const parameters = new URLSearchParams([...rest, ['_before', `${index}~${type}~${id}~${version}`]]);
  return `${selfOf(request).split('?')[0]}?${parameters}`;
}

/** https://hl7.org/fhir/R4/http.html#history: a version that deletes has no resource. */
function historyEntry(base: string, version: HistoryVersion): string {
  const { type, id, deleted, text, at } = version;
  const { method, url, status } = requestOf(version);
  const resource = deleted ? '' : `,"resource":${text}`;
  return `{"fullUrl":"${base}/${type}/${id}"${resource},"request":{"method":"${method}","url":"${url}"},"response":{"status":"${status}","etag":"W/\\"${version.version}\\"","lastModified":"${at}"}}`;
}

/** What the write was, and how it was answered. What came by another door is told as the write that would have done the same. */
function requestOf({ type, id, version, deleted, written }: HistoryVersion) {
  const url = `${type}/${id}`;
  if (deleted) return { method: 'DELETE', url, status: '204' };
  const status = version === 1 ? '201' : '200';
  switch (written) {
    case 'create':
    case 'C':
      return { method: 'POST', url: type, status: '201' };
    case 'update':
    case 'U':
      return { method: 'PUT', url, status };
    case 'patch':
    case 'P':
      return { method: 'PATCH', url, status };
    default:
      return version === 1 ? { method: 'POST', url: type, status } : { method: 'PUT', url, status };
  }
}
