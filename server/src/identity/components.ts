// Source subjects and links become persons. A person is nothing but a connected component, so taking a link back undoes it.
import type { SubjectId } from '../base/ids.ts';
import { pairKey, rankOf } from './evidence.ts';
import { pairHistories, pairsKeptApart } from './pair-history.ts';
import { type Edge, resolve } from './resolve.ts';
import type { Link, Person } from './types.ts';

type Seen = { readonly id: SubjectId; readonly firstSeen: number };

/**
 * The persons that these subjects form, oldest first. The latest decision about a pair counts, and pairs that a person or a
 * sender keeps apart never meet in one person. Links to subjects that are not given join nobody.
 */
export function components(subjects: readonly Seen[], links: readonly Link[]): readonly Person[] {
  const histories = [...pairHistories(links).values()];
  const edges: Edge[] = histories
    .filter(({ latest }) => latest.kind === 'same')
    .map(({ a, b, latest }) => ({ a, b, rank: rankOf(latest.rule, 0), ruled: latest.rule === 'ruling' }));
  const { groups } = resolve(edges, { numbers: new Map(), apart: pairsKeptApart(histories) });
  const byGroup = Map.groupBy(inOrderOfSight(subjects), (subject) => groups.get(subject.id) ?? subject.id);
  return [...byGroup.values()].flatMap(person);
}

function person(subjects: readonly Seen[]): readonly Person[] {
  const oldest = subjects[0];
  return oldest === undefined ? [] : [{ id: oldest.id, subjects: subjects.map((subject) => subject.id) }];
}

/** Each once, the one that was seen first before the others: what a person is named by. */
export function inOrderOfSight<T extends Seen>(subjects: readonly T[]): readonly T[] {
  const unique = [...new Map(subjects.map((subject) => [subject.id, subject])).values()];
  return unique.sort((left, right) => left.firstSeen - right.firstSeen || (left.id < right.id ? -1 : 1));
}

/**
 * Subjects that a sender's merge, still in force, retired. Senders that retire in a circle end with the survivor of their
 * latest merge alive.
 */
export function retiredSubjects(links: readonly Link[]): ReadonlySet<SubjectId> {
  const survivorOf = new Map<SubjectId, SubjectId>();
  const inForce = [...pairHistories(links).values()].filter(({ latest }) => latest.kind === 'same');
  const pairs = new Set(inForce.map(({ a, b }) => pairKey(a, b)));
  const merges = links
    .filter((link) => link.rule === 'sender-merge' && pairs.has(pairKey(link.a, link.b)))
    .sort((left, right) => left.id - right.id);
  for (const merge of merges) {
    if (merge.kind === 'not-same' || merge.retired === undefined) {
      survivorOf.delete(merge.a);
      survivorOf.delete(merge.b);
      continue;
    }
    const survivor = merge.retired === merge.a ? merge.b : merge.a;
    if (leadsTo(survivor, merge.retired, survivorOf)) survivorOf.delete(survivor);
    survivorOf.set(merge.retired, survivor);
  }
  return new Set(survivorOf.keys());
}

function leadsTo(from: SubjectId, to: SubjectId, survivorOf: ReadonlyMap<SubjectId, SubjectId>): boolean {
  let at: SubjectId | undefined = from;
  for (let steps = 0; at !== undefined && steps <= survivorOf.size; steps++) {
    if (at === to) return true;
    at = survivorOf.get(at);
  }
  return false;
}
