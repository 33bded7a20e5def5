// What is to be done about one source subject and those it may be: link, ask a human, or nothing. A function of the set of
// candidates, not of their order.
import type { Decision, Veto } from './types.ts';

/** A record that some rule proposed, scored against the subject. */
export type Candidate = {
  readonly subject: string;
  readonly person: string;
  /** Records that the candidate's person has. */
  readonly personSize: number;
  readonly score: number;
  readonly vetoes: readonly Veto[];
  /** An NHS number or another identifier of one person is the same in both. */
  readonly sharesIdentifier: boolean;
  /** What the two agree on that is enough to tell one person from most others. */
  readonly identifiers: readonly string[];
};
export type CaseReason = 'vetoed' | 'close-rival' | 'bridge' | 'between-thresholds';
export type Outcome =
  | { readonly kind: 'link'; readonly to: Candidate; readonly margin: number }
  | { readonly kind: 'case'; readonly reason: CaseReason; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'nothing' };

/** The margin of a leader without a rival. */
export const UNRIVALLED = Number.MAX_SAFE_INTEGER;
const CASE_CANDIDATES_MAX = 10;
const BRIDGE_IDENTIFIERS = 2;

type Standing = { readonly best: Candidate; readonly vetoed: boolean; readonly identifiers: ReadonlySet<string> };

/** `ownSize`: records of the subject's own person, itself included; `candidates` holds none of these. */
export function decide(
  candidates: readonly Candidate[],
  { decision, ownSize }: { readonly decision: Decision; readonly ownSize: number },
): Outcome {
  const standings = byPerson(candidates).filter(({ best }) => best.score >= decision.review);
  const [leader, second] = standings.filter(({ vetoed }) => !vetoed);
  if (leader === undefined) return caseOf('vetoed', standings);
  if (leader.best.score < decision.link) return caseOf('between-thresholds', standings);
  const margin = second === undefined ? UNRIVALLED : leader.best.score - second.best.score;
  if (margin < decision.margin) return caseOf('close-rival', standings);
  if (isUnsafeBridge(leader, ownSize)) return caseOf('bridge', standings);
  return { kind: 'link', to: leader.best, margin };
}

function isUnsafeBridge({ best, identifiers }: Standing, ownSize: number): boolean {
  return needsSecondIdentifier(ownSize, best.personSize) && !enoughForBridge(identifiers);
}

/** A link that joins two persons of several records each moves them all: one agreement is not enough for that. */
export function needsSecondIdentifier(ownSize: number, otherSize: number): boolean {
  return ownSize > 1 && otherSize > 1;
}

export function enoughForBridge(identifiers: ReadonlySet<string>): boolean {
  return identifiers.size >= BRIDGE_IDENTIFIERS;
}

/** Best first. A veto against one record of a person is a veto against the person. */
function byPerson(candidates: readonly Candidate[]): readonly Standing[] {
  const standings: Standing[] = [];
  for (const ofPerson of Map.groupBy(candidates, (one) => one.person).values()) {
    const [best] = ofPerson.toSorted(strongerFirst);
    if (best === undefined) continue;
    standings.push({
      best,
      vetoed: isVetoed(
        ofPerson.flatMap((one) => one.vetoes),
        () => ofPerson.some((one) => one.sharesIdentifier),
      ),
      identifiers: new Set(ofPerson.flatMap((one) => one.identifiers)),
    });
  }
  return standings.sort((left, right) => strongerFirst(left.best, right.best));
}

/**
 * Whether the vetoes against any record of a person keep the subject out. Twins are a guess that a shared identifier settles, with
 * whichever of the person's records it is shared; the other vetoes are never outvoted.
 */
export function isVetoed(found: readonly Veto[], sharesIdentifier: () => boolean): boolean {
  return found.length > 0 && (found.some((veto) => veto !== 'twins') || !sharesIdentifier());
}

function strongerFirst(left: Candidate, right: Candidate): number {
  return right.score - left.score || (left.subject < right.subject ? -1 : 1);
}

function caseOf(reason: CaseReason, standings: readonly Standing[]): Outcome {
  if (standings.length === 0) return { kind: 'nothing' };
  return { kind: 'case', reason, candidates: standings.slice(0, CASE_CANDIDATES_MAX).map(({ best }) => best) };
}
