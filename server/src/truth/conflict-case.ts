// A conflict as a person gets it to decide: the competing statements side by side, what a wrong choice may do, until when, and what
// they can do about it. Made from the verdict and the policy alone, so an old case can be made again as it was.
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { elementName } from './choice.ts';
import { competingSetFingerprint } from './competing-set.ts';
import { PRIORITIES } from './escalation.ts';
import { type NotPossible, notPossibleOn } from './exclusive.ts';
import { byCodeUnit } from './json-values.ts';
import type { Difference } from './lists/types.ts';
import { restsOn } from './rests-on.ts';
import type { Candidate, CaseRule, HarmClass, Policy, Ruling, Verdict } from './types.ts';
import { elementInWords, valueInWords } from './value-in-words.ts';

/** What one record says, in the words of the case. */
export type CaseSide = {
  readonly subject: SubjectId;
  readonly source: SourceKey;
  readonly sourceName: string;
  readonly statements: readonly {
    readonly statement: StatementId;
    readonly saidAt: Instant;
    readonly repeatedAt?: Instant;
    readonly value: Json;
    readonly words: string;
  }[];
};
export type SuggestedAction = {
  readonly decision: Ruling['decision'];
  /** The statement that is meant, for `choose` and `wrong-patient`. */
  readonly statement?: StatementId;
  readonly words: string;
  /** True: the ruling counts only when a second person agrees. */
  readonly secondApprover: boolean;
};
export type ConflictCase = {
  readonly element: string;
  readonly harm: HarmClass;
  readonly priority: CaseRule['priority'];
  readonly openedAt: Instant;
  readonly decideBy: Instant;
  /** What a ruling must name: it binds to exactly these statements. */
  readonly competingSet: string;
  readonly sides: readonly CaseSide[];
  /** Elements in which the sides differ, for an entry of a list. */
  readonly differences: readonly string[];
  readonly actions: readonly SuggestedAction[];
  /** Rulings that cannot settle this case, and why. */
  readonly notPossible: readonly NotPossible[];
};

export type CaseInput = {
  readonly policy: Policy;
  readonly openedAt: Instant;
  readonly sourceName: (source: SourceKey) => string;
  /** What differs, where the verdict is on a thing of a list. */
  readonly differences?: readonly Pick<Difference, 'element'>[];
  /** How the case was to be handled when it was opened, where that is kept; the policy's rule otherwise. */
  readonly rule?: CaseRule | undefined;
};

// Where a policy is silent: within a month, a week, a day, a shift; and what may kill is taken away by two people.
const CASE_RULES: { readonly [harm in HarmClass]: CaseRule } = {
  H0: { priority: 'routine', decideWithinHours: 720, secondApprover: 'never' },
  H1: { priority: 'soon', decideWithinHours: 168, secondApprover: 'never' },
  H2: { priority: 'urgent', decideWithinHours: 24, secondApprover: 'never' },
  H3: { priority: 'immediate', decideWithinHours: 4, secondApprover: 'when-removing' },
};

const HOUR_MS = 3_600_000;

/** The case of a verdict; undefined when nothing waits for a person. */
export function conflictCase(verdict: Verdict, input: CaseInput): ConflictCase | undefined {
  const { competing } = verdict.because;
  if (verdict.state !== 'conflicting' || competing.length === 0) return undefined;
  const differences = input.differences ?? [];
  const rule = input.rule ?? caseRuleOf(input.policy, verdict, differences);
  const sides = sidesOf(verdict, input);
  return {
    element: verdict.element,
    harm: verdict.harm,
    priority: rule.priority,
    openedAt: input.openedAt,
    decideBy: new Date(Date.parse(input.openedAt) + rule.decideWithinHours * HOUR_MS).toISOString() as Instant,
    competingSet: verdict.because.competingSet ?? competingSetFingerprint(verdict.element, competing),
    sides,
    differences: differences.map((one) => one.element),
    actions: actionsOf(verdict, sides, rule),
    notPossible: notPossibleOn(verdict.element),
  };
}

