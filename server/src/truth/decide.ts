// The verdicts on a person's Patient elements: a pure function of what the sources say, the rulings, the policy and the time.
// No answer depends on the order of subjects, on the order of arrival or on a locale.
import type { Instant } from '../base/ids.ts';
import { elementName } from './choice.ts';
import { decideList } from './decide-list.ts';
import { decideSingle } from './decide-single.ts';
import { isPatientList, patientPlace } from './fhir-order.ts';
import { byCodeUnit, entriesOf } from './json-values.ts';
import { isHiddenWhenRestricted, isRestricted } from './restricted.ts';
import { trustedBy } from './source-rules.ts';
import type { Candidate, ElementPolicy, HarmClass, Policy, Ruling, SetAside, SubjectInput, Verdict } from './types.ts';
import { aside, type Question, verdictOf } from './verdict.ts';
import { inSubjectOrder, nothing, spokenElement, type Word, type Words, wholeWord, wordsOn } from './words.ts';
import { rulesOnStranger, strangersOn, withdrawnStatements, withoutStatements } from './wrong-patient.ts';

export type DecideInput = {
  readonly policy: Policy;
  readonly subjects: readonly SubjectInput[];
  /** The person's rulings; those about other subjects or elements are ignored. */
  readonly rulings: readonly Ruling[];
  readonly at: Instant;
};
/** A conflict that waits for a person, as a case is opened from it. */
export type Conflict = {
  readonly element: string;
  readonly harm: HarmClass;
  readonly competingSet: string;
  readonly competing: readonly Candidate[];
};
export type Decision = {
  /** Policy elements in FHIR order, then whatever else the sources say. */
  readonly verdicts: readonly Verdict[];
  readonly conflicts: readonly Conflict[];
  readonly staleRulings: readonly number[];
};

type Ground = DecideInput & { readonly ordered: readonly SubjectInput[]; readonly restricting: readonly Candidate[] };

const NO_POLICIES: { readonly [element: string]: ElementPolicy } = {};

export function decide(input: DecideInput): Decision {
  const ordered = inSubjectOrder(input.subjects);
  const ground: Ground = { ...input, ordered, restricting: restrictions(ordered) };
  const told = decideAll(ground);
  const verdicts = input.rulings.length === 0 ? told : withoutStrangers(ground, told);
  return { verdicts, conflicts: conflictsOf(verdicts), staleRulings: staleOf(verdicts) };
}

function decideAll(ground: Ground): readonly Verdict[] {
  const policies = ground.policy.elements['Patient'] ?? NO_POLICIES;
  const verdicts: Verdict[] = [];
  for (const element of orderedElements(policies)) {
    const policy = policies[element];
    if (policy !== undefined) verdicts.push(decideElement(ground, element, policy));
  }
  for (const element of inPatientOrder(unruledElements(ground.ordered, policies)))
    verdicts.push(passThrough(ground, element));
  return verdicts;
}

/** The verdicts once more where a ruling that binds took a statement back; those with such a ruling of their own stand. */
function withoutStrangers(ground: Ground, told: readonly Verdict[]): readonly Verdict[] {
  const withdrawn = withdrawnStatements(told);
  if (withdrawn.size === 0) return told;
  const ordered = ground.ordered.map((subject) => withoutStatements(subject, withdrawn));
  const again = new Map(decideAll({ ...ground, ordered }).map((verdict) => [verdict.element, verdict]));
  return told.flatMap((verdict) => {
    if (verdict.state === 'withheld' || rulesOnStranger(verdict)) return [verdict];
    const left = again.get(verdict.element);
    const strangers = strangersOn(verdict.element, ground.ordered, withdrawn);
    if (left === undefined) return [onlyStrangersSaid(ground, verdict.element, strangers)];
    if (strangers.length === 0) return [left];
    const { because } = left;
    return [{ ...left, because: { ...because, setAside: [...because.setAside, ...strangers] } }];
  });
}

/** An element without a policy of its own, of which nobody else spoke: that somebody did is still told. */
function onlyStrangersSaid(ground: Ground, element: string, setAside: readonly SetAside[]): Verdict {
  const question = questionOn(ground, element, UNRULED);
  return verdictOf(question, { state: 'missing', rule: 'nobody-says', setAside, absentReason: UNRULED.absentReason });
}

function decideElement(ground: Ground, element: string, policy: ElementPolicy): Verdict {
  const question = questionOn(ground, element, policy);
  if (ground.restricting.length > 0 && isHiddenWhenRestricted(element)) return withheld(question, ground.restricting);
  const words = wordsOn(question.subjects, element);
  return policy.cardinality === 'list' ? decideList(question, words) : decideSingle(question, words);
}

