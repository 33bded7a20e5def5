// $everything: all that is known about a patient, or belongs to an encounter, with what it refers to, page by page.
// https://hl7.org/fhir/R4/patient-operation-everything.html
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import { compartmentTypes, parameterOf, readSearch, type SearchRequest, writeCursor } from '../search/index.ts';
import type { HttpContext } from './context.ts';
import { heldVersion } from './current.ts';
import { baseOf, bundleText, entryText, FHIR_JSON, selfOf } from './fhir-bundle.ts';
import { rangeIn } from './fhir-history.ts';
import { operationQuery } from './fhir-parameters.ts';
import { searchWhen, whenOf } from './fhir-past.ts';
import { one, onlyKnown, type Query } from './query.ts';

const COUNT_DEFAULT = 200;
const COUNT_MAX = 500;
/** Types outside the compartment that its resources refer to and are not understood without. */
const SUPPORTING: ReadonlySet<string> = new Set([
  'Device',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Substance',
]);
/** Where each type has the date of the care itself, in order of preference. */
const CARE_DATES = [
  'date',
  'period',
  'effective',
  'authoredon',
  'onset-date',
  'performed',
  'created',
  'authored',
  'sent',
];

type Owner = { readonly type: string; readonly id: string };

export function everythingOf(type: 'Patient' | 'Encounter') {
  return async (context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { id } = request.params as { id: string };
    const query = operationQuery(request);
    onlyKnown(query, ['_asOf', '_since', '_type', '_count', '_after', ...(type === 'Patient' ? ['start', 'end'] : [])]);
    const when = await whenOf(context, query, baseOf(request));
    await heldVersion(context, { type, id }, when.size);
    const asked = requestOf({ type, id }, when.rest, when.world);
    const page = await searchWhen(context, asked, {
      size: when.size,
      included: [...SUPPORTING, ...(type === 'Encounter' ? ['Patient'] : [])],
    });
    const base = baseOf(request);
    const supporting = page.included.filter(
      (found) => SUPPORTING.has(found.type) || (type === 'Encounter' && found.type === 'Patient'),
    );
    const entries = [
      ...page.matches.map((found) => entryText(base, found, ',"search":{"mode":"match"}')),
      ...supporting.map((found) => entryText(base, found, ',"search":{"mode":"include"}')),
    ];
    const next = page.next === undefined ? undefined : nextOf(request, query, writeCursor(page.next));
    return reply.type(FHIR_JSON).send(bundleText({ type: 'searchset', self: selfOf(request), next, entries }));
  };
}

type World = Parameters<typeof readSearch>[1];

/** One search of all types of the compartment, each by its own date of care. */
function requestOf(owner: Owner, query: Query, world: World): SearchRequest {
  const types = typesAsked(owner, query);
  const paging: [string, string][] = [['_count', countOf(query)]];
  const after = one(query, '_after');
  if (after !== undefined) paging.push(['_after', after]);
  const whole = readSearch({ type: undefined, compartment: owner, query: [...paging, ['_include', '*']] }, world);
  const since = rangeIn(query, '_since');
  const changed: Query = since === undefined ? [] : [['_lastUpdated', `ge${since.from}`]];
  const branches = types.flatMap((type) => {
    const own = [...changed, ...careDates(type, query)];
    return readSearch({ type, compartment: owner, query: own }, world).branches;
  });
  return { ...whole, branches };
}

function countOf(query: Query): string {
  const asked = one(query, '_count') ?? String(COUNT_DEFAULT);
  if (!/^[1-9]\d{0,8}$/.test(asked))
    throw new Refused('search-value', '"_count" takes a whole number from 1.', '_count');
  return String(Math.min(Number(asked), COUNT_MAX));
}

function typesAsked({ type }: Owner, query: Query): readonly string[] {
  const members = compartmentTypes(type) ?? [];
  const asked = query.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(','));
  const outside = asked.find((one) => !members.includes(one));
  if (outside !== undefined)
    throw new Refused('search-value', `"${outside.slice(0, 64)}" is no type of what belongs to ${type}.`, '_type');
  return asked.length === 0 ? members : members.filter((one) => asked.includes(one));
}

/** `start` and `end` are days of care, both included. Types without such a date are given whole. */
function careDates(type: string, query: Query): Query {
  const code = CARE_DATES.find((name) => parameterOf(type, name)?.kind === 'date');
  if (code === undefined || type === 'Patient') return [];
  const [start, end] = [dateIn(query, 'start'), dateIn(query, 'end')];
  return [
    ...(start === undefined ? [] : [[code, `ge${start}`] as const]),
    ...(end === undefined ? [] : [[code, `le${end}`] as const]),
  ];
}

function dateIn(query: Query, name: string): string | undefined {
  rangeIn(query, name);
  return one(query, name);
}

function nextOf(request: FastifyRequest, query: Query, cursor: string): string {
  const rest = query.filter(([name]) => name !== '_after').map(([name, value]): [string, string] => [name, value]);
  return `${selfOf(request).split('?')[0]}?${new URLSearchParams([...rest, ['_after', cursor]])}`;
}
