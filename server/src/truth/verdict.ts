// Putting a verdict together: one place that fills in every field of `because`.
import type { Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { latest } from './order.ts';
import type {
  Candidate,
  ElementPolicy,
  Ruling,
  SetAside,
  SetAsideReason,
  SubjectInput,
  Verdict,
  VerdictState,
} from './types.ts';
import type { Word, Words } from './words.ts';

/** All that the verdict on one element is decided from. */
export type Question = {
  readonly element: string;
  readonly policy: ElementPolicy;
  readonly policyId: string;
  /** In subject order. */
  readonly subjects: readonly SubjectInput[];
  /** Those about this element. */
  readonly rulings: readonly Ruling[];
  readonly at: Instant;
};

export type Finding = {
  readonly state: VerdictState;
  readonly rule: string;
  readonly values?: readonly Json[];
  readonly used?: readonly Candidate[];
  readonly setAside?: readonly SetAside[];
  readonly competing?: readonly Candidate[];
  readonly competingSet?: string | undefined;
  readonly absentReason?: string;
  readonly ruling?: number | undefined;
  readonly staleRulings?: readonly number[];
};

export function verdictOf(question: Question, finding: Finding): Verdict {
  return {
    element: question.element,
    state: finding.state,
    harm: question.policy.harm,
    values: finding.values ?? [],
    ...(finding.state === 'conflicting' && question.policy.whenConflicting !== undefined
      ? { shown: question.policy.whenConflicting }
      : {}),
    because: {
      rule: finding.rule,
      policy: question.policyId,
      used: finding.used ?? [],
      setAside: finding.setAside ?? [],
      competing: finding.competing ?? [],
      ...(finding.competingSet === undefined ? {} : { competingSet: finding.competingSet }),
      absentReason: finding.absentReason,
      ruling: finding.ruling,
      staleRulings: finding.staleRulings ?? [],
    },
  };
}

export function aside(candidate: Candidate, reason: SetAsideReason): SetAside {
  return { candidate, reason };
}

const SOURCE_ASKED_AND_NONE = 'asked-unknown';
const MASKED = 'masked';

/** Nobody gives a value: somebody's was erased, a source says there is none, or nobody ever spoke. */
export function withoutValue(question: Question, words: Words): Verdict {
  const none = words.none.map((one) => one.candidate);
  if (words.erased.length > 0) {
    const used = [...words.erased, ...none];
    return verdictOf(question, { state: 'erased', rule: 'content-erased', used, absentReason: MASKED });
  }
  if (none.length === 0) {
    return verdictOf(question, { state: 'missing', rule: 'nobody-says', absentReason: question.policy.absentReason });
  }
  const absentReason = words.none.find((one) => one.reason !== undefined)?.reason ?? SOURCE_ASKED_AND_NONE;
  return verdictOf(question, { state: 'missing', rule: 'source-says-none', used: none, absentReason });
}

/** What is cited beside the values: sources that say "none" do not take away what another one says. */
export function silentOnes(words: Words): readonly SetAside[] {
  return [
    ...words.none.map((one) => aside(one.candidate, 'negated-by-positive')),
    ...words.erased.map((candidate) => aside(candidate, 'erased')),
  ];
}

const DAY_MS = 86_400_000;

/** True when even the newest witness of the value spoke longer ago than the policy allows it. */
export function isStale(question: Question, witnesses: readonly Word[]): boolean {
  const { policy, at } = question;
  if (policy.sources !== undefined)
    return witnesses.length > 0 && witnesses.every((word) => isOlder(word.lastSaidAt, at, freshDays(policy, word)));
  if (policy.staleAfterDays === undefined || witnesses.length === 0) return false;
  return isOlder(latest(witnesses.map((word) => word.lastSaidAt)), at, policy.staleAfterDays);
}

/** A source whose values age sooner or later than others'. */
function freshDays(policy: ElementPolicy, word: Word): number | undefined {
  return policy.sources?.[word.subject.source]?.staleAfterDays ?? policy.staleAfterDays;
}

function isOlder(said: string, at: Instant, days: number | undefined): boolean {
  return days !== undefined && Date.parse(at) - Date.parse(said) > days * DAY_MS;
}