/** The strictest rule of what differs: the element's own, else its list's, else its class's, else ours. */
export function caseRuleOf(
  policy: Policy,
  verdict: Pick<Verdict, 'element' | 'harm'>,
  differences: readonly Pick<Difference, 'element'>[],
): CaseRule {
  const [list = '', thing] = verdict.element.split(':');
  const whole = policy.elements[list]?.['*'];
  const patient = thing === undefined ? policy.elements['Patient']?.[elementName(verdict.element)] : undefined;
  const own = differences.flatMap(({ element }) => elementRules(policy, element));
  const rules = [...own, whole?.case, patient?.case].filter((one) => one !== undefined);
  const general = policy.cases?.[verdict.harm] ?? CASE_RULES[verdict.harm];
  return rules.reduce(stricter, general);
}

/** `dosage` is `dosageInstruction` of a request. */
function elementRules(policy: Policy, element: string): readonly CaseRule[] {
  const names = element === 'dosage' ? ['dosage', 'dosageInstruction'] : [element];
  return Object.values(policy.elements).flatMap((ofType) => names.flatMap((name) => ofType[name]?.case ?? []));
}

const SECOND: readonly CaseRule['secondApprover'][] = ['never', 'when-removing', 'when-joining', 'always'];

export function stricter(a: CaseRule, b: CaseRule): CaseRule {
  const further = <T>(order: readonly T[], one: T, other: T) =>
    order.indexOf(one) > order.indexOf(other) ? one : other;
  return {
    priority: further(PRIORITIES, a.priority, b.priority),
    decideWithinHours: Math.min(a.decideWithinHours, b.decideWithinHours),
    secondApprover: further(SECOND, a.secondApprover, b.secondApprover),
  };
}

function sidesOf({ element, because }: Verdict, { sourceName }: CaseInput): readonly CaseSide[] {
  const bySubject = Map.groupBy(because.competing, ({ subject }) => subject);
  return [...bySubject]
    .map(([subject, candidates]) => {
      const source = candidates[0]?.source ?? ('' as SourceKey);
      return {
        subject,
        source,
        sourceName: sourceName(source),
        statements: candidates.map((one) => said(element, one)),
      };
    })
    .sort((a, b) => byCodeUnit(a.source, b.source) || byCodeUnit(a.subject, b.subject));
}

function said(element: string, { statement, saidAt, repeatedAt, value }: Candidate): CaseSide['statements'][number] {
  const again = repeatedAt === undefined ? {} : { repeatedAt };
  return { statement, saidAt, ...again, value, words: valueInWords(element, value) };
}

function actionsOf(verdict: Verdict, sides: readonly CaseSide[], rule: CaseRule): readonly SuggestedAction[] {
  const actions: Omit<SuggestedAction, 'secondApprover'>[] = [];
  const resting = restsOn(verdict.element) !== undefined;
  for (const { sourceName, statements } of sides) {
    const [first] = statements;
    if (first === undefined) continue;
    const words = statements.map((one) => one.words).join('; ');
    const { statement } = first;
    actions.push({ decision: 'choose', statement, words: `${sourceName} is right: ${words}.` });
    for (const one of resting ? statements : [first])
      actions.push({
        decision: 'wrong-patient',
        statement: one.statement,
        words: resting
          ? `${one.words} goes with what was withdrawn.`
          : `What ${sourceName} says is about somebody else.`,
      });
  }
  const all = resting ? 'All of them stand without it.' : 'All of them are right, beside each other.';
  actions.push({ decision: 'both-valid', words: all });
  actions.push({ decision: 'choose-none', words: `None of them is right about ${elementInWords(verdict.element)}.` });
  actions.push({
    decision: 'ask-source',
    words: `Ask ${sides.map((one) => one.sourceName).join(' and ')} before deciding.`,
  });
  const not = new Set(notPossibleOn(verdict.element).map(({ decision }) => decision));
  return actions
    .filter(({ decision }) => !not.has(decision))
    .map((action) => ({ ...action, secondApprover: needsSecond(rule, action.decision) }));
}

const REMOVING: ReadonlySet<Ruling['decision']> = new Set(['choose', 'choose-none', 'wrong-patient']);

export function needsSecond(rule: Pick<CaseRule, 'secondApprover'>, decision: Ruling['decision']): boolean {
  if (decision === 'ask-source') return false;
  return rule.secondApprover === 'always' || (rule.secondApprover === 'when-removing' && REMOVING.has(decision));
}
