// Which of the supported links may stand together. Links are taken in ranks, strongest first; a link that would put two
// people in one person is refused, and where two equally strong links contradict each other neither is taken: a person
// decides. The outcome depends on the set of links only, never on the order in which they arrived.
import { invariant } from '../base/errors.ts';
import type { SubjectId } from '../base/ids.ts';

export type Edge = {
  readonly a: SubjectId;
  readonly b: SubjectId;
  /** Smaller is stronger. */
  readonly rank: number;
  /** A person decided: the only thing that may join different verified NHS numbers. */
  readonly ruled: boolean;
};
export type Conflict = 'different-verified-nhs-number' | 'kept-apart';
export type Constraints = {
  /** Verified NHS numbers per subject; a subject that is not listed has none. */
  readonly numbers: ReadonlyMap<SubjectId, readonly string[]>;
  /** Pairs that must never be in one group. */
  readonly apart: readonly (readonly [SubjectId, SubjectId])[];
};
export type Resolution<E extends Edge> = {
  readonly groups: ReadonlyMap<SubjectId, Group>;
  readonly refused: ReadonlyMap<E, Conflict>;
};
export type Group = {
  readonly members: SubjectId[];
  /** Numbers that a person ruled to be one person's count as one. */
  readonly numbers: Set<string>;
  readonly apart: Set<SubjectId>;
};
type Groups = Map<SubjectId, Group>;
type Work<E extends Edge> = { readonly groups: Groups; readonly refused: Map<E, Conflict> };

export function resolve<E extends Edge>(edges: readonly E[], constraints: Constraints): Resolution<E> {
  const work: Work<E> = { groups: startingGroups(edges, constraints), refused: new Map() };
  settleRanks(
    edges.filter((edge) => edge.ruled),
    work,
  );
  giveNumbers(work.groups, constraints.numbers);
  settleRanks(
    edges.filter((edge) => !edge.ruled),
    work,
  );
  return work;
}

function startingGroups(edges: readonly Edge[], constraints: Constraints): Groups {
  const groups: Groups = new Map();
  const open = (id: SubjectId) => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const group: Group = { members: [id], numbers: new Set(), apart: new Set() };
    groups.set(id, group);
    return group;
  };
  for (const id of constraints.numbers.keys()) open(id);
  for (const { a, b } of edges) {
    open(a);
    open(b);
  }
  for (const [a, b] of constraints.apart) {
    open(a).apart.add(b);
    open(b).apart.add(a);
  }
  return groups;
}

/** Numbers come in only after the rulings, so that those which a ruling put in one group are known to be one person's. */
function giveNumbers(groups: Groups, numbers: Constraints['numbers']): void {
  const standsFor = new Map<string, string>();
  for (const group of new Set(groups.values())) {
    if (group.members.length === 1) continue;
    const own = group.members.flatMap((id) => numbers.get(id) ?? []).sort();
    const known = own.map((number) => standsFor.get(number) ?? number).sort();
    for (const [number, name] of standsFor) if (known.includes(name)) standsFor.set(number, known[0] ?? name);
    for (const number of own) standsFor.set(number, known[0] ?? number);
  }
  for (const group of new Set(groups.values())) {
    for (const id of group.members) {
      for (const number of numbers.get(id) ?? []) group.numbers.add(standsFor.get(number) ?? number);
    }
  }
}

function settleRanks<E extends Edge>(edges: readonly E[], work: Work<E>): void {
  const ranks = Map.groupBy(edges, (edge) => edge.rank);
  for (const rank of [...ranks.keys()].sort((left, right) => left - right)) settle(ranks.get(rank) ?? [], work);
}

function settle<E extends Edge>(edges: readonly E[], work: Work<E>): void {
  for (const cluster of clusters(edges, work.groups)) {
    if (conflictWithin(cluster, work.groups) === undefined) joinAll(cluster, work.groups);
    else settleContested(cluster, work);
  }
}

/** A cluster in which some would contradict others: joins what nobody contests, refuses the rest. */
function settleContested<E extends Edge>(edges: readonly E[], work: Work<E>): void {
  const contested = contestedMembers(edges, work.groups);
  joinAll(
    edges.filter((edge) => !contested.has(edge.a) && !contested.has(edge.b)),
    work.groups,
  );
  const torn = tornGroups(edges, work.groups);
  const left: E[] = [];
  for (const edge of edges) {
    const ends = [groupOf(edge.a, work.groups), groupOf(edge.b, work.groups)] as const;
    const conflict = conflictBetween(...ends) ?? torn.get(ends[0]) ?? torn.get(ends[1]);
    if (ends[0] === ends[1]) continue;
    if (conflict === undefined) left.push(edge);
    else work.refused.set(edge, conflict);
  }
  for (const cluster of clusters(left, work.groups)) {
    const conflict = conflictWithin(cluster, work.groups);
    if (conflict === undefined) joinAll(cluster, work.groups);
    else for (const edge of cluster) work.refused.set(edge, conflict);
  }
}

