// A clinical list of a person: what its entries speak of, the verdict on each thing, and on the list as a whole. A pure function of
// the entries, the rulings, the policy and the time; the order of entries plays no part.
import type { Instant } from '../../base/ids.ts';
import { bindRuling, competingSetFingerprint } from '../competing-set.ts';
import { byCodeUnit } from '../json-values.ts';
import type { ElementPolicy, Policy, Ruling, Verdict, VerdictState } from '../types.ts';
import { aside, type Question, verdictOf } from '../verdict.ts';
import { decideThing } from './decide-thing.ts';
import { WHOLE } from './differences.ts';
import { type Entry, entriesOf, erasedOf } from './entries.ts';
import { type Group, groupEntries } from './group.ts';
import { SHAPES, type Shape } from './identity.ts';
import { deniesEntry } from './no-known.ts';
import type { ListDecision, ListEntry, Thing } from './types.ts';

export type ClinicalListInput = {
  readonly policy: Policy;
  /** The resource type that names the list: Condition, MedicationStatement (with requests), Observation … */
  readonly list: string;
  readonly entries: readonly ListEntry[];
  /** The person's; those about other elements are ignored. */
  readonly rulings: readonly Ruling[];
  readonly at: Instant;
};
type Ground = ClinicalListInput & { readonly rule: ElementPolicy; readonly shape: Shape };

/** Undefined when the policy has no rule for the list: then nothing is decided, and every entry passes as it is. */
export function decideClinicalList(input: ClinicalListInput): ListDecision | undefined {
  const shape = SHAPES[input.list];
  const rule = input.policy.elements[input.list]?.[WHOLE];
  if (shape === undefined || rule === undefined) return undefined;
  const ground: Ground = { ...input, rule, shape };
  const entries = entriesOf(input.list, input.entries);
  const narrow = entries.filter((entry) => entry.wide === undefined);
  const things = thingsOf(ground, narrow);
  const verdict = wholeVerdict(ground, entries, things);
  const conflicts = [verdict, ...things.map((thing) => thing.verdict)].filter((one) => one.state === 'conflicting');
  const elements = new Set([input.list, ...things.map((thing) => thing.element)]);
  const homeless = input.rulings.filter(
    (one) => one.element.startsWith(`${input.list}:`) && !elements.has(one.element),
  );
  const stale = [verdict, ...things.map((thing) => thing.verdict)].flatMap((one) => one.because.staleRulings);
  return {
    element: input.list,
    state: stateOf(verdict, things),
    verdict,
    things,
    conflicts,
    staleRulings: [...new Set([...stale, ...homeless.map((one) => one.id)])].sort((a, b) => a - b),
  };
}

const GRAVITY: readonly VerdictState[] = ['conflicting', 'erased', 'withheld', 'stale', 'assumed', 'known', 'missing'];

function stateOf(verdict: Verdict, things: readonly Thing[]): VerdictState {
  const states = [verdict.state, ...things.map((thing) => thing.verdict.state)];
  return GRAVITY.find((state) => states.includes(state)) ?? verdict.state;
}

function thingsOf(ground: Ground, entries: readonly Entry[]): readonly Thing[] {
  const { shape, rule } = ground;
  const members = entries.flatMap((entry) => {
    const identity = shape.identify(entry.resource, rule.sameTime ?? 'any');
    return identity === undefined ? [] : [{ entry, identity }];
  });
  const places = new Map(entries.map((entry, place) => [entry, place]));
  return groupEntries(members, shape.keysAreOne === true).map((group) => thingOf(ground, group, places));
}

function thingOf(ground: Ground, group: Group<Entry>, places: ReadonlyMap<Entry, number>): Thing {
  const { list, policy, rule, rulings, at } = ground;
  const element = `${list}:${group.key}`;
  // Whichever signature they came by, entries stand in the order in which all are judged.
  const members = [...group.members].sort((a, b) => (places.get(a.entry) ?? 0) - (places.get(b.entry) ?? 0));
  const entries = members.map(({ entry, agrees }) => ({ ...entry, says: agrees.length }));
  const decided = decideThing({ list, element, policy, rule, rulings, at }, entries);
  return {
    element,
    about: group.about,
    because: members.map(({ entry, agrees, unsaid }) => ({ candidate: entry.candidate, agrees, unsaid })),
    related: group.related.map((key) => `${list}:${key}`).sort(byCodeUnit),
    ...decided,
  };
}

