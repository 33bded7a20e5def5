// What finds a resource: one walk over its content by the extractor of its type.                                             (pure)
import type { JsonObject } from '../base/json.ts';
import { compileExtractor, type Extractor } from './compile.ts';
import type { Place } from './leaves/place.ts';
import { parametersOf } from './parameters.ts';
import type { IndexEntries } from './types.ts';
import { UNITS, type Units } from './units.ts';

const extractors = new Map<string, Extractor>();

/** All entries of a resource as its type's parameters ask for them; nothing for a type nobody knows. */
export function indexEntries(type: string, resource: JsonObject, units: Units = UNITS): IndexEntries {
  const out = emptyEntries();
  const place: Place = { out, param: 0, part: 0, mixed: false, units, root: resource };
  extractorOf(type)(resource, place);
  return out;
}

/** What a deleted resource has. */
export function emptyEntries(): IndexEntries {
  return {
    ...{ terms: [], presentLow: 0, presentHigh: 0, strings: [], dates: [], numbers: [], quantities: [] },
    ...{ references: [], words: [], parts: [] },
  };
}

function extractorOf(type: string): Extractor {
  const known = extractors.get(type);
  if (known !== undefined) return known;
  const made = compileExtractor(Object.values(parametersOf(type)));
  extractors.set(type, made);
  return made;
}
