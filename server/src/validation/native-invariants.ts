// Invariants written by hand, where the expression is costlier than the rule or says less than it means.
import { type Json, type JsonObject, objectIn, objectsIn } from '../base/json.ts';
import { isNotAfter } from './compare.ts';
import { textIn } from './context.ts';

export const NATIVE: { readonly [key: string]: ((value: Json | undefined) => boolean) | undefined } = {
  // Compares every entry with every other one; a thousand entries are common.
  'bdl-7': (value) => {
    const bundle = objectIn(value);
    return bundle?.['type'] === 'history' || areDistinct(objectsIn(bundle?.['entry']).map(versionedUrl));
  },
  // Dates of different precision are compared to the coarser one.
  'per-1': (value) => isNotAfter(textIn(objectIn(value)?.['start']), textIn(objectIn(value)?.['end'])),
  // `is Boolean` is the type of the language, which no boolean of FHIR has.
  'que-7': (value) => {
    const condition = objectIn(value);
    return condition?.['operator'] !== 'exists' || typeof condition['answerBoolean'] === 'boolean';
  },
  // At least to the day. A choice of types is not told by its value alone, so `as dateTime` comes to nothing there.
  'vs-1': (value) => typeof value !== 'string' || value.length >= 'yyyymmdd'.length,
  // The most frequent of all: it is asked of every extension.
  'ext-1': (value) => {
    let values = 0;
    for (const key in objectIn(value)) if (key.startsWith('value') || key.startsWith('_value')) values++;
    return (objectIn(value)?.['extension'] !== undefined) !== values > 0;
  },
};

// Two versions of one resource may stand in one bundle.
function versionedUrl(entry: JsonObject): string | undefined {
  const url = textIn(entry['fullUrl']);
  const version = textIn(objectIn(objectIn(entry['resource'])?.['meta'])?.['versionId']);
  return url === undefined ? undefined : `${url}\n${version ?? ''}`;
}

function areDistinct(values: readonly (string | undefined)[]): boolean {
  const given = values.filter((value) => value !== undefined);
  return new Set(given).size === given.length;
}
