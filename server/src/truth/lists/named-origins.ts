// What a Provenance says of where a resource came from: the number or the resource that it was taken from, word for word. What was
// derived from another or revised is a statement of its own, and no copy.
import type { JsonObject } from '../../base/json.ts';
import { isObject, listAt, textAt } from '../json-values.ts';
import { originsOf } from './copies.ts';

/** `Type/id` to names of its origin; resources that share one are one origin. */
export type NamedOrigins = ReadonlyMap<string, readonly string[]>;

const COPIED: ReadonlySet<string> = new Set(['source', 'quotation']);

/** `provenances` in one order, so that the same inputs give the same names. */
export function originsNamed(provenances: readonly JsonObject[]): NamedOrigins {
  const named = new Map<string, string[]>();
  const add = (name: string, origin: string) => {
    const known = named.get(name);
    if (known === undefined) named.set(name, [origin]);
    else if (!known.includes(origin)) known.push(origin);
  };
  for (const provenance of provenances) {
    const targets = listAt(provenance, 'target').flatMap((one) => textAt(one, 'reference') ?? []);
    for (const entity of listAt(provenance, 'entity')) {
      if (!isObject(entity) || !COPIED.has(textAt(entity, 'role') ?? '')) continue;
      const { what } = entity;
      const reference = textAt(what, 'reference');
      const numbers = isObject(what) && what['identifier'] !== undefined ? [what['identifier']] : [];
      for (const origin of originsOf({ identifier: numbers })) for (const target of targets) add(target, origin);
      if (reference === undefined) continue;
      // The original is its own origin, so that it is found to be one with its copies.
      for (const name of [...targets, reference]) add(name, `from ${reference}`);
    }
  }
  return named;
}