/** On the list as a whole: nothing said, "none known" alone, or against what is named. */
function wholeVerdict(ground: Ground, entries: readonly Entry[], things: readonly Thing[]): Verdict {
  const question = wholeQuestion(ground);
  const erased = erasedOf(ground.entries);
  const denials = entries.filter((entry) => entry.wide === 'none-known' && entry.claim === 'current');
  const named = things.filter((thing) => thing.verdict.values.length > 0);
  const contradicts = (denial: Entry, entry: Entry) => deniesEntry(ground.list, denial.resource, entry.resource);
  const positives = entries.filter(
    (entry) =>
      entry.wide === undefined && entry.claim === 'current' && denials.some((denial) => contradicts(denial, entry)),
  );
  const denying = denials.filter((denial) => positives.some((entry) => contradicts(denial, entry)));
  const stale = ground.rulings.filter((one) => one.element === ground.list).map((one) => one.id);
  if (denying.length > 0) return denied(question, { denials: denying, positives, named });
  const staleRulings = stale.sort((a, b) => a - b);
  if (named.length > 0) {
    const used = named.flatMap((thing) => thing.verdict.because.used);
    const values = named.flatMap((thing) => thing.verdict.values);
    return verdictOf(question, { state: 'known', rule: 'all-are-shown', values, used, staleRulings });
  }
  if (denials.length > 0) {
    const used = denials.map((entry) => entry.candidate);
    return verdictOf(question, {
      state: 'known',
      rule: 'source-says-none',
      values: used.map((one) => one.value),
      used,
      staleRulings,
    });
  }
  const gone = things.flatMap((thing) => thing.verdict.because.setAside);
  if (erased.length > 0)
    return verdictOf(question, {
      state: 'erased',
      rule: 'content-erased',
      used: erased,
      setAside: gone,
      absentReason: 'masked',
      staleRulings,
    });
  const unasked = entries.filter((entry) => entry.wide === 'no-information' && entry.claim === 'current');
  if (unasked.length > 0) {
    const used = unasked.map((entry) => entry.candidate);
    return verdictOf(question, {
      state: 'missing',
      rule: 'nobody-asked',
      used,
      setAside: gone,
      absentReason: 'not-asked',
      staleRulings,
    });
  }
  const { absentReason } = ground.rule;
  return verdictOf(question, { state: 'missing', rule: 'nobody-says', setAside: gone, absentReason, staleRulings });
}

function wholeQuestion({ list, policy, rule, rulings, at }: Ground): Question {
  const own = rulings.filter((one) => one.element === list);
  return { element: list, policy: rule, policyId: policy.id, subjects: [], rulings: own, at };
}

type Denied = {
  readonly denials: readonly Entry[];
  readonly positives: readonly Entry[];
  /** What is shown of the list in any case. */
  readonly named: readonly Thing[];
};

/** "None known" never hides what is named, and what is named does not silence it: a person finds out. */
function denied(question: Question, { denials, positives, named }: Denied): Verdict {
  const both = [...denials, ...positives].map((entry) => entry.candidate);
  const competingSet = competingSetFingerprint(question.element, both);
  const { ruling, stale: staleRulings } = bindRuling(question.rulings, competingSet);
  const common = { competing: both, competingSet, staleRulings };
  const chosen = both.find((candidate) => candidate.statement === ruling?.chosen);
  const rest = ruling === undefined ? undefined : withoutStranger({ denials, positives, named }, ruling);
  if (rest !== undefined) {
    const others = { ...question, rulings: question.rulings.filter((one) => one !== ruling) };
    const verdict = denied(others, rest.left);
    const used = verdict.because.used.filter((one) => !rest.gone.some(({ candidate }) => candidate === one));
    const setAside = [...verdict.because.setAside, ...rest.gone.map((one) => aside(one.candidate, 'wrong-patient'))];
    const values = [...used, ...verdict.because.competing].map((one) => one.value);
    return { ...verdict, values, because: { ...verdict.because, used, setAside } };
  }
  const out = outOf(ruling, { denials, positives, chosen });
  const listed = [...denials.map((entry) => entry.candidate), ...named.flatMap((thing) => thing.verdict.because.used)];
  const disputed = named.flatMap((thing) => thing.verdict.because.competing);
  const shown = [...new Set([...listed, ...disputed, ...both])];
  if (ruling === undefined || out === undefined) {
    const values = shown.map((candidate) => candidate.value);
    const used = shown.filter((candidate) => !both.includes(candidate));
    return verdictOf(question, { ...common, state: 'conflicting', rule: 'a-person-decides', values, used });
  }
  const left = shown.filter((candidate) => !out.some((entry) => entry.candidate === candidate));
  const reason = ruling.decision === 'wrong-patient' ? 'wrong-patient' : 'ruled-out';
  const setAside = out.map((entry) => aside(entry.candidate, reason));
  const values = left.map((candidate) => candidate.value);
  const state = left.length === 0 ? 'missing' : 'known';
  return verdictOf(question, { ...common, state, rule: 'ruling', ruling: ruling.id, values, used: left, setAside });
}

/** One of several on its side is about somebody else: the others still contradict. Undefined where that settles it, or is not ruled. */
function withoutStranger(
  { denials, positives, named }: Denied,
  { decision, chosen }: Ruling,
): { readonly left: Denied; readonly gone: readonly Entry[] } | undefined {
  if (decision !== 'wrong-patient') return undefined;
  const isStranger = (entry: Entry) => entry.candidate.statement === chosen;
  const gone = [...denials, ...positives].filter(isStranger);
  const left = { denials: denials.filter(not(isStranger)), positives: positives.filter(not(isStranger)), named };
  return gone.length === 0 || left.denials.length === 0 || left.positives.length === 0 ? undefined : { left, gone };
}

function not(is: (entry: Entry) => boolean): (entry: Entry) => boolean {
  return (entry) => !is(entry);
}

function outOf(
  ruling: Ruling | undefined,
  found: Omit<Denied, 'named'> & { readonly chosen: unknown },
): readonly Entry[] | undefined {
  const { denials, positives, chosen } = found;
  if (ruling === undefined || ruling.decision === 'ask-source') return undefined;
  if (ruling.decision === 'both-valid') return [];
  if (ruling.decision === 'choose-none') return [...denials, ...positives];
  if (chosen === undefined) return undefined;
  const isDenial = denials.some((entry) => entry.candidate === chosen);
  if (ruling.decision === 'wrong-patient') {
    const side = isDenial ? denials : positives;
    const own = side.filter((entry) => entry.candidate === chosen);
    return own.length === side.length ? own : undefined;
  }
  return isDenial ? positives : denials;
}
