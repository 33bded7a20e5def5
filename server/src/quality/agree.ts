// How often sources that know the same person say the same of them, for each element.
import type { SourceKey } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { Agreement } from './types.ts';

/** What one source says of one person, by element. */
export type Voice = { readonly source: SourceKey; readonly elements: { readonly [element: string]: Json | undefined } };
/** Whether two values of an element mean the same, by the policy. */
export type IsSame = (element: string, a: Json, b: Json) => boolean;

/** `persons`: the voices about each. A source that has two records of one person counts with each of them. */
export function agree(persons: Iterable<readonly Voice[]>, isSame: IsSame): readonly Agreement[] {
  const found = new Map<string, { same: number; compared: number } & Pick<Agreement, 'source' | 'other' | 'element'>>();
  for (const voices of persons) for (const pair of pairsOf(voices)) compare(found, pair, isSame);
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

function pairsOf(voices: readonly Voice[]): readonly (readonly [Voice, Voice])[] {
  return voices.flatMap((a) => voices.filter((b) => a.source < b.source).map((b) => [a, b] as const));
}

function compare(
  found: Map<string, { same: number; compared: number } & Pick<Agreement, 'source' | 'other' | 'element'>>,
  [a, b]: readonly [Voice, Voice],
  isSame: IsSame,
): void {
  for (const [element, said] of Object.entries(a.elements)) {
    const other = b.elements[element];
    if (said === undefined || other === undefined) continue;
    const key = `${a.source} ${b.source} ${element}`;
    const entry = found.get(key) ?? { source: a.source, other: b.source, element, same: 0, compared: 0 };
    found.set(key, entry);
    entry.compared += 1;
    if (isSame(element, said, other)) entry.same += 1;
  }
}
