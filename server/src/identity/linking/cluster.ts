// Persons of a whole set at once: links are taken strongest first, and each must pass what a single decision must pass: vetoes,
// rivals, bridges. What does not pass waits for a human.
import { type CaseReason, enoughForBridge, isVetoed, needsSecondIdentifier } from './decide.ts';
import {
  contradicts,
  independentIdentifiers,
  isNamesake,
  type Ready,
  type Scorer,
  score,
  shareIdentifier,
  vetoesOf,
} from './score.ts';

export type Edge = { readonly left: number; readonly right: number; readonly score: number };
export type Clustered = {
  /** For each record the number of its person: the smallest record in it. */
  readonly personOf: Int32Array;
  /** Pairs by which records were joined, strongest first. */
  readonly joins: readonly Edge[];
  /** Pairs that a human should look at: between the thresholds, or refused by a rule, and not joined otherwise. */
  readonly review: readonly Edge[];
  /** Why a pair strong enough to be linked was not. */
  readonly refused: ReadonlyMap<Edge, CaseReason>;
};
type Pairs = readonly (readonly [number, number])[];
export type Given = {
  readonly scorer: Scorer;
  /** Pairs that something stronger than a score has made one person. */
  readonly joined?: Pairs;
  /** Pairs that somebody decided to keep apart. */
  readonly apart?: Pairs;
};

type Work = {
  readonly records: readonly Ready[];
  readonly scorer: Scorer;
  readonly personOf: Int32Array;
  readonly members: Map<number, number[]>;
  readonly strong: ReadonlyMap<number, readonly Edge[]>;
  readonly apart: Pairs;
};

/** `edges`: every pair at or above the review threshold. */
export function cluster(
  records: readonly Ready[],
  edges: readonly Edge[],
  { scorer, joined = [], apart = [] }: Given,
): Clustered {
  const { decision } = scorer.model;
  const sorted = edges.toSorted(
    (one, other) => other.score - one.score || one.left - other.left || one.right - other.right,
  );
  const strong = sorted.filter((edge) => edge.score >= decision.link);
  const work: Work = {
    records,
    scorer,
    personOf: Int32Array.from(records, (_, at) => at),
    members: new Map(records.map((_, at) => [at, [at]])),
    strong: byRecord(strong),
    apart,
  };
  for (const [left, right] of joined) if (personOf(work, left) !== personOf(work, right)) join({ left, right }, work);
  const joins: Edge[] = [];
  const refused = new Map<Edge, CaseReason>();
  for (const edge of strong) {
    if (personOf(work, edge.left) === personOf(work, edge.right)) continue;
    const against = whyNot(edge, work);
    if (against !== undefined) {
      refused.set(edge, against);
      continue;
    }
    join(edge, work);
    joins.push(edge);
  }
  const review = sorted.filter((edge) => personOf(work, edge.left) !== personOf(work, edge.right));
  return { personOf: work.personOf, joins, review, refused };
}

function byRecord(edges: readonly Edge[]): ReadonlyMap<number, readonly Edge[]> {
  const found = new Map<number, Edge[]>();
  for (const edge of edges) {
    for (const end of [edge.left, edge.right]) {
      const known = found.get(end);
      if (known === undefined) found.set(end, [edge]);
      else known.push(edge);
    }
  }
  return found;
}

function personOf({ personOf }: Work, record: number): number {
  return personOf[record] ?? record;
}

/** Undefined: the two may be joined. */
function whyNot(edge: Edge, work: Work): CaseReason | undefined {
  const [one, other] = [personOf(work, edge.left), personOf(work, edge.right)];
  const left = work.members.get(one) ?? [];
  const right = work.members.get(other) ?? [];
  const across = left.flatMap((at) => right.flatMap((to) => pairOf(at, to, work)));
  const keptApart = work.apart.some(([at, to]) => {
    const persons = [personOf(work, at), personOf(work, to)];
    return persons.includes(one) && persons.includes(other);
  });
  if (keptApart || isKeptOut(across)) return 'vetoed';
  if (needsSecondIdentifier(left.length, right.length) && !isSafeBridge(across, work)) return 'bridge';
  if (across.length > 1 && balanceOf(across, work) < 0) return 'bridge';
  return hasRival(edge, edge.left, work) || hasRival(edge, edge.right, work) ? 'close-rival' : undefined;
}

/** Twins are a guess by the given name: where more pairs share it than differ in it, those that differ are the mistake. */
function isKeptOut(across: Across): boolean {
  const found = across.map(([at, to]) => vetoesOf(at, to));
  if (!isVetoed(found.flat(), () => across.some(([at, to]) => shareIdentifier(at, to)))) return false;
  if (found.flat().some((veto) => veto !== 'twins')) return true;
  const namesakes = across.filter(([at, to]) => isNamesake(at, to)).length;
  return namesakes <= found.filter((vetoes) => vetoes.length > 0).length;
}

type Across = readonly (readonly [Ready, Ready])[];

function pairOf(one: number, other: number, { records }: Work): Across {
  const [left, right] = [records[one], records[other]];
  return left === undefined || right === undefined ? [] : [[left, right]];
}

/** Two independent kinds of evidence, and not more pairs that contradict than pairs that link. */
function isSafeBridge(across: Across, work: Work): boolean {
  const identifiers = across.flatMap(([one, other]) => independentIdentifiers(one, other, work.scorer));
  return enoughForBridge(new Set(identifiers)) && balanceOf(across, work) > 0;
}

/** Pairs that link, less those that contradict: one record that says little must not carry a stranger in. */
function balanceOf(across: Across, { scorer }: Work): number {
  let balance = 0;
  for (const [one, other] of across) {
    if (score(one, other, scorer) >= scorer.model.decision.link) balance++;
    else if (contradicts(one, other, scorer)) balance--;
  }
  return balance;
}

/** Someone else fits the record nearly as well, and is somebody other than the one it would join. */
function hasRival(edge: Edge, record: number, work: Work): boolean {
  const other = record === edge.left ? edge.right : edge.left;
  const { margin } = work.scorer.model.decision;
  for (const rival of work.strong.get(record) ?? []) {
    if (rival.score <= edge.score - margin) break;
    const third = rival.left === record ? rival.right : rival.left;
    const person = personOf(work, third);
    if (person === personOf(work, other) || person === personOf(work, record)) continue;
    if (isSomebodyElse(third, other, work)) return true;
  }
  return false;
}

function isSomebodyElse(one: number, other: number, work: Work): boolean {
  return pairOf(one, other, work).some(
    ([left, right]) =>
      contradicts(left, right, work.scorer) || isVetoed(vetoesOf(left, right), () => shareIdentifier(left, right)),
  );
}

function join(edge: Pick<Edge, 'left' | 'right'>, { personOf, members }: Work): void {
  const [one, other] = [personOf[edge.left] ?? edge.left, personOf[edge.right] ?? edge.right];
  const [into, from] = one < other ? [one, other] : [other, one];
  const moved = members.get(from) ?? [];
  members.get(into)?.push(...moved);
  members.delete(from);
  for (const record of moved) personOf[record] = into;
}
