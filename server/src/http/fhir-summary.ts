// Parts of resources: `_summary` and `_elements`, marked as such, every digit as it was written.                              (pure)
import { type Json, type JsonObject, objectIn, parseFaithful } from '../base/json.ts';
import { type ElementDefinition, elementsOf } from '../fhir/definitions.ts';
import type { Form, Summary } from './fhir-form.ts';

type Part = Pick<Form, 'summary' | 'elements'>;
type Keeps = (element: ElementDefinition) => boolean;

const SUBSETTED: JsonObject = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
};
/** Of every resource, whatever was asked: what it is, which one, and what is known about it as a record. */
const ALWAYS: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

/** A resource in part; of a Bundle its resources, except what only says how the search went. */
export function partOf(text: string, part: Part): string {
  const resource = objectIn(parseFaithful(text));
  if (resource === undefined || resource['resourceType'] === 'OperationOutcome') return text;
  if (resource['resourceType'] !== 'Bundle') return JSON.stringify(inPart(resource, part));
  const entries = resource['entry'];
  if (!Array.isArray(entries)) return text;
  return JSON.stringify({ ...resource, entry: (entries as readonly Json[]).map((entry) => entryInPart(entry, part)) });
}

function entryInPart(entry: Json, part: Part): Json {
  const held = objectIn(entry);
  const resource = objectIn(held?.['resource']);
  if (held === undefined || resource === undefined || resource['resourceType'] === 'OperationOutcome') return entry;
  return { ...held, resource: inPart(resource, part) };
}

/** A resource in part, with the tag that says so. */
export function inPart(resource: JsonObject, { summary, elements }: Part): JsonObject {
  const type = typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '';
  const chosen =
    elements === undefined ? resource : kept(resource, type, { keeps: byName(type, elements), depth: 'top' });
  const summed = summary === undefined ? chosen : summarised(chosen, type, summary);
  return marked(summed);
}

function summarised(resource: JsonObject, type: string, summary: Summary): JsonObject {
  switch (summary) {
    case 'data':
      return { ...resource, text: undefined };
    case 'text':
      return kept(resource, type, { keeps: ({ name, min }) => name === 'text' || min > 0, depth: 'top' });
    case 'true':
      return kept(resource, type, { keeps: isInSummary, depth: 'top' });
  }
}

/** https://hl7.org/fhir/R4/search.html#elements: mandatory elements and those that change the meaning stay. */
function byName(type: string, names: readonly string[]): Keeps {
  const own = new Set(names.map((name) => (name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name)));
  const choices = [...own].map((name) => name.replace(/[A-Z].*$/, ''));
  return ({ name, isChoice, min, isModifier }) =>
    min > 0 || isModifier || own.has(name) || (isChoice && choices.includes(name));
}

/** Names of `_elements` that no element of the type has. */
export function unknownElements(type: string, names: readonly string[]): readonly string[] {
  const known = elementsOf(type);
  const isKnown = (name: string) => known.some((element) => element.name === name || isNamed(element, name));
  return names.filter((name) => !isKnown(name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name));
}

type Depth = 'top' | 'deep';

function kept(value: JsonObject, type: string, { keeps, depth }: { keeps: Keeps; depth: Depth }): JsonObject {
  const definitions = elementsOf(type);
  const members = Object.entries(value).flatMap(([member, content]): [string, Json | undefined][] => {
    if (depth === 'top' && ALWAYS.has(member)) return [[member, content]];
    const element = definitions.find((one) => isNamed(one, member.startsWith('_') ? member.slice(1) : member));
    if (element === undefined || !keeps(element)) return [];
    const of = element.types[0]?.type;
    const isNested = keeps === isInSummary && of?.includes('.') === true;
    return [[member, isNested ? nested(content, of) : content]];
  });
  return Object.fromEntries(members);
}

const isInSummary: Keeps = ({ isSummary }) => isSummary;

function isNamed({ name, isChoice }: ElementDefinition, member: string): boolean {
  return name === member || (isChoice && member.startsWith(name) && /^[A-Z]/.test(member.slice(name.length)));
}

// A summary reaches into nested elements. What `_elements` names is of the resource itself, and brings all that it holds.
function nested(content: Json | undefined, type: string): Json | undefined {
  if (Array.isArray(content)) return (content as readonly Json[]).map((one) => nested(one, type) ?? null);
  const object = objectIn(content);
  return object === undefined ? content : kept(object, type, { keeps: isInSummary, depth: 'deep' });
}

function marked(resource: JsonObject): JsonObject {
  const meta = objectIn(resource['meta']) ?? {};
  const tags = Array.isArray(meta['tag']) ? (meta['tag'] as readonly Json[]) : [];
  const isMarked = tags.some((tag) => objectIn(tag)?.['code'] === SUBSETTED['code']);
  const { resourceType, id, meta: _unmarked, ...rest } = resource;
  return { resourceType, id, meta: { ...meta, tag: isMarked ? tags : [...tags, SUBSETTED] }, ...rest };
}
