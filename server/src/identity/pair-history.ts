// What was decided so far about each pair: the decision that counts, and the last word of those who may assert one.
import type { SubjectId } from '../base/ids.ts';
import { pairKey } from './evidence.ts';
import type { Link, LinkDecision, LinkRule } from './types.ts';

/** A decision about a pair in order of appending; one that is about to be appended has no id yet. */
export type Decided = LinkDecision | Link;
export type PairHistory = {
  readonly a: SubjectId;
  readonly b: SubjectId;
  /** The decision that counts now. */
  readonly latest: Decided;
  /** Who asserted last: a person if any ever did, else a sender or a caller, else a score. Other rules assert nothing. */
  readonly asserted: Decided | undefined;
};

/** `links` in any order; `added` are the decisions that follow them. */
export function pairHistories(
  links: readonly Link[],
  added: readonly LinkDecision[] = [],
): ReadonlyMap<string, PairHistory> {
  const histories = new Map<string, PairHistory>();
  const inOrder: readonly Decided[] = [...[...links].sort((left, right) => left.id - right.id), ...added];
  for (const link of inOrder) {
    const key = pairKey(link.a, link.b);
    const before = histories.get(key)?.asserted;
    histories.set(key, { a: link.a, b: link.b, latest: link, asserted: lastWord(before, link) });
  }
  return histories;
}

/** A person's or a sender's not-same keeps the two apart for good; an automatic one only takes its own link back. */
export function pairsKeptApart(histories: Iterable<PairHistory>): readonly (readonly [SubjectId, SubjectId])[] {
  const apart: (readonly [SubjectId, SubjectId])[] = [];
  for (const { a, b, asserted } of histories) if (asserted?.kind === 'not-same') apart.push([a, b]);
  return apart;
}

const ASSERTING: ReadonlySet<LinkRule> = new Set(['ruling', 'sender-merge', 'addressed', 'scored']);

function isAssertion(link: Decided): boolean {
  return ASSERTING.has(link.rule);
}

// What a person decided, only a person changes. A scored link that is taken back leaves nothing behind: no score keeps two apart.
function lastWord(before: Decided | undefined, link: Decided): Decided | undefined {
  if (!isAssertion(link)) return before;
  if (link.rule === 'scored' && before !== undefined && before.rule !== 'scored') return before;
  if (link.rule === 'scored' && link.kind === 'not-same') return undefined;
  return before?.rule === 'ruling' && link.rule !== 'ruling' ? before : link;
}
