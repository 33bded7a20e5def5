// The verdict on an element that may have several values: names, addresses, identifiers. Sources compete only within one kind
// (the official name, the home address); different kinds stand beside each other, and equal entries are shown once.
import { type Contender, choose } from './choose.ts';
import { bindRuling, competingSetFingerprint } from './competing-set.ts';
import { competitionKey } from './entry-key.ts';
import { type Equivalence, equivalenceOf } from './equivalence.ts';
import { latest } from './order.ts';
import { setRetiredAside } from './retired.ts';
import type { Candidate, Ruling, SetAside, SubjectInput, Verdict } from './types.ts';
import { aside, isStale, type Question, silentOnes, verdictOf, withoutValue } from './verdict.ts';
import type { Word, Words } from './words.ts';

type Entry = { readonly word: Word; readonly canonical: string };
/** What one subject says within one kind. */
type Side = Contender & { readonly by: SubjectInput; readonly entries: readonly Entry[] };
/** All that is said of one kind, and what came of it. */
type Kind = { readonly sides: readonly Side[]; readonly competes: boolean };
type Outcome = {
  readonly used: readonly Word[];
  readonly setAside: readonly SetAside[];
  readonly rule: string;
  readonly decided: 'agreed' | 'chosen' | 'ruled' | 'conflicting';
};

export function decideList(question: Question, all: Words): Verdict {
  const { words, setAside: retired } =
    question.policy.keepRetired === true ? { words: all, setAside: [] } : setRetiredAside(all, question.policy.harm);
  const beside = [...silentOnes(words), ...retired];
  const allStale = question.rulings.map((ruling) => ruling.id).sort((a, b) => a - b);
  if (words.values.length === 0) {
    const empty = withoutValue(question, words);
    return {
      ...empty,
      because: { ...empty.because, setAside: [...empty.because.setAside, ...retired], staleRulings: allStale },
    };
  }
  if (words.values.every((word) => word.subject === words.values[0]?.subject)) {
    return settled(question, [agreed(words.values, 'only-one-says')], { beside, staleRulings: allStale });
  }
  const equivalence = equivalenceOf(question.policy.equivalence);
  const kinds = kindsOf(question, words.values, equivalence);
  const competing = kinds.filter((kind) => kind.competes).flatMap((kind) => candidatesOf(kind));
  if (competing.length === 0) {
    return settled(
      question,
      kinds.map((kind) => union(kind, equivalence)),
      { beside, staleRulings: allStale },
    );
  }
  const competingSet = competingSetFingerprint(question.element, competing);
  const { ruling, stale: staleRulings } = bindRuling(question.rulings, competingSet);
  const outcomes = kinds.map((kind) => (kind.competes ? compete(question, kind, ruling) : union(kind, equivalence)));
  const bound = outcomes.some((one) => one.decided === 'ruled') ? ruling?.id : undefined;
  return settled(question, outcomes, { beside, staleRulings, competing, competingSet, ruling: bound });
}

function agreed(words: readonly Word[], rule: string): Outcome {
  return { used: words, setAside: [], rule, decided: 'agreed' };
}

function candidatesOf(kind: Kind): readonly Candidate[] {
  return kind.sides.flatMap((side) => side.entries.map((entry) => entry.word.candidate));
}

/** In subject order: the first subject's kinds first, as that source lists them. */
function kindsOf(question: Question, words: readonly Word[], equivalence: Equivalence): readonly Kind[] {
  const found = new Map<string, Map<SubjectInput, Entry[]>>();
  for (const word of words) {
    const key = competitionKey(question.element, word.candidate.value);
    const kind = found.get(key) ?? new Map<SubjectInput, Entry[]>();
    if (kind.size === 0) found.set(key, kind);
    const entries = kind.get(word.subject) ?? [];
    if (entries.length === 0) kind.set(word.subject, entries);
    entries.push({ word, canonical: equivalence.canonical(word.candidate.value) });
  }
  return [...found.values()].map((kind) => {
    const sides = [...kind].map(([by, entries]) => sideOf(by, entries));
    return { sides, competes: mayCompete(question) && differ(sides, equivalence) };
  });
}

/** H0 and H1 lists without a rule to choose by are unions: several hospital numbers are all true. */
function mayCompete(question: Question): boolean {
  const { harm, choose: criteria } = question.policy;
  return harm === 'H2' || harm === 'H3' || criteria.length > 0;
}

function sideOf(by: SubjectInput, entries: readonly Entry[]): Side {
  const saidAt = latest(entries.map((entry) => entry.word.candidate.saidAt));
  const canonical = entries
    .map((entry) => entry.canonical)
    .sort()
    .join('\n');
  return { by, entries, saidAt, canonical, trust: by.trust, source: by.source, subject: by.id };
}

/** True when two subjects say different things, neither of which contains the other. */
function differ(sides: readonly Side[], equivalence: Equivalence): boolean {
  return sides.some((a, place) =>
    sides.slice(place + 1).some((b) => !covers(a, b, equivalence) && !covers(b, a, equivalence)),
  );
}

function covers(whole: Side, part: Side, equivalence: Equivalence): boolean {
  return part.entries.every((entry) => whole.entries.some((other) => says(other, entry, equivalence)));
}

function says(entry: Entry, other: Entry, equivalence: Equivalence): boolean {
  return entry.canonical === other.canonical || equivalence.refines(entry.canonical, other.canonical);
}

