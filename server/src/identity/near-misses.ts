// Pairs that nearly meet a rule. Each becomes a case for a human, so one other person yields one near miss, the most telling.
import type { SubjectId } from '../base/ids.ts';
import { agreement, pair, pairKey, type SupportedLink } from './evidence.ts';
import { demographicKey, isFullDate, verifiedNhsNumbers } from './lookup-keys.ts';
import { NHS_NUMBER_SYSTEM } from './nhs-number.ts';
import type { PairHistory } from './pair-history.ts';
import type { Resolution } from './resolve.ts';
import type { LinkDecision, NearMiss, SubjectIdentity } from './types.ts';

/** Beyond this a value is shared by so many that one more case tells a human nothing new. */
const NEAR_MISSES_MAX = 20;
const MOST_TELLING_FIRST = [
  'vetoed',
  'against-ruling',
  'kept-apart',
  'same-nhs-number-other-birth-date',
  'same-nhs-number-partial-birth-date',
  'same-nhs-number-unverified',
  'same-demographics',
] as const;
type Reason = (typeof MOST_TELLING_FIRST)[number];

export type NearMissInput = {
  readonly subject: SubjectIdentity;
  readonly identities: ReadonlyMap<SubjectId, SubjectIdentity>;
  /** Before the decisions of now. */
  readonly histories: ReadonlyMap<string, PairHistory>;
  readonly resolution: Resolution<SupportedLink>;
  readonly takenBack: readonly LinkDecision[];
  readonly againstRuling: readonly LinkDecision[];
};

export function nearMisses(input: NearMissInput): readonly NearMiss[] {
  const vetoed = input.takenBack.filter((link) => link.rule === 'veto-different-verified-nhs-number');
  const found = new Map<string, NearMiss>();
  for (const { a, b } of vetoed) found.set(pairKey(a, b), nearMiss({ a, b, reason: 'vetoed' }, input));
  for (const { a, b } of input.againstRuling) {
    found.set(pairKey(a, b), nearMiss({ a, b, reason: 'against-ruling' }, input));
  }
  for (const miss of missesOfSubject(input)) found.set(pairKey(miss.a, miss.b), miss);
  return [...found.values()].slice(0, NEAR_MISSES_MAX);
}

function missesOfSubject(input: NearMissInput): readonly NearMiss[] {
  const { subject, identities, resolution } = input;
  const best = new Map<unknown, { readonly reason: Reason; readonly other: SubjectIdentity }>();
  const refused = new Map([...resolution.refused].map(([link, conflict]) => [pairKey(link.a, link.b), conflict]));
  for (const other of inOrderOfSight(identities.values())) {
    const key = pairKey(subject.id, other.id);
    if (other.id === subject.id || isSettled(other, input)) continue;
    const conflict = refused.get(key);
    const reason = conflict === undefined ? reasonOf(subject, other) : REASON_OF_CONFLICT[conflict];
    const group = resolution.groups.get(other.id) ?? other.id;
    const known = best.get(group);
    if (reason !== undefined && (known === undefined || isMoreTelling(reason, known.reason))) {
      best.set(group, { reason, other });
    }
  }
  return [...best.values()].map(({ reason, other }) => nearMiss({ ...pair(subject.id, other.id), reason }, input));
}

const REASON_OF_CONFLICT = { 'different-verified-nhs-number': 'vetoed', 'kept-apart': 'kept-apart' } as const;

/** Already one person, kept apart by somebody's word, or vetoed and reported before. */
function isSettled(other: SubjectIdentity, { subject, histories, resolution }: NearMissInput): boolean {
  const group = resolution.groups.get(subject.id);
  if (group !== undefined && group === resolution.groups.get(other.id)) return true;
  const history = histories.get(pairKey(subject.id, other.id));
  if (history?.asserted?.kind === 'not-same') return true;
  return history?.latest.rule === 'veto-different-verified-nhs-number';
}

function reasonOf(subject: SubjectIdentity, other: SubjectIdentity): Reason | undefined {
  if (subject.pseudo || other.pseudo) return undefined;
  const shared = sharedNhsNumber(subject, other);
  if (shared !== undefined) {
    const dates = [subject.birthDate, other.birthDate];
    if (dates.every(isFullDate) && dates[0] !== dates[1]) return 'same-nhs-number-other-birth-date';
    return shared.verified ? 'same-nhs-number-partial-birth-date' : 'same-nhs-number-unverified';
  }
  const demographics = demographicKey(subject);
  if (demographics === undefined || demographics !== demographicKey(other)) return undefined;
  // Two different verified numbers say that they are two people, however alike.
  const bothVerified = verifiedNhsNumbers(subject).length > 0 && verifiedNhsNumbers(other).length > 0;
  return bothVerified ? undefined : 'same-demographics';
}

function sharedNhsNumber(left: SubjectIdentity, right: SubjectIdentity): { readonly verified: boolean } | undefined {
  for (const one of left.identifiers) {
    if (one.system !== NHS_NUMBER_SYSTEM) continue;
    const same = right.identifiers.find((other) => other.system === one.system && other.value === one.value);
    if (same !== undefined) return { verified: one.verified && same.verified };
  }
  return undefined;
}

function nearMiss(
  { a, b, reason }: { readonly a: SubjectId; readonly b: SubjectId; readonly reason: Reason },
  { identities }: NearMissInput,
): NearMiss {
  const left = identities.get(a);
  const right = identities.get(b);
  const compared = left === undefined || right === undefined ? [] : agreement(left, right).because;
  return { a, b, reason, because: [{ code: reason, detail: '' }, ...compared] };
}

function isMoreTelling(one: Reason, other: Reason): boolean {
  return MOST_TELLING_FIRST.indexOf(one) < MOST_TELLING_FIRST.indexOf(other);
}

function inOrderOfSight(identities: Iterable<SubjectIdentity>): readonly SubjectIdentity[] {
  return [...identities].sort((left, right) => left.firstSeen - right.firstSeen || (left.id < right.id ? -1 : 1));
}
