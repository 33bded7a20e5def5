// Contained resources are found by the parameters of their own types. In the tables of ordered values the numbers of those stand with
// a minus, so that a search for whole resources never meets them.                                                              (pure)
import { isObject, type JsonObject } from '../base/json.ts';
import { isResourceType } from '../fhir/index.ts';
import { list, textOf } from './leaves/place.ts';
import type { ContainedEntry, IndexEntries } from './types.ts';

const PLACES_MAX = 32_767;

export function containedEntries(
  resource: JsonObject,
  entriesOf: (type: string, content: JsonObject) => IndexEntries,
): readonly ContainedEntry[] {
  return list(resource['contained'])
    .slice(0, PLACES_MAX)
    .flatMap((content, place) => {
      if (!isObject(content)) return [];
      const type = textOf(content, 'resourceType') ?? '';
      const id = textOf(content, 'id');
      if (!isResourceType(type) || id === undefined) return [];
      return [{ place, type, id, entries: negated(entriesOf(type, content)) }];
    });
}

function negated(entries: IndexEntries): IndexEntries {
  const rows = <T extends { readonly param: number }>(all: readonly T[]) =>
    all.map((one) => ({ ...one, param: -one.param }));
  return {
    ...entries,
    strings: rows(entries.strings),
    dates: rows(entries.dates),
    numbers: rows(entries.numbers),
    quantities: rows(entries.quantities),
    references: rows(entries.references),
    parts: rows(entries.parts),
  };
}
