// The verdict on an element that has one value: birth date, gender, death. Agreement first, then a ruling, then the policy's rule.
import { type Choice, type Contender, choose } from './choose.ts';
import { bindRuling, competingSetFingerprint } from './competing-set.ts';
import { type Equivalence, equivalenceOf } from './equivalence.ts';
import { notPossibleOn } from './exclusive.ts';
import { setRetiredAside } from './retired.ts';
import type { Candidate, Ruling, SetAside, Verdict } from './types.ts';
import { aside, isStale, type Question, silentOnes, verdictOf, withoutValue } from './verdict.ts';
import type { Word, Words } from './words.ts';

/** A word with its canonical text, and what it is ranked by. */
type Claim = Contender & { readonly word: Word };

export function decideSingle(question: Question, all: Words): Verdict {
  const { words, setAside: retired } = setRetiredAside(all, question.policy.harm);
  if (words.values.length === 0) return cite(withoutValue(question, words), retired, question);
  const claims = rank(words.values, equivalenceOf(question.policy.equivalence), question);
  const { most, covered } = mostPrecise(claims, equivalenceOf(question.policy.equivalence));
  const beside = [
    ...covered.map((claim) => aside(claim.word.candidate, 'less-precise')),
    ...silentOnes(words),
    ...retired,
  ];
  if (most.every((claim) => claim.canonical === most[0]?.canonical))
    return agreement(question, { most, claims, beside });
  return competition(question, most, beside);
}

/** Best witness first: by the policy's own criteria, then by trust, age and name, so that the text served never depends on arrival. */
function rank(words: readonly Word[], equivalence: Equivalence, question: Question): readonly Claim[] {
  const claims = words.map((word) =>
    claimOf(word, words.length === 1 ? '' : equivalence.canonical(word.candidate.value)),
  );
  const byRecency = question.policy.choose[0] === 'recency';
  if (!byRecency || claims.length === 1) return claims;
  // Words come in subject order, so a stable sort keeps trust and name as the next criteria.
  return [...claims].sort((a, b) => (a.saidAt > b.saidAt ? -1 : a.saidAt < b.saidAt ? 1 : 0));
}

function claimOf(word: Word, canonical: string): Claim {
  const { trust, source, id } = word.subject;
  return { word, canonical, trust, saidAt: word.candidate.saidAt, source, subject: id };
}

/** Leaves out claims that another one says more precisely. */
function mostPrecise(
  claims: readonly Claim[],
  equivalence: Equivalence,
): { most: readonly Claim[]; covered: readonly Claim[] } {
  const canonical = claims[0]?.canonical;
  if (claims.every((claim) => claim.canonical === canonical)) return { most: claims, covered: [] };
  const isCovered = (claim: Claim) => claims.some((other) => equivalence.refines(other.canonical, claim.canonical));
  return { most: claims.filter((claim) => !isCovered(claim)), covered: claims.filter(isCovered) };
}

function agreement(
  question: Question,
  found: { most: readonly Claim[]; claims: readonly Claim[]; beside: readonly SetAside[] },
): Verdict {
  const [best, ...others] = found.most;
  if (best === undefined) return verdictOf(question, { state: 'missing', rule: 'nobody-says' });
  const stale = isStale(
    question,
    found.most.map((claim) => claim.word),
  );
  const rule = found.claims.length === 1 ? 'only-one-says' : 'sources-agree';
  return verdictOf(question, {
    state: stale ? 'stale' : 'known',
    rule: stale ? 'older-than-allowed' : rule,
    values: [best.word.candidate.value],
    used: [best.word.candidate],
    setAside: [...others.map((claim) => aside(claim.word.candidate, 'agrees')), ...found.beside],
    staleRulings: question.rulings.map((ruling) => ruling.id).sort((a, b) => a - b),
  });
}

function competition(question: Question, claims: readonly Claim[], beside: readonly SetAside[]): Verdict {
  const competing = claims.map((claim) => claim.word.candidate);
  const competingSet = competingSetFingerprint(question.element, competing);
  const { ruling, stale: staleRulings } = bindRuling(question.rulings, competingSet);
  if (ruling?.decision === 'wrong-patient') {
    const left = withoutStranger(question, { ruling, claims, beside });
    if (left !== undefined) return left;
  }
  const common = { competing, competingSet, staleRulings };
  const ruled = ruling === undefined ? undefined : ruledBy(question, { ruling, claims, beside });
  if (ruled !== undefined) return verdictOf(question, { ...ruled, ...common, ruling: ruling?.id });
  const choice = choose(claims, question.policy);
  if (choice === undefined) return verdictOf(question, { ...conflict(claims, beside), ...common });
  return verdictOf(question, { ...chosen(question, choice, beside), ...common });
}

