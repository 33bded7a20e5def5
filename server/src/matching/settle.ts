// What scored links a component ought to have, and the difference to those it has. A function of its records, its other links and the
// model: not of what came first.                                                                                             (pure)
import type { SubjectId } from '../base/ids.ts';
import {
  type CaseReason,
  cluster,
  components,
  type Edge,
  type Link,
  pairHistories,
  pairsKeptApart,
  type Scorer,
  score,
  waterfall,
} from '../identity/index.ts';
import type { Component, Judged, Settled } from './types.ts';

type Pair = readonly [SubjectId, SubjectId];

export function settle(component: Component, scorer: Scorer): Settled {
  const records = [...component.records].sort(([one], [other]) => (one < other ? -1 : 1));
  const [ids, all] = [records.map(([id]) => id), records.map(([, ready]) => ready)];
  const placeOf = new Map(ids.map((id, at) => [id, at]));
  const standing = standingScored(component.links);
  const others = component.links.filter(({ rule }) => rule !== 'scored');
  const places = (pairs: readonly Pair[]) =>
    pairs.flatMap(([a, b]) => {
      const [left, right] = [placeOf.get(a), placeOf.get(b)];
      return left === undefined || right === undefined ? [] : [[left, right] as const];
    });
  const edges = component.edges.flatMap(({ a, b, score }) =>
    places([[a, b]]).map(([left, right]) => ({ left, right, score })),
  );
  const joined = joinedBy(component.subjects, others).flatMap((ids) => chained(ids.filter((id) => placeOf.has(id))));
  const apart = places(pairsKeptApart(pairHistories(others).values()));
  const found = cluster(all, edges, { scorer, joined: places(joined), apart });
  const personOf = (id: SubjectId) => found.personOf[placeOf.get(id) ?? -1];
  const scoreOf = ([a, b]: Pair) => {
    const [one, other] = [component.records.get(a), component.records.get(b)];
    return one === undefined || other === undefined ? Number.NEGATIVE_INFINITY : score(one, other, scorer);
  };
  const holds = ([a, b]: Pair) => personOf(a) === personOf(b) && scoreOf([a, b]) >= scorer.model.decision.link;
  const kept = standing.filter(holds);
  const judged = (edge: Edge, reason: CaseReason | undefined): Judged[] => {
    const [a, b, one, other] = [ids[edge.left], ids[edge.right], all[edge.left], all[edge.right]];
    if (a === undefined || b === undefined || one === undefined || other === undefined) return [];
    return [{ a, b, reason, margin: marginOf(edge, edges, found.personOf), waterfall: waterfall(one, other, scorer) }];
  };
  return {
    withdraw: standing.filter((pair) => !holds(pair)).map(([a, b]) => ({ a, b, total: scoreOf([a, b]) })),
    link: missing(found.joins, places([...joined, ...kept]), all.length).flatMap((edge) => judged(edge, undefined)),
    review: found.review.flatMap((edge) => judged(edge, found.refused.get(edge) ?? 'between-thresholds')),
    linked: new Set(found.joins.flatMap(({ left, right }) => [ids[left] ?? '', ids[right] ?? ''])),
  };
}

/** Pairs that a scored link joins now. */
function standingScored(links: readonly Link[]): readonly Pair[] {
  return [...pairHistories(links).values()]
    .filter(({ latest }) => latest.rule === 'scored' && latest.kind === 'same')
    .map(({ a, b }) => [a, b] as const);
}

function joinedBy(subjects: readonly SubjectId[], links: readonly Link[]): readonly (readonly SubjectId[])[] {
  // Which is the oldest names the person and joins nobody.
  return components(
    subjects.map((id) => ({ id, firstSeen: 0 })),
    links,
  ).map((person) => person.subjects);
}

function chained(ids: readonly SubjectId[]): readonly Pair[] {
  return ids.slice(1).map((id, at) => [ids[at] ?? id, id] as const);
}

function marginOf({ left, right, score }: Edge, edges: readonly Edge[], personOf: Int32Array): number | undefined {
  const rivals = edges.filter((edge) => {
    const touches = [edge.left, edge.right].some((end) => end === left || end === right);
    return touches && personOf[edge.left] !== personOf[edge.right];
  });
  return rivals.length === 0 ? undefined : score - Math.max(...rivals.map((rival) => rival.score));
}

/** Of the joins, strongest first, those without which the persons would not hang together. */
function missing(
  joins: readonly Edge[],
  there: readonly (readonly [number, number])[],
  count: number,
): readonly Edge[] {
  const groupOf = Int32Array.from({ length: count }, (_, at) => at);
  const join = (left: number, right: number) => {
    const [into, from] = [groupOf[left], groupOf[right]];
    if (into === undefined || from === undefined || into === from) return false;
    for (const [at, group] of groupOf.entries()) if (group === from) groupOf[at] = into;
    return true;
  };
  for (const [left, right] of there) join(left, right);
  return joins.filter(({ left, right }) => join(left, right));
}