function questionOn(ground: Ground, element: string, policy: ElementPolicy): Question {
  const { policy: whole, at } = ground;
  const subjects = trustedBy(whole, policy, ground.ordered);
  const rulings =
    ground.rulings.length === 0
      ? ground.rulings
      : ground.rulings.filter(
          (ruling) =>
            elementName(ruling.element) === element && subjects.some((subject) => subject.id === ruling.subject),
        );
  return { element, policy, policyId: whole.id, subjects, rulings, at };
}

/** What marks the person's record as restricted. Any subject's mark counts, a retired one's too: in doubt nothing is shown. */
function restrictions(subjects: readonly SubjectInput[]): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const subject of subjects) {
    const meta = subject.view.elements['meta'];
    if (meta !== undefined && isRestricted(meta)) found.push(nothing(subject, meta));
  }
  return found;
}

const MASKED = 'masked';

/** Neither the value nor that there is one: candidates are cited without what they say. */
function withheld(question: Question, restricting: readonly Candidate[]): Verdict {
  const setAside = question.subjects.flatMap((subject) => {
    const spoken = spokenElement(subject, question.element);
    return spoken === undefined ? [] : [aside(nothing(subject, spoken), 'withheld')];
  });
  return verdictOf(question, {
    state: 'withheld',
    rule: 'restricted-by-source',
    used: restricting,
    setAside,
    absentReason: MASKED,
  });
}

// Text of one source's narrative would contradict a record made of several; id and meta belong to the server, link is composed.
const NOT_DECIDED: ReadonlySet<string> = new Set(['id', 'meta', 'resourceType', 'text', 'implicitRules', 'language']);

function unruledElements(
  subjects: readonly SubjectInput[],
  policies: { readonly [element: string]: unknown },
): readonly string[] {
  const found = new Set<string>();
  for (const subject of subjects) {
    for (const property of Object.keys(subject.view.elements)) {
      if (NOT_DECIDED.has(property) || property.startsWith('_')) continue;
      const element = elementName(property);
      if (policies[element] === undefined) found.add(element);
    }
  }
  return [...found];
}

const orders = new WeakMap<object, readonly string[]>();

/** The elements of a policy in order, found once for each policy: every message is decided by the same one. */
function orderedElements(policies: { readonly [element: string]: ElementPolicy }): readonly string[] {
  const known = orders.get(policies);
  if (known !== undefined) return known;
  const ordered = inPatientOrder(Object.keys(policies));
  orders.set(policies, ordered);
  return ordered;
}

function inPatientOrder(elements: readonly string[]): readonly string[] {
  return [...elements].sort((a, b) => patientPlace(a) - patientPlace(b) || byCodeUnit(a, b));
}

const UNRULED: ElementPolicy = {
  harm: 'H0',
  cardinality: 'single',
  choose: ['trust', 'recency'],
  equivalence: 'exact',
  staleAfterDays: undefined,
  absentReason: 'unknown',
  why: 'No rule of its own: the most trusted source that speaks is shown.',
};

/** An element without a policy of its own: taken whole from the most trusted source that speaks of it. */
function passThrough(ground: Ground, element: string): Verdict {
  const question = questionOn(ground, element, UNRULED);
  if (ground.restricting.length > 0 && isHiddenWhenRestricted(element)) return withheld(question, ground.restricting);
  const verdict = decideSingle(question, wholeWordsOn(question.subjects, element));
  if (!isPatientList(element)) return verdict;
  return { ...verdict, values: verdict.values.flatMap(entriesOf) };
}

function wholeWordsOn(subjects: readonly SubjectInput[], element: string): Words {
  const { none, erased } = wordsOn(subjects, element);
  const values: Word[] = [];
  for (const subject of subjects) {
    const spoken = subject.erased ? undefined : spokenElement(subject, element);
    if (spoken?.value !== undefined) values.push(wholeWord(subject, spoken, spoken.value));
  }
  return { values, none, erased };
}

function conflictsOf(verdicts: readonly Verdict[]): readonly Conflict[] {
  return verdicts.flatMap(({ element, harm, state, because: { competing, competingSet } }) =>
    state === 'conflicting' && competingSet !== undefined ? [{ element, harm, competingSet, competing }] : [],
  );
}

function staleOf(verdicts: readonly Verdict[]): readonly number[] {
  const stale = new Set(verdicts.flatMap((verdict) => verdict.because.staleRulings));
  return stale.size === 0 ? [] : [...stale].sort((a, b) => a - b);
}
