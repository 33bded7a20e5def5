// What finds a resource: one walk over its content by the extractor of its type, and what custom parameters find in it.        (pure)
import type { JsonObject } from '../base/json.ts';
import { compileExtractor, type Extractor } from './compile.ts';
import { containedEntries } from './contained.ts';
import { type CustomTable, NO_CUSTOM } from './custom.ts';
import { definitionsOf } from './definition.ts';
import { emptyEntries } from './empty-entries.ts';
import { customEntries } from './evaluate.ts';
import type { Place } from './leaves/place.ts';
import { parametersOf } from './parameters.ts';
import type { IndexEntries } from './types.ts';
import { UNITS, type Units } from './units.ts';

export { emptyEntries } from './empty-entries.ts';

export type Indexing = { readonly custom?: CustomTable; readonly units?: Units };

const extractors = new Map<string, Extractor>();

/** All entries of a resource as its type's parameters ask for them; nothing for a type nobody knows. */
export function indexEntries(
  type: string,
  resource: JsonObject,
  { custom = NO_CUSTOM, units = UNITS }: Indexing = {},
): IndexEntries {
  const out = baseEntries(type, resource, units);
  for (const parameter of Object.values(custom[type] ?? {})) merge(out, customEntries(parameter, resource, units));
  if (resource['contained'] !== undefined)
    out.contained.push(...containedEntries(resource, (inner, content) => baseEntries(inner, content, units)));
  if (type === 'SearchParameter') out.definitions = definitionsOf(resource, custom).definitions;
  return out;
}

function baseEntries(type: string, resource: JsonObject, units: Units): IndexEntries {
  const out = emptyEntries();
  const place: Place = { out, param: 0, part: 0, mixed: false, units, root: resource };
  extractorOf(type)(resource, place);
  return out;
}

function merge(into: IndexEntries, more: IndexEntries): void {
  into.strings.push(...more.strings);
  into.dates.push(...more.dates);
  into.numbers.push(...more.numbers);
  into.quantities.push(...more.quantities);
  into.references.push(...more.references);
  into.words.push(...more.words);
  into.parts.push(...more.parts);
}

function extractorOf(type: string): Extractor {
  const known = extractors.get(type);
  if (known !== undefined) return known;
  const made = compileExtractor(Object.values(parametersOf(type)));
  extractors.set(type, made);
  return made;
}
