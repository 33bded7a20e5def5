// The verdict on a person's allergies: all of them are shown, "no known allergies" never beats a named one, and only a person settles it.
import type { Instant, SourceKey, SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { bindRuling, competingSetFingerprint } from './competing-set.ts';
import { entryCandidate, isErasedEntry } from './entry-candidate.ts';
import { byCodeUnit, canonicalText } from './json-values.ts';
import { denies, type NegativeScope, negativeScope, statusCode, substanceKey } from './no-known-allergy.ts';
import { resourceOf } from './render-view.ts';
import type { Candidate, ElementPolicy, Policy, Ruling, SetAside, Verdict, View } from './types.ts';
import { aside, type Question, verdictOf } from './verdict.ts';

export type AllergyInput = {
  readonly subject: SubjectId;
  readonly source: SourceKey;
  readonly view: View;
  readonly erased?: boolean;
};
export type DecideAllergiesInput = {
  readonly policy: Policy;
  readonly allergies: readonly AllergyInput[];
  readonly rulings: readonly Ruling[];
  readonly at: Instant;
};

export const ALLERGIES = 'AllergyIntolerance';

// Holds whatever a policy says: allergies are H3, and no policy may make them less.
const RULE: ElementPolicy = {
  harm: 'H3',
  cardinality: 'list',
  choose: [],
  equivalence: 'exact',
  staleAfterDays: undefined,
  absentReason: 'unknown',
  why: 'A missed allergy can kill.',
};

type Entry = {
  readonly candidate: Candidate;
  readonly resource: JsonObject;
  readonly scope: NegativeScope | undefined;
  readonly refuted: boolean;
  readonly inactive: boolean;
  readonly substance: string;
  readonly canonical: string;
};

export function decideAllergies(input: DecideAllergiesInput): Verdict {
  const policy = { ...RULE, absentReason: ruleOf(input.policy)?.absentReason ?? RULE.absentReason };
  const rulings = input.rulings.filter((ruling) => ruling.element === ALLERGIES);
  const question: Question = {
    element: ALLERGIES,
    policy,
    policyId: input.policy.id,
    subjects: [],
    rulings,
    at: input.at,
  };
  const erased = input.allergies.filter(isErasedEntry).map((allergy) => entryCandidate(allergy, null));
  const entries = input.allergies
    .filter((allergy) => !isErasedEntry(allergy))
    .map(entryOf)
    .sort(inEntryOrder);
  const withdrawn = entries.filter(isWithdrawn);
  const standing = entries.filter((entry) => !isWithdrawn(entry));
  const setAside = [
    ...withdrawn.map((entry) => aside(entry.candidate, 'withdrawn')),
    ...erased.map((candidate) => aside(candidate, 'erased')),
  ];
  if (standing.length === 0) return nothingRecorded(question, { setAside, erased });
  return judge(question, standing, setAside);
}

function ruleOf(policy: Policy): ElementPolicy | undefined {
  return policy.elements[ALLERGIES]?.['*'];
}

function nothingRecorded(
  question: Question,
  found: { setAside: readonly SetAside[]; erased: readonly Candidate[] },
): Verdict {
  const staleRulings = question.rulings.map((ruling) => ruling.id);
  if (found.erased.length > 0) {
    const setAside = found.setAside.filter((one) => one.reason !== 'erased');
    return verdictOf(question, {
      state: 'erased',
      rule: 'content-erased',
      used: found.erased,
      setAside,
      absentReason: 'masked',
      staleRulings,
    });
  }
  const { absentReason } = question.policy;
  return verdictOf(question, {
    state: 'missing',
    rule: 'nobody-says',
    setAside: found.setAside,
    absentReason,
    staleRulings,
  });
}

function judge(question: Question, standing: readonly Entry[], withdrawn: readonly SetAside[]): Verdict {
  const overtaken = standing.filter((entry) => standing.some((other) => overtakes(other, entry)));
  const rest = standing.filter((entry) => !overtaken.includes(entry));
  const competing = rest.filter((entry) =>
    rest.some((other) => contradicts(entry, other) || contradicts(other, entry)),
  );
  const beside = [...overtaken.map((entry) => aside(entry.candidate, 'negated-by-positive')), ...withdrawn];
  if (competing.length === 0) {
    const staleRulings = question.rulings.map((ruling) => ruling.id).sort((a, b) => a - b);
    return shown(question, rest, {
      setAside: beside,
      rule: standing.length === 1 ? 'only-one-says' : 'all-are-shown',
      staleRulings,
    });
  }
  const candidates = competing.map((entry) => entry.candidate);
  const competingSet = competingSetFingerprint(ALLERGIES, candidates);
  const { ruling, stale: staleRulings } = bindRuling(question.rulings, competingSet);
  const common = { competing: candidates, competingSet, staleRulings };
  const strangers = ruling?.decision === 'wrong-patient' ? strangersOf(ruling, competing) : [];
  if (strangers.length > 0 && stillContradict(competing, strangers)) {
    const gone = strangers.map((entry) => aside(entry.candidate, 'wrong-patient'));
    const others = { ...question, rulings: question.rulings.filter((one) => one !== ruling) };
    return judge(
      others,
      standing.filter((entry) => !strangers.includes(entry)),
      [...withdrawn, ...gone],
    );
  }
  const ruledOut = ruling === undefined ? undefined : ruledOutBy(ruling, competing);
  if (ruling === undefined || ruledOut === undefined) {
    const { used, setAside } = once(rest);
    const values = used.map((entry) => entry.candidate.value);
    const uncontested = used.filter((entry) => !competing.includes(entry)).map((entry) => entry.candidate);
    const finding = { state: 'conflicting' as const, rule: 'a-person-decides', values, used: uncontested };
    return verdictOf(question, { ...finding, setAside: [...setAside, ...beside], ...common });
  }
  const out = ruling.decision === 'wrong-patient' ? 'wrong-patient' : 'ruled-out';
  const setAside = [...ruledOut.map((entry) => aside(entry.candidate, out)), ...beside];
  const left = rest.filter((entry) => !ruledOut.includes(entry));
  return shown(question, left, { setAside, rule: 'ruling', ruling: ruling.id, ...common });
}

function shown(
  question: Question,
  entries: readonly Entry[],
  because: Partial<Parameters<typeof verdictOf>[1]> & { rule: string },
): Verdict {
  const { used, setAside } = once(entries);
  const candidates = used.map((entry) => entry.candidate);
  const all = [...setAside, ...(because.setAside ?? [])];
  if (candidates.length === 0) {
    return verdictOf(question, {
      ...because,
      state: 'missing',
      setAside: all,
      absentReason: question.policy.absentReason,
    });
  }
  return verdictOf(question, {
    ...because,
    state: 'known',
    values: candidates.map((one) => one.value),
    used: candidates,
    setAside: all,
  });
}

/** Entries that say exactly the same are shown once, with the others as witnesses. */
function once(entries: readonly Entry[]): { used: readonly Entry[]; setAside: readonly SetAside[] } {
  const used = entries.filter(
    (entry, place) => entries.findIndex((other) => other.canonical === entry.canonical) === place,
  );
  const rest = entries.filter((entry) => !used.includes(entry));
  return { used, setAside: rest.map((entry) => aside(entry.candidate, 'agrees')) };
}

function strangersOf(ruling: Ruling, competing: readonly Entry[]): readonly Entry[] {
  return competing.filter((entry) => entry.candidate.statement === ruling.chosen);
}

/** Without the wrong patient's entries the others may still disagree: that is another question, with a competing set of its own. */
function stillContradict(competing: readonly Entry[], strangers: readonly Entry[]): boolean {
  const left = competing.filter((entry) => !strangers.includes(entry));
  return left.some((entry) => left.some((other) => contradicts(entry, other)));
}

/** Undefined when the ruling settles nothing: its statement is not among those that compete. */
function ruledOutBy(ruling: Ruling, competing: readonly Entry[]): readonly Entry[] | undefined {
  if (ruling.decision === 'ask-source') return undefined;
  if (ruling.decision === 'both-valid') return [];
  if (ruling.decision === 'choose-none') return competing;
  const chosen = strangersOf(ruling, competing);
  if (chosen.length === 0) return undefined;
  if (ruling.decision === 'wrong-patient') return chosen;
  return competing.filter((entry) => chosen.some((one) => contradicts(one, entry) || contradicts(entry, one)));
}

/** A denial against a named, current allergy: "none known" against any it covers, a refutation against its own substance. */
function contradicts(denial: Entry, entry: Entry): boolean {
  if (entry.scope !== undefined || entry.refuted || entry.inactive) return false;
  if (denial.scope !== undefined) return !denial.refuted && denies(denial.scope, entry.resource);
  return (denial.refuted || denial.inactive) && denial.substance === entry.substance;
}

/** The same record of the same source named an allergy after it had said "none known": it no longer says so. */
function overtakes(entry: Entry, denial: Entry): boolean {
  if (denial.scope === undefined || !contradicts(denial, entry)) return false;
  const [a, b] = [denial.candidate, entry.candidate];
  return a.subject === b.subject && a.source === b.source && b.saidAt > (a.repeatedAt ?? a.saidAt);
}

function isWithdrawn(entry: Entry): boolean {
  return statusCode(entry.resource, 'verificationStatus') === 'entered-in-error';
}

function entryOf(allergy: AllergyInput): Entry {
  const resource = resourceOf(allergy.view);
  const clinical = statusCode(resource, 'clinicalStatus');
  return {
    candidate: entryCandidate(allergy, resource),
    resource,
    scope: negativeScope(resource),
    refuted: statusCode(resource, 'verificationStatus') === 'refuted',
    inactive: clinical === 'inactive' || clinical === 'resolved',
    substance: substanceKey(resource),
    canonical: canonicalText(meaning(resource)),
  };
}

/** What two entries must share to be one: everything but whose record they stand in and when they were written down. */
function meaning(resource: JsonObject): Json {
  const { identifier, patient, recordedDate, recorder, asserter, encounter, extension, text, contained, ...rest } =
    resource;
  return rest;
}

function inEntryOrder(a: Entry, b: Entry): number {
  return (
    byCodeUnit(a.candidate.source, b.candidate.source) ||
    byCodeUnit(a.candidate.subject, b.candidate.subject) ||
    byCodeUnit(a.canonical, b.canonical) ||
    byCodeUnit(a.candidate.saidAt, b.candidate.saidAt) ||
    // Two entries of one record that say the same at the same moment: whichever comes first, the same is shown.
    a.candidate.statement - b.candidate.statement
  );
}
