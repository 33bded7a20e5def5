// Cases: what waits for a person, page by page, and one by its id.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { countCases, placeOf, readCase, readCases, readPlace } from '../operate/case-reader.ts';
import { CASE_KINDS, caseSummary } from '../operate/case-summary.ts';
import type { CaseKind, CasePage, CaseSummary } from '../operate/types.ts';
import { json } from './api-answer.ts';
import { BASE_API, type HttpContext } from './context.ts';
import { one, onlyKnown, type Query, queryOf, wholeNumber } from './query.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 500;
const STATES = ['open', 'closed'] as const satisfies readonly CaseSummary['state'][];

export async function getCases(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['state', 'kind', 'limit', 'after']);
  const state = known(query, 'state', STATES) ?? 'open';
  const kind = known(query, 'kind', CASE_KINDS);
  const limit = wholeNumber(one(query, 'limit') ?? String(PAGE_DEFAULT), 'limit', PAGE_MAX);
  const after = one(query, 'after');
  const place = after === undefined ? undefined : readPlace(after);
  const rows = await readCases(context.db, { state, kind, after: place, limit: limit + 1 });
  const kinds = await countCases(context.db, state);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const page: CasePage = {
    cases: shown.map((row) => caseSummary(row, context.clock.now())),
    total: Object.values(kinds).reduce((all, count) => all + count, 0),
    kinds,
    next: last && nextPage({ state, kind, limit, after: placeOf(last) }),
  };
  return json(reply, page);
}

export async function getCase(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  onlyKnown(queryOf(request), []);
  const { id } = request.params as { id: string };
  const row = await readCase(context.db, id);
  if (row === undefined) throw new Refused('case-not-found', `There is no case "${id.slice(0, 40)}".`);
  return json(reply, caseSummary(row, context.clock.now()));
}

function known<const Known extends string>(query: Query, name: string, values: readonly Known[]): Known | undefined {
  const given = one(query, name);
  const found = values.find((value) => value === given);
  if (given !== undefined && found === undefined)
    throw new Refused('search-value', `"${name}" is one of ${values.join(', ')}.`, name);
  return found;
}

function nextPage(next: {
  readonly state: string;
  readonly kind: CaseKind | undefined;
  readonly limit: number;
  readonly after: string;
}): string {
  const { state, kind, limit, after } = next;
  const query = { state, ...(kind === undefined ? {} : { kind }), limit: String(limit), after };
  return `${BASE_API}/cases?${new URLSearchParams(query)}`;
}