/** Every different entry once, each by its best witness. */
function union(kind: Kind, equivalence: Equivalence): Outcome {
  const entries = kind.sides.flatMap((side) => side.entries);
  const used: Word[] = [];
  const setAside: SetAside[] = [];
  entries.forEach((entry, place) => {
    const same = entries.findIndex((other) => other.canonical === entry.canonical);
    if (entries.some((other) => equivalence.refines(other.canonical, entry.canonical))) {
      setAside.push(aside(entry.word.candidate, 'less-precise'));
    } else if (same < place) setAside.push(aside(entry.word.candidate, 'agrees'));
    else used.push(entry.word);
  });
  return { used, setAside, rule: 'sources-agree', decided: 'agreed' };
}

function compete(question: Question, kind: Kind, ruling: Ruling | undefined): Outcome {
  const ruled = ruling === undefined ? undefined : ruledOn(question, kind, ruling);
  if (ruled !== undefined) return ruled;
  const choice = choose(kind.sides, question.policy);
  if (choice === undefined) return { used: [], setAside: [], rule: 'a-person-decides', decided: 'conflicting' };
  const losers = new Map(choice.losers.map((one) => [one.contender, one.reason]));
  return takeSide(question, kind, {
    winner: choice.winner,
    rule: choice.rule,
    decided: 'chosen',
    reason: (side) => losers.get(side) ?? 'agrees',
  });
}

type Taking = Pick<Outcome, 'rule' | 'decided'> & {
  readonly winner: Side;
  readonly reason: (side: Side) => SetAside['reason'];
};

function takeSide(question: Question, kind: Kind, taking: Taking): Outcome {
  const { winner } = taking;
  const equivalence = equivalenceOf(question.policy.equivalence);
  const setAside = kind.sides
    .filter((side) => side !== winner)
    .flatMap((side) =>
      side.entries.map((entry) => {
        const shared = winner.entries.some((one) => one.canonical === entry.canonical);
        const vaguer = winner.entries.some((one) => equivalence.refines(one.canonical, entry.canonical));
        return aside(entry.word.candidate, shared ? 'agrees' : vaguer ? 'less-precise' : taking.reason(side));
      }),
    );
  const used = winner.entries.map((entry) => entry.word);
  return { used, setAside, rule: taking.rule, decided: taking.decided };
}

function ruledOn(question: Question, kind: Kind, ruling: Ruling): Outcome | undefined {
  if (ruling.decision === 'ask-source') return undefined;
  if (ruling.decision === 'both-valid') {
    return { ...union(kind, equivalenceOf(question.policy.equivalence)), rule: 'ruling', decided: 'ruled' };
  }
  if (ruling.decision === 'choose-none') {
    const setAside = candidatesOf(kind).map((candidate) => aside(candidate, 'ruled-out'));
    return { used: [], setAside, rule: 'ruling', decided: 'ruled' };
  }
  const winner = kind.sides.find((side) =>
    side.entries.some((entry) => entry.word.candidate.statement === ruling.chosen),
  );
  if (winner === undefined) return undefined;
  if (ruling.decision === 'wrong-patient') return withoutStranger(question, kind, winner);
  return takeSide(question, kind, { winner, rule: 'ruling', decided: 'ruled', reason: () => 'ruled-out' });
}

/** What is left when one record spoke of somebody else; undefined while the others still contradict each other. */
function withoutStranger(question: Question, kind: Kind, stranger: Side): Outcome | undefined {
  const equivalence = equivalenceOf(question.policy.equivalence);
  const sides = kind.sides.filter((side) => side !== stranger);
  if (differ(sides, equivalence)) return undefined;
  const { used, setAside } = union({ sides, competes: false }, equivalence);
  const out = stranger.entries.map((entry) => aside(entry.word.candidate, 'wrong-patient'));
  return { used, setAside: [...setAside, ...out], rule: 'ruling', decided: 'ruled' };
}

type Context = {
  readonly beside: readonly SetAside[];
  readonly staleRulings: readonly number[];
  readonly competing?: readonly Candidate[];
  readonly competingSet?: string;
  readonly ruling?: number | undefined;
};

function settled(question: Question, outcomes: readonly Outcome[], context: Context): Verdict {
  const { beside, ...because } = context;
  const used = outcomes.flatMap((one) => one.used);
  const setAside = [...outcomes.flatMap((one) => one.setAside), ...beside];
  const shown = used.map((word) => word.candidate.value);
  const common = { ...because, used: used.map((word) => word.candidate), setAside };
  if (outcomes.some((one) => one.decided === 'conflicting')) {
    const open = (because.competing ?? []).filter((candidate) => !isSettled(candidate, common));
    const values = [...shown, ...distinct(question, open)];
    return verdictOf(question, { ...common, state: 'conflicting', rule: 'a-person-decides', values });
  }
  if (used.length === 0) {
    return verdictOf(question, {
      ...common,
      state: 'missing',
      rule: 'ruling',
      absentReason: question.policy.absentReason,
    });
  }
  if (isStale(question, used))
    return verdictOf(question, { ...common, state: 'stale', rule: 'older-than-allowed', values: shown });
  const deciding = outcomes.find((one) => one.decided === 'chosen') ?? outcomes.find((one) => one.decided === 'ruled');
  const state = deciding?.decided === 'chosen' ? 'assumed' : 'known';
  const rule = deciding?.rule ?? (outcomes.length > 0 ? outcomes[0]?.rule : undefined) ?? 'sources-agree';
  return verdictOf(question, { ...common, state, rule, values: shown });
}

function isSettled(
  candidate: Candidate,
  common: { used: readonly Candidate[]; setAside: readonly SetAside[] },
): boolean {
  return common.used.includes(candidate) || common.setAside.some((one) => one.candidate === candidate);
}

function distinct(question: Question, candidates: readonly Candidate[]) {
  const { canonical } = equivalenceOf(question.policy.equivalence);
  const texts = candidates.map((candidate) => canonical(candidate.value));
  return candidates
    .filter((_one, place) => texts.indexOf(texts[place] ?? '') === place)
    .map((candidate) => candidate.value);
}
