// FHIR searches: of a type, of everything, of a compartment; on the address or in a form. Stored text goes out as it is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { isResourceType } from '../fhir/index.ts';
import { type Found, type SearchAsked, understand, writeCursor } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf, bundleText, entryText, FHIR_JSON, ignoredEntry } from './fhir-bundle.ts';
import { asOfParameter, searchWhen, whenOf } from './fhir-past.ts';
import { type Query, queryOf } from './query.ts';

type Params = { readonly type?: string; readonly id?: string; readonly inner?: string };
type Place = { readonly path: string } & Pick<SearchAsked, 'type' | 'compartment'>;

const FORM = 'application/x-www-form-urlencoded';

/** `GET /Type?…`, `GET /?…`, `GET /Type/id/Inner?…`. */
export async function searchByGet(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return answer(context, placeOf(request), { request, reply, query: queryOf(request) });
}

/** `POST /Type/_search`: parameters in a form, so that they stand in no address and no log. */
export async function searchByPost(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const sent = (request.headers['content-type'] ?? FORM).split(';')[0]?.trim();
  if (sent !== FORM) throw new Refused('content-type', `A search comes as ${FORM}.`, 'Content-Type');
  const form = Buffer.isBuffer(request.body) ? [...new URLSearchParams(request.body.toString('utf8'))] : [];
  return answer(context, placeOf(request), { request, reply, query: [...queryOf(request), ...form] });
}

/** https://hl7.org/fhir/R4/http.html#prefer: without a word, what is not known is refused. */
export function isLenient(request: FastifyRequest): boolean {
  return /(?:^|[,;\s])handling\s*=\s*"?lenient\b/i.test(String(request.headers['prefer'] ?? ''));
}

function placeOf(request: FastifyRequest): Place {
  const { type, id, inner } = request.params as Params;
  if (type === undefined) return { path: '', type: undefined };
  if (id === undefined) return { path: `/${type}`, type };
  if (inner !== '*' && !isResourceType(inner ?? ''))
    throw new Refused('not-found', `"${(inner ?? '').slice(0, 40)}" is not a FHIR R4 resource type.`);
  return {
    path: `/${type}/${id}/${inner}`,
    type: inner === '*' ? undefined : inner,
    compartment: { type, id },
  };
}

async function answer(
  context: HttpContext,
  { path, ...place }: Place,
  { request, reply, query }: { request: FastifyRequest; reply: FastifyReply; query: Query },
): Promise<FastifyReply> {
  const base = baseOf(request);
  const when = await whenOf(context, query, base);
  const asked = await understand(context.db, { ...place, query: when.rest, lenient: isLenient(request) }, when.world);
  const page = await searchWhen(context, asked, when);
  const applied = [...asked.applied, ...asOfParameter(when)];
  const others = applied.filter(([name]) => name !== '_after');
  const next =
    page.next === undefined ? undefined : addressOf(`${base}${path}`, [...others, ['_after', writeCursor(page.next)]]);
  const ignored = [...asked.ignored];
  if (page.includedCut)
    ignored.push({
      parameter: '_include',
      reason: 'More is referred to than one page holds. Ask for smaller pages with _count.',
    });
  const entries = [
    ...page.matches.map((one) => matchText(base, one)),
    ...page.included.map((one) => entryText(base, one, ',"search":{"mode":"include"}')),
    ...(ignored.length === 0 ? [] : [ignoredEntry(ignored)]),
  ];
  const self = addressOf(`${base}${path}`, applied);
  return reply.type(FHIR_JSON).send(bundleText({ type: 'searchset', self, next, total: page.total, entries }));
}

/** A contained resource is told by its container's address and its own id behind it. */
function matchText(base: string, found: Found): string {
  const { id, contained } = found;
  const named = contained === undefined ? found : { ...found, id: `${id}#${contained}` };
  return entryText(base, named, ',"search":{"mode":"match"}');
}

function addressOf(address: string, query: Query): string {
  const parameters = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]));
  return parameters.size === 0 ? address : `${address}?${parameters}`;
}
