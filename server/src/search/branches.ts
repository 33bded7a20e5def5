// A search of several types as one: terms and rows are of one parameter of one type each, so that those of all types can be asked for
// together, and one walk over the index answers for all.                                                                      (pure)
import type { Condition, SearchRequest } from './query.ts';

type Branch = SearchRequest['branches'][number];

/** Branches whose conditions have one shape become one. */
export function mergeBranches(branches: readonly Branch[]): readonly Branch[] {
  const merged: Branch[] = [];
  for (const branch of branches) {
    const found = merged.findIndex((one) => mergedWith(one.where, branch.where) !== undefined);
    const into = merged[found];
    const where = into === undefined ? undefined : mergedWith(into.where, branch.where);
    if (into === undefined || where === undefined) merged.push(branch);
    else merged[found] = { types: [...into.types, ...branch.types], where };
  }
  return merged;
}

/** Undefined: they cannot be one. Also what a condition on one type would find of the other must be nothing. */
function mergedWith(a: Condition, b: Condition): Condition | undefined {
  if (a.kind === 'terms' && b.kind === 'terms') return { kind: 'terms', terms: [...a.terms, ...b.terms] };
  if (a.kind === 'not' && b.kind === 'not') {
    const of = mergedWith(a.of, b.of);
    return of === undefined ? undefined : { kind: 'not', of };
  }
  if (a.kind === 'all' && b.kind === 'all') {
    if (a.of.length !== b.of.length) return undefined;
    const of = a.of.map((one, index) => mergedWith(one, b.of[index] ?? { kind: 'never' }));
    return of.includes(undefined) ? undefined : { kind: 'all', of: of.filter((one) => one !== undefined) };
  }
  if (a.kind === 'ids' && b.kind === 'ids')
    return a.persons === b.persons && String(a.ids) === String(b.ids) ? a : undefined;
  if ((a.kind === 'updated' && b.kind === 'updated') || (a.kind === 'text' && b.kind === 'text'))
    return JSON.stringify(a) === JSON.stringify(b) ? a : undefined;
  return a.kind === 'always' && b.kind === 'always' ? a : undefined;
}
