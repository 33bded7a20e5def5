// $lastn: the newest observations of each code, of those that a search finds.
// https://hl7.org/fhir/R4/observation-operation-lastn.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { type JsonObject, objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import { type Found, search, understand, writeCursor } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { baseOf, bundleText, entryText, FHIR_JSON, selfOf } from './fhir-bundle.ts';
import { operationQuery } from './fhir-parameters.ts';
import { one, type Query, wholeNumber } from './query.ts';
import { searchWorld } from './search-world.ts';

const OBSERVATIONS_MAX = 10_000;
const MAX_MAX = 1_000;
const PAGE = '1000';

export async function lastn(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = operationQuery(request);
  const max = wholeNumber(one(query, 'max') ?? '1', 'max', MAX_MAX);
  const asked = query.filter(([name]) => name !== 'max');
  if (!asked.some(([name]) => /^(patient|subject)\b/.test(name)))
    throw new Refused('operation-parameters', 'Say of whom: $lastn takes a patient or a subject.', 'patient');
  const perCode = newestOfEach(await observations(context, request, asked), max);
  const base = baseOf(request);
  const entries = perCode.map((found) => entryText(base, found, ',"search":{"mode":"match"}'));
  const parts = { type: 'searchset', self: selfOf(request), next: undefined, total: entries.length, entries } as const;
  return reply.type(FHIR_JSON).send(bundleText(parts));
}

async function observations(context: HttpContext, request: FastifyRequest, asked: Query): Promise<readonly Found[]> {
  const world = searchWorld(context.clock, baseOf(request));
  const found: Found[] = [];
  for (let after: Query = []; ; ) {
    const query: Query = [...asked, ['_sort', '-date'], ['_count', PAGE], ...after];
    const page = await search(context.db, await understand(context.db, { type: 'Observation', query }, world));
    found.push(...page.matches);
    if (page.next === undefined) return found;
    if (found.length >= OBSERVATIONS_MAX)
      throw new Refused(
        'search-cost',
        `More than ${OBSERVATIONS_MAX} observations match. Narrow them by category, code or date.`,
      );
    after = [['_after', writeCursor(page.next)]];
  }
}

/** Observations are of one kind when they share any coding, or, without one, their text. Newest first in, grouped out. */
function newestOfEach(observations: readonly Found[], max: number): readonly Found[] {
  const groups: Found[][] = [];
  const groupOf = new Map<string, Found[]>();
  for (const found of observations) {
    const keys = keysOf(objectIn(parseFaithful(found.text))?.['code']);
    const known = keys.map((key) => groupOf.get(key)).find((group) => group !== undefined);
    const group = known ?? [];
    if (known === undefined) groups.push(group);
    for (const key of keys) if (!groupOf.has(key)) groupOf.set(key, group);
    if (group.length < max) group.push(found);
  }
  return groups.flat();
}

function keysOf(code: JsonObject[string]): readonly string[] {
  const concept = objectIn(code) ?? {};
  const codings = objectsIn(concept['coding']).filter((coding) => coding['code'] !== undefined);
  const keys = codings.map((coding) => `${String(coding['system'] ?? '')}|${String(coding['code'])}`);
  return keys.length > 0 ? keys : [String(concept['text'] ?? '')];
}