function conflict(claims: readonly Claim[], beside: readonly SetAside[]) {
  const distinct = claims.filter(
    (claim, place) => claims.findIndex((one) => one.canonical === claim.canonical) === place,
  );
  const values = distinct.map((claim) => claim.word.candidate.value);
  return { state: 'conflicting' as const, rule: 'a-person-decides', values, setAside: beside };
}

function chosen(question: Question, choice: Choice<Claim>, beside: readonly SetAside[]) {
  const { winner, losers } = choice;
  const agreeing = losers.filter((one) => one.contender.canonical === winner.canonical);
  const stale = isStale(question, [winner.word, ...agreeing.map((one) => one.contender.word)]);
  return {
    state: stale ? ('stale' as const) : ('assumed' as const),
    rule: stale ? 'older-than-allowed' : choice.rule,
    values: [winner.word.candidate.value],
    used: [winner.word.candidate],
    setAside: [
      ...losers.map(({ contender, reason }) =>
        aside(contender.word.candidate, contender.canonical === winner.canonical ? 'agrees' : reason),
      ),
      ...beside,
    ],
  };
}

type RuledInput = { readonly ruling: Ruling; readonly claims: readonly Claim[]; readonly beside: readonly SetAside[] };

/** Undefined when the ruling cannot be carried out: its statement is gone, or two values of what there is only one of are called valid. */
function ruledBy(question: Question, input: RuledInput) {
  const { ruling, claims, beside } = input;
  if (ruling.decision === 'ask-source' || ruling.decision === 'wrong-patient') return undefined;
  if (ruling.decision === 'both-valid')
    return notPossibleOn(question.element).length === 0 ? allValid(input) : undefined;
  const taken = claims.find((claim) => claim.word.candidate.statement === ruling.chosen);
  if (ruling.decision === 'choose' && taken === undefined) return undefined;
  const used: Candidate[] = ruling.decision === 'choose' && taken !== undefined ? [taken.word.candidate] : [];
  const others = claims
    .filter((claim) => !used.includes(claim.word.candidate))
    .map((claim) =>
      aside(claim.word.candidate, used.length > 0 && claim.canonical === taken?.canonical ? 'agrees' : 'ruled-out'),
    );
  const setAside = [...others, ...beside];
  if (used.length === 0) {
    return { state: 'missing' as const, rule: 'ruling', setAside, absentReason: question.policy.absentReason };
  }
  return { state: 'known' as const, rule: 'ruling', values: used.map((one) => one.value), used, setAside };
}

/** One place holds one value: the best witness's is served, and the others are told as valid beside it. */
function allValid({ claims, beside }: RuledInput) {
  const [best, ...others] = claims;
  if (best === undefined) return undefined;
  const also = others.map(({ word, canonical }) =>
    aside(word.candidate, canonical === best.canonical ? 'agrees' : 'also-valid'),
  );
  const used = [best.word.candidate];
  return {
    state: 'known' as const,
    rule: 'ruling',
    values: [best.word.candidate.value],
    used,
    setAside: [...also, ...beside],
  };
}

/** What is left when one record spoke of somebody else: agreement, or a smaller competition that is ruled on by itself. */
function withoutStranger(question: Question, { ruling, claims, beside }: RuledInput): Verdict | undefined {
  const stranger = claims.find((claim) => claim.word.candidate.statement === ruling.chosen)?.subject;
  const left = claims.filter((claim) => claim.subject !== stranger);
  const [first, ...others] = left;
  if (stranger === undefined || first === undefined) return undefined;
  const strangers = claims.filter((claim) => claim.subject === stranger).map((claim) => claim.word.candidate);
  const setAside = [...strangers.map((candidate) => aside(candidate, 'wrong-patient')), ...beside];
  if (left.some((claim) => claim.canonical !== first.canonical)) {
    const rulings = question.rulings.filter((one) => one.competingSet !== ruling.competingSet);
    return competition({ ...question, rulings }, left, setAside);
  }
  const competing = claims.map((claim) => claim.word.candidate);
  const used = [first.word.candidate];
  const agreeing = others.map((claim) => aside(claim.word.candidate, 'agrees'));
  return verdictOf(question, {
    state: 'known',
    rule: 'ruling',
    values: used.map((one) => one.value),
    used,
    setAside: [...agreeing, ...setAside],
    competing,
    competingSet: ruling.competingSet,
    staleRulings: bindRuling(question.rulings, ruling.competingSet).stale,
    ruling: ruling.id,
  });
}

/** The verdict with more set aside; rulings that a set without competition left behind are stale. */
function cite(verdict: Verdict, more: readonly SetAside[], question: Question): Verdict {
  if (more.length === 0 && question.rulings.length === 0) return verdict;
  const staleRulings = question.rulings.map((ruling) => ruling.id).sort((a, b) => a - b);
  return {
    ...verdict,
    because: { ...verdict.because, setAside: [...verdict.because.setAside, ...more], staleRulings },
  };
}
