// The verdict on one thing: its copies counted once, its duplicates shown as one with all who say so, its differences decided by
// nobody but a person wherever they could do harm.
import { type Contender, choose } from '../choose.ts';
import { bindRuling, competingSetFingerprint } from '../competing-set.ts';
import { latest } from '../order.ts';
import type { Candidate, ElementPolicy, Policy, Ruling, SetAside, Verdict } from '../types.ts';
import { aside, type Question, verdictOf } from '../verdict.ts';
import { sameOrigins } from './copies.ts';
import { differencesOf, graver, type Side } from './differences.ts';
import type { Entry } from './entries.ts';
import type { Difference } from './types.ts';

export type ThingGround = {
  readonly list: string;
  readonly element: string;
  readonly policy: Policy;
  readonly rule: ElementPolicy;
  readonly rulings: readonly Ruling[];
  readonly at: Question['at'];
};
export type DecidedThing = {
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
  readonly witnesses: number;
};
type Standing = { readonly entries: readonly Entry[]; readonly beside: readonly SetAside[] };

export function decideThing(ground: ThingGround, entries: readonly Entry[]): DecidedThing {
  const { standing, witnesses } = standingOf(entries);
  const { sides, beside: past } = sidesOf(ground.list, standing.entries);
  const differences = differencesOf(ground.list, ground.policy, sides);
  const beside = [...standing.beside, ...past];
  const speaking = sides.flatMap((side) => side.entries);
  const harm = differences.map((one) => one.harm).reduce(graver, ground.rule.harm);
  const question = questionOf(ground, harm);
  const verdict =
    differences.length === 0
      ? settled(question, speaking, { beside, staleRulings: question.rulings.map((one) => one.id).sort(byNumber) })
      : contested(question, { ground, sides, differences, beside });
  return { verdict, differences, witnesses };
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function questionOf(ground: ThingGround, harm: ElementPolicy['harm']): Question {
  const rulings = ground.rulings.filter((one) => one.element === ground.element);
  const { element, at } = ground;
  return { element, policy: { ...ground.rule, harm }, policyId: ground.policy.id, subjects: [], rulings, at };
}

/** Without what was withdrawn at its origin, and without word-for-word copies. */
function standingOf(entries: readonly Entry[]): { readonly standing: Standing; readonly witnesses: number } {
  const roots = sameOrigins(entries.map((entry) => entry.origins));
  const withdrawn = new Set(roots.filter((_root, place) => entries[place]?.claim === 'withdrawn'));
  const beside: SetAside[] = [];
  const kept: Entry[] = [];
  const told = new Set<string>();
  const witnesses = new Set<number | string>();
  for (const [place, entry] of entries.entries()) {
    const root = roots[place] ?? place;
    const telling = `${root} ${entry.claim} ${entry.meaning}`;
    if (withdrawn.has(root)) beside.push(aside(entry.candidate, 'withdrawn'));
    else if (told.has(telling)) beside.push(aside(entry.candidate, 'same-origin'));
    else {
      told.add(telling);
      kept.push(entry);
    }
    // One record that says it twice is one witness as well.
    if (!withdrawn.has(root)) witnesses.add(firstOf(entries, roots, root)?.candidate.subject ?? root);
  }
  return { standing: { entries: kept, beside }, witnesses: witnesses.size };
}

function firstOf(entries: readonly Entry[], roots: readonly number[], root: number): Entry | undefined {
  return entries.find((_entry, place) => roots[place] === root);
}

/** What each record says by now. A source that goes on with a thing has spoken over its own earlier endings of it. */
function sidesOf(
  list: string,
  entries: readonly Entry[],
): { readonly sides: readonly Side[]; readonly beside: readonly SetAside[] } {
  const sides: Side[] = [];
  const beside: SetAside[] = [];
  for (const [subject, own] of Map.groupBy(entries, (entry) => entry.candidate.subject)) {
    const current = own.filter((entry) => entry.claim === 'current');
    const speaking = current.length > 0 ? current : newestOf(own);
    for (const entry of own) if (!speaking.includes(entry)) beside.push(aside(entry.candidate, 'past'));
    // Each record of a decision about resuscitation stands for itself, whoever else's words it is kept with.
    if (list === 'ResuscitationStatus') for (const entry of speaking) sides.push({ subject, entries: [entry] });
    else sides.push({ subject, entries: speaking });
  }
  return { sides, beside };
}

function newestOf(entries: readonly Entry[]): readonly Entry[] {
  const when = latest(entries.map((entry) => entry.candidate.saidAt));
  return entries.filter((entry) => entry.candidate.saidAt === when);
}

type Contest = {
  readonly ground: ThingGround;
  readonly sides: readonly Side[];
  readonly differences: readonly Difference[];
  readonly beside: readonly SetAside[];
};

function contested(question: Question, contest: Contest): Verdict {
  const { sides, beside, differences } = contest;
  const inDispute = new Set(differences.flatMap((one) => one.competing));
  const competing = sides
    .flatMap((side) => side.entries.map((one) => one.candidate))
    .filter((one) => inDispute.has(one));
  const competingSet = competingSetFingerprint(question.element, competing);
  const { ruling, stale: staleRulings } = bindRuling(question.rulings, competingSet);
  const common = { competing, competingSet, staleRulings };
  const ruled = ruling === undefined ? undefined : ruledOut(ruling, sides, inDispute);
  const speaking = sides.flatMap((side) => side.entries);
  if (ruling !== undefined && ruled !== undefined) {
    const out = ruling.decision === 'wrong-patient' ? 'wrong-patient' : 'ruled-out';
    const left = speaking.filter((entry) => !ruled.includes(entry));
    const setAside = [...ruled.map((entry) => aside(entry.candidate, out)), ...beside];
    const rest = restOf(ruling, contest, left);
    if (rest.differences.length > 0) return contested(without(question, ruling), { ...rest, beside: setAside });
    return settled(question, left, { ...common, beside: setAside, rule: 'ruling', ruling: ruling.id });
  }
  return chosen(question, contest, common) ?? open(question, { speaking, beside, common });
}

type Common = {
  readonly competing: readonly Candidate[];
  readonly competingSet: string;
  readonly staleRulings: readonly number[];
};

/** Without the wrong patient's entries the others may still disagree: that is another question, with a competing set of its own. */
function restOf({ decision }: Ruling, contest: Contest, left: readonly Entry[]): Contest {
  if (decision !== 'wrong-patient') return { ...contest, differences: [] };
  const { ground } = contest;
  const sides = contest.sides
    .map((side) => ({ ...side, entries: side.entries.filter((entry) => left.includes(entry)) }))
    .filter((side) => side.entries.length > 0);
  return { ...contest, sides, differences: differencesOf(ground.list, ground.policy, sides) };
}

/** The ruling has had its effect. */
function without(question: Question, ruling: Ruling): Question {
  return { ...question, rulings: question.rulings.filter((one) => one !== ruling) };
}

/** Entries that a ruling takes out; undefined when it settles nothing, or names what does not compete. */
function ruledOut(
  ruling: Ruling,
  sides: readonly Side[],
  inDispute: ReadonlySet<Candidate>,
): readonly Entry[] | undefined {
  const competing = sides.flatMap((side) => side.entries).filter((entry) => inDispute.has(entry.candidate));
  if (ruling.decision === 'ask-source') return undefined;
  if (ruling.decision === 'both-valid') return [];
  if (ruling.decision === 'choose-none') return competing;
  const side = sides.find((one) => one.entries.some((entry) => entry.candidate.statement === ruling.chosen));
  if (side === undefined || !competing.some((entry) => side.entries.includes(entry))) return undefined;
  const own = competing.filter((entry) => side.entries.includes(entry));
  return ruling.decision === 'wrong-patient' ? own : competing.filter((entry) => !own.includes(entry));
}

/** Where no difference could do harm, one side's account is taken, as the policy says for the gravest element. */
function chosen(
  question: Question,
  { ground, sides, differences, beside }: Contest,
  common: Common,
): Verdict | undefined {
  if (differences.some((one) => one.harm === 'H2' || one.harm === 'H3')) return undefined;
  const gravest = [...differences].sort((a, b) => (a.harm < b.harm ? 1 : a.harm > b.harm ? -1 : 0))[0];
  const type = String(sides[0]?.entries[0]?.resource['resourceType']);
  const rule = gravest === undefined ? undefined : ground.policy.elements[type]?.[gravest.element];
  const choice = rule === undefined ? undefined : choose(sides.map(contenderOf), rule);
  if (choice === undefined) return undefined;
  const losers = choice.losers.flatMap(({ contender, reason }) =>
    contender.entries.map((entry) => aside(entry.candidate, reason)),
  );
  const shown = once(choice.winner.entries);
  return verdictOf(question, {
    ...common,
    state: 'assumed',
    rule: choice.rule,
    values: shown.used.map((one) => one.value),
    used: shown.used,
    setAside: [...shown.setAside, ...losers, ...beside],
  });
}

function contenderOf(side: Side): Side & Contender {
  const [first] = side.entries;
  return {
    ...side,
    trust: first?.from.trust ?? 0,
    saidAt: latest(side.entries.map((entry) => entry.candidate.saidAt)),
    canonical: side.entries
      .map((entry) => entry.meaning)
      .sort()
      .join('\n'),
    source: first?.candidate.source ?? '',
  };
}

function open(
  question: Question,
  { speaking, beside, common }: { speaking: readonly Entry[]; beside: readonly SetAside[]; common: Common },
): Verdict {
  const { used, setAside } = once(speaking);
  return verdictOf(question, {
    ...common,
    state: 'conflicting',
    rule: 'a-person-decides',
    values: used.map((candidate) => candidate.value),
    used: used.filter((candidate) => !common.competing.includes(candidate)),
    setAside: [...setAside.filter(({ candidate }) => !common.competing.includes(candidate)), ...beside],
  });
}

type Settling = Partial<Common> & {
  readonly beside: readonly SetAside[];
  readonly rule?: string;
  readonly ruling?: number;
};

function settled(question: Question, entries: readonly Entry[], because: Settling): Verdict {
  const { beside, rule, ...rest } = because;
  // Of what may kill nothing is folded into another's account, however alike (H3): each is shown as it was said.
  const { used, setAside } = rule === 'ruling' || question.policy.harm === 'H3' ? once(entries) : asOne(entries);
  const records = new Set(entries.map((entry) => entry.candidate.subject));
  if (used.length === 0) {
    const absentReason = question.policy.absentReason;
    return verdictOf(question, {
      ...rest,
      state: 'missing',
      rule: rule ?? 'nobody-says',
      setAside: beside,
      absentReason,
    });
  }
  return verdictOf(question, {
    ...rest,
    state: 'known',
    rule: rule ?? (records.size > 1 ? 'sources-agree' : 'only-one-says'),
    values: used.map((candidate) => candidate.value),
    used,
    setAside: [...setAside, ...beside],
  });
}

type Shown = { readonly used: readonly Candidate[]; readonly setAside: readonly SetAside[] };

/** Entries that say exactly the same once, the others as witnesses. */
function once(entries: readonly Entry[]): Shown {
  const shown = new Set<string>();
  const used: Candidate[] = [];
  const setAside: SetAside[] = [];
  for (const { meaning, candidate } of entries) {
    if (shown.has(meaning)) setAside.push(aside(candidate, 'agrees'));
    else {
      shown.add(meaning);
      used.push(candidate);
    }
  }
  return { used, setAside };
}

/** Records that do not differ in anything the policy compares: the account of the one that says most stands for all. */
function asOne(entries: readonly Entry[]): Shown {
  const most = Math.max(...entries.map((entry) => entry.says));
  const best = entries.find((entry) => entry.says === most);
  const own = entries.filter((entry) => entry.candidate.subject === best?.candidate.subject);
  const { used, setAside } = once(own);
  const others = entries.filter((entry) => !own.includes(entry));
  return { used, setAside: [...setAside, ...others.map((entry) => aside(entry.candidate, 'agrees'))] };
}
