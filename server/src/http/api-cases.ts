// Cases: what waits for a person, page by page, and one by its id.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import { countCases, isUnsettled, placeOf, readCase, readCases, readPlace } from '../operate/case-reader.ts';
import { CASE_KINDS } from '../operate/case-summary.ts';
import { readTimeOf } from '../operate/reader.ts';
import type { CasePage, CaseSummary } from '../operate/types.ts';
import type { HarmClass } from '../truth/types.ts';
import { json } from './api-answer.ts';
import { conflictOf } from './case-conflict.ts';
import { caseTold } from './case-told.ts';
import { BASE_API, type HttpContext } from './context.ts';
import { sizeAt } from './fhir-read.ts';
import { one, onlyKnown, type Query, queryOf, wholeNumber } from './query.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 500;
const MS_PER_SECOND = 1_000;
/** A hundred years. */
const AGE_SECONDS_MAX = 3_155_760_000;
const HARMS = ['H0', 'H1', 'H2', 'H3'] as const satisfies readonly HarmClass[];
const YES_OR_NO = ['true', 'false'] as const;
const STATES = ['open', 'closed'] as const satisfies readonly CaseSummary['state'][];

export async function getCases(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['state', 'kind', 'harm', 'olderThan', 'overdue', 'limit', 'after', 'asOf']);
  const state = known(query, 'state', STATES) ?? 'open';
  const kind = known(query, 'kind', CASE_KINDS);
  const harm = known(query, 'harm', HARMS);
  const older = one(query, 'olderThan');
  const olderThan = older === undefined ? undefined : wholeNumber(older, 'olderThan', AGE_SECONDS_MAX);
  const limit = wholeNumber(one(query, 'limit') ?? String(PAGE_DEFAULT), 'limit', PAGE_MAX);
  const after = one(query, 'after');
  const place = after === undefined ? undefined : readPlace(after);
  const overdue = known(query, 'overdue', YES_OR_NO);
  const { size, now: moment } = await whenAsked(context, query);
  const now = place?.now ?? moment;
  const waitingSince = olderThan === undefined ? undefined : secondsBefore(now, olderThan);
  const filter = {
    state,
    kind,
    harm,
    now,
    waitingSince,
    overdue: overdue === undefined ? undefined : overdue === 'true',
    after: place,
    asOf: size,
  };
  const rows = await readCases(context.db, { ...filter, limit: limit + 1 });
  const { kinds, overdue: late } = await countCases(context.db, state, { now, asOf: size });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const page: CasePage = {
    cases: shown.map((row) => caseTold(row, now)),
    total: Object.values(kinds).reduce((all, count) => all + count, 0),
    kinds,
    overdue: late,
    next: last && nextPage({ state, kind, harm, olderThan, overdue, limit, asOf: size, after: placeOf(last, now) }),
  };
  return json(reply, page);
}

export async function getCase(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['asOf']);
  const { id } = request.params as { id: string };
  const { size, now } = await whenAsked(context, query);
  const row = await readCase(context.db, id, { now, asOf: size });
  if (row === undefined)
    throw new Refused(
      'case-not-found',
      `There is no case "${id.slice(0, 40)}"${size === undefined ? '' : ' as of then'}.`,
    );
  const summary = caseTold(row, now);
  const conflict = await conflictOf(context, summary, { size, rule: row.detail.handling });
  return json(reply, { ...summary, conflict });
}

type Asked = { readonly size: number | undefined; readonly now: Instant };

/** `asOf`, and the moment from which ages are told. */
async function whenAsked(context: HttpContext, query: Query): Promise<Asked> {
  const asOf = one(query, 'asOf');
  if (asOf === undefined) return { size: undefined, now: context.clock.now() };
  const size = await sizeAt(context, asOf, 'asOf');
  if (await isUnsettled(context.db, size))
    throw new Refused(
      'as-of-unsettled',
      'Receipts from before then are still being worked on, so what stood then is not known yet. Ask again in a moment.',
      'asOf',
    );
  return { size, now: await readTimeOf(context.db, size) };
}

function known<const Known extends string>(query: Query, name: string, values: readonly Known[]): Known | undefined {
  const given = one(query, name);
  const found = values.find((value) => value === given);
  if (given !== undefined && found === undefined)
    throw new Refused('search-value', `"${name}" is one of ${values.join(', ')}.`, name);
  return found;
}

function secondsBefore(now: Instant, seconds: number): Instant {
  return new Date(Date.parse(now) - seconds * MS_PER_SECOND).toISOString() as Instant;
}

/** The same question, from where the page ended. */
function nextPage(asked: { readonly [parameter: string]: string | number | undefined }): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, String(value));
  return `${BASE_API}/cases?${query}`;
}
