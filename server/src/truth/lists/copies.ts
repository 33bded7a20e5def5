// Entries that travelled: one origin told by several systems is one witness. An origin is known by the identifiers that an entry
// carries, by the laboratory's number, by what a Provenance names, and by a meta.source that another entry repeats word for word.
import type { JsonObject } from '../../base/json.ts';
import { foldWords } from '../fold-text.ts';
import { listAt, textAt } from '../json-values.ts';

/** Names of where an entry came from; entries that share one are one origin. */
export function originsOf(resource: JsonObject, known: readonly string[] = []): readonly string[] {
  const identifiers = listAt(resource, 'identifier').flatMap((one) => {
    const value = textAt(one, 'value');
    const system = textAt(one, 'system');
    // A number without its system is a number of anything.
    return value === undefined || system === undefined ? [] : [`id ${system}|${foldWords(value)}`];
  });
  return [...identifiers, ...known.map((one) => `from ${one}`)];
}

/** A message that was passed on: `meta.source` with the sender's own message id after the #. */
export function messageOf(meta: unknown): string | undefined {
  const source = typeof meta === 'object' && meta !== null && 'source' in meta ? meta.source : undefined;
  return typeof source === 'string' && source.includes('#') ? `message ${source}` : undefined;
}

/** Places of the given origins that are one, each by the lowest place. `undefined` origins never join. */
export function sameOrigins(origins: readonly (readonly string[])[]): readonly number[] {
  const roots = origins.map((_one, place) => place);
  const find = (place: number): number => {
    const root = roots[place] ?? place;
    return root === place ? place : find(root);
  };
  const seen = new Map<string, number>();
  for (const [place, names] of origins.entries()) {
    for (const name of names) {
      const other = seen.get(name);
      if (other === undefined) seen.set(name, place);
      else {
        const [a, b] = [find(other), find(place)];
        roots[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  return roots.map((_root, place) => find(place));
}
