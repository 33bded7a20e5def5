// Patient/{id}/$changes: what changed and why between two moments, in the ledger's order, page by page. An answer about the past is a
// function of the inputs before it, so it never changes.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { Instant, SourceKey } from '../base/ids.ts';
import { readTimeOf } from '../operate/reader.ts';
import { personAt } from '../pipeline/person-at.ts';
import { everLinked } from '../pipeline/persons-then.ts';
import {
  readTimeline,
  readTimelineVersions,
  type TimelineInput,
  type TimelineVersion,
} from '../pipeline/timeline-reader.ts';
import { ALLERGIES, decide, decideAllergies, JUDGED_TYPES, listVerdicts } from '../truth/index.ts';
import { json } from './api-answer.ts';
import { type Cause, changesOf, type ElementChange, type Held } from './changes/changes.ts';
import { elementSentence, type ResourceChange, resourceSentence } from './changes/sentences.ts';
import type { HttpContext } from './context.ts';
import { selfOf } from './fhir-bundle.ts';
import { sizeAt } from './fhir-read.ts';
import { one, onlyKnown, type Query, queryOf, wholeNumber } from './query.ts';

/** Moments a page looks at: each is the person decided over once. */
const MOMENTS_DEFAULT = 20;
const MOMENTS_MAX = 100;

type Change = (ElementChange | ResourceChange) & { readonly sentence: string };
type Names = ReadonlyMap<SourceKey, string>;
type Moment = {
  readonly size: number;
  readonly inputs: readonly TimelineInput[];
  readonly versions: readonly TimelineVersion[];
};

export async function changes(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const query = queryOf(request);
  onlyKnown(query, ['from', 'to', '_count', '_after', '_format', '_pretty']);
  const [from, to] = [await sizeOf(context, query, 'from'), await sizeOf(context, query, 'to')];
  if (from > to) throw new Refused('search-value', '"from" is later than "to".', 'from');
  const count = wholeNumber(one(query, '_count') ?? String(MOMENTS_DEFAULT), '_count', MOMENTS_MAX);
  const start = startOf(query, { from, to });
  const person = await personAt(context.db, id, to);
  if (person === undefined)
    throw new Refused('not-found', 'There is no Patient with this id as of "to".', 'Patient.id');
  const moments = await momentsOf(context, id, { from: start, to });
  const page = moments.slice(0, count);
  const told = await tell(context, { id, start, page, names: person.sourceNames });
  const last = moments.length > page.length ? page.at(-1)?.size : undefined;
  return json(reply, {
    person: person.id,
    from,
    to,
    changes: told,
    next: last === undefined ? undefined : nextOf(request, query, { from, to, last }),
  });
}

async function sizeOf(context: HttpContext, query: Query, name: 'from' | 'to'): Promise<number> {
  const value = one(query, name);
  if (value === undefined)
    throw new Refused(
      'search-value',
      `Say "${name}": a ledger size, or a time with its zone such as 2026-03-02T14:05:00Z.`,
      name,
    );
  return sizeAt(context, value, name);
}

function startOf(query: Query, { from, to }: { readonly from: number; readonly to: number }): number {
  const after = one(query, '_after');
  if (after === undefined) return from;
  if (!/^\d{1,15}$/.test(after) || Number(after) < from || Number(after) > to)
    throw new Refused(
      'search-value',
      '"_after" is taken from the "next" of an earlier answer, as it stands.',
      '_after',
    );
  return Number(after);
}

/** The sizes at which something about the person came: all that one receipt brought is one moment. */
async function momentsOf(
  { db }: HttpContext,
  id: string,
  span: { readonly from: number; readonly to: number },
): Promise<readonly Moment[]> {
  const subjects = await everLinked(db, [id]);
  const [inputs, versions] = [
    await readTimeline(db, subjects, { ...span, types: [ALLERGIES, ...JUDGED_TYPES] }),
    await readTimelineVersions(db, subjects, span),
  ];
  const moments = new Map<number, { inputs: TimelineInput[]; versions: TimelineVersion[] }>();
  const at = (size: number) => {
    const known = moments.get(size) ?? { inputs: [], versions: [] };
    moments.set(size, known);
    return known;
  };
  for (const group of Map.groupBy(inputs, (input) => input.receipt ?? `${input.kind} ${input.index}`).values()) {
    const size = Math.max(...group.map((input) => input.index)) + 1;
    at(size).inputs.push(...group);
  }
  for (const version of versions) at(version.index).versions.push(version);
  return [...moments].map(([size, found]) => ({ size, ...found })).sort((a, b) => a.size - b.size);
}

type Asked = {
  readonly id: string;
  readonly start: number;
  readonly page: readonly Moment[];
  readonly names: Names;
};

async function tell(context: HttpContext, { id, start, page, names }: Asked): Promise<readonly Change[]> {
  const told: Change[] = [];
  if (page.length === 0) return told;
  let before = await heldAt(context, id, start);
  for (const { size, inputs, versions } of page) {
    const at = await readTimeOf(context.db, size);
    const after = inputs.length === 0 ? before : await heldAt(context, id, size);
    const causes = inputs.map((input) => causeOf(input, names));
    for (const change of changesOf({ index: size, at, before, after, causes }))
      told.push({ ...change, sentence: elementSentence(change) });
    for (const version of versions) {
      const change = resourceChange(version, names);
      told.push({ ...change, sentence: resourceSentence(change) });
    }
    before = after;
  }
  return told;
}

/** The same function as everywhere, on the inputs before that size, at the time it had that size. */
async function heldAt(context: HttpContext, id: string, size: number): Promise<Held> {
  const person = await personAt(context.db, id, { asOf: size, types: JUDGED_TYPES });
  if (person === undefined) return { person: undefined, verdicts: [] };
  const at: Instant = await readTimeOf(context.db, size);
  const policy = await context.policyAt(size);
  const { subjects, rulings, allergies, entries } = person;
  const { verdicts } = decide({ policy, subjects, rulings, at });
  const lists = [
    decideAllergies({ policy, allergies, rulings, at }),
    ...listVerdicts({ policy, entries, rulings, at }),
  ];
  return { person: person.id, verdicts: [...verdicts, ...lists] };
}

function causeOf({ kind, index, receipt, at, source, name }: TimelineInput, names: Names): Cause {
  return {
    kind,
    index,
    receipt: receipt ?? undefined,
    source: source ?? undefined,
    sourceName: nameOf(source, names),
    at,
    name,
  };
}

function resourceChange(version: TimelineVersion, names: Names): ResourceChange {
  const { index, at, receipt, source, type, id } = version;
  const action = version.deleted ? 'deleted' : version.version === 1 ? 'recorded' : 'changed';
  const cause: Cause = {
    kind: 'statement',
    index,
    receipt,
    source: source ?? undefined,
    sourceName: nameOf(source, names),
    at,
    name: `${type}/${id}`,
  };
  return { kind: 'resource', index, at, resource: `${type}/${id}`, version: version.version, action, because: [cause] };
}

function nameOf(source: string | null, names: Names): string | undefined {
  return source === null ? undefined : (names.get(source as SourceKey) ?? source);
}

/** Sizes instead of times: what comes later moves none of them. */
function nextOf(
  request: FastifyRequest,
  query: Query,
  { from, to, last }: { readonly from: number; readonly to: number; readonly last: number },
): string {
  const kept = query.filter(([name]) => name === '_count').map(([name, value]): [string, string] => [name, value]);
  const next = new URLSearchParams([['from', String(from)], ['to', String(to)], ...kept, ['_after', String(last)]]);
  return `${selfOf(request).split('?')[0]}?${next}`;
}