/** Members of groups that contradict some other group of the cluster. */
function contestedMembers(edges: readonly Edge[], groups: Groups): ReadonlySet<SubjectId> {
  const among = groupsOf(edges, groups);
  const contested = among.filter((group) => among.some((other) => conflictBetween(group, other) !== undefined));
  return new Set(contested.flatMap((group) => group.members));
}

/** Groups that two contradicting neighbours claim with equal strength, and why these contradict. */
function tornGroups(edges: readonly Edge[], groups: Groups): ReadonlyMap<Group, Conflict> {
  const neighbours = new Map<Group, Set<Group>>();
  for (const edge of edges) {
    const a = groupOf(edge.a, groups);
    const b = groupOf(edge.b, groups);
    neighbours.set(a, (neighbours.get(a) ?? new Set()).add(b));
    neighbours.set(b, (neighbours.get(b) ?? new Set()).add(a));
  }
  const torn = new Map<Group, Conflict>();
  for (const [group, around] of neighbours) {
    const conflict = conflictAmong([...around].filter((other) => conflictBetween(group, other) === undefined));
    if (conflict !== undefined) torn.set(group, conflict);
  }
  return torn;
}

/** Edges between different groups, gathered into connected clusters. */
function clusters<E extends Edge>(edges: readonly E[], groups: Groups): readonly (readonly E[])[] {
  const open = edges.filter((edge) => groupOf(edge.a, groups) !== groupOf(edge.b, groups));
  if (open.length < 2) return open.length === 0 ? [] : [open];
  const edgesOf = new Map<Group, E[]>();
  for (const edge of open) {
    for (const group of groupsOf([edge], groups)) addTo(edgesOf, group, edge);
  }
  const found: E[][] = [];
  const seen = new Set<Group>();
  for (const start of edgesOf.keys()) {
    if (seen.has(start)) continue;
    const cluster = new Set<E>();
    for (const group of reachedFrom(start, edgesOf, groups)) {
      seen.add(group);
      for (const edge of edgesOf.get(group) ?? []) cluster.add(edge);
    }
    found.push([...cluster]);
  }
  return found;
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function reachedFrom(start: Group, edgesOf: ReadonlyMap<Group, readonly Edge[]>, groups: Groups): ReadonlySet<Group> {
  const reached = new Set([start]);
  for (const group of reached) {
    for (const edge of edgesOf.get(group) ?? []) {
      reached.add(groupOf(edge.a, groups)).add(groupOf(edge.b, groups));
    }
  }
  return reached;
}

function joinAll(edges: readonly Edge[], groups: Groups): void {
  for (const edge of edges) {
    const into = groupOf(edge.a, groups);
    const from = groupOf(edge.b, groups);
    if (into === from) continue;
    into.members.push(...from.members);
    for (const number of from.numbers) into.numbers.add(number);
    for (const id of from.apart) into.apart.add(id);
    for (const id of from.members) groups.set(id, into);
  }
}

function conflictWithin(edges: readonly Edge[], groups: Groups): Conflict | undefined {
  return conflictAmong(groupsOf(edges, groups));
}

function conflictAmong(among: readonly Group[]): Conflict | undefined {
  const numbers = new Set(among.flatMap((group) => [...group.numbers]));
  if (among.length > 1 && numbers.size > 1) return 'different-verified-nhs-number';
  const members = new Set(among.flatMap((group) => group.members));
  return among.some((group) => !group.apart.isDisjointFrom(members)) ? 'kept-apart' : undefined;
}

function conflictBetween(a: Group, b: Group): Conflict | undefined {
  return a === b ? undefined : conflictAmong([a, b]);
}

function groupsOf(edges: readonly Edge[], groups: Groups): readonly Group[] {
  return [...new Set(edges.flatMap((edge) => [groupOf(edge.a, groups), groupOf(edge.b, groups)]))];
}

function groupOf(id: SubjectId, groups: Groups): Group {
  const group = groups.get(id);
  invariant(group !== undefined, 'every subject of an edge has a group');
  return group;
}
