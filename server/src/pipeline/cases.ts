// What waits for a human after this receipt, and what no longer does.                                                     (pure)
import { createHash } from 'node:crypto';
import type { Home, SubjectId } from '../base/ids.ts';
import type { NearMiss } from '../identity/types.ts';
import {
  type CaseStep,
  caseRuleOf,
  competingSetFingerprint,
  isWatched,
  needsSecond,
  waitingProposal,
} from '../truth/index.ts';
import type { CaseRule, Verdict } from '../truth/types.ts';
import { casesOf, rulingsOf } from './holding.ts';
import type { Judged } from './judge.ts';
import type { Linked } from './link.ts';
import { type Between, betweenAfter, linkHandlingOf } from './stakes.ts';
import type { Stated } from './state.ts';
import type { AnswerRuling, Basis, ElementRuling, OpenCase, PlannedCase, Prepared } from './types.ts';
import { type VisitAfterDeath, visitsAfterDeath } from './visit-after-death.ts';

const CASE_ID_CHARACTERS = 16;
const VISIT_AFTER_DEATH = 'visit-after-death';

/** Cases to open and to close. A conflict whose competing set changed closes and opens anew: nobody rules on what they did not see. */
export function cases(
  prepared: Prepared,
  basis: Basis,
  input: { stated: Stated; linked: Linked; judged: readonly Judged[] },
): readonly PlannedCase[] {
  const { linked, judged } = input;
  const wanted = new Map<string, PlannedCase & { action: 'open' }>();
  for (const one of judged) {
    const home = linked.subjects.get(one.person.id)?.home ?? (0 as Home);
    for (const verdict of one.verdicts) {
      if (verdict.state !== 'conflicting') continue;
      const handling = caseRuleOf(basis.policy, verdict, one.differs[verdict.element] ?? []);
      keep(wanted, conflictCase({ person: one.person.id, home, handling }, verdict));
    }
  }
  for (const miss of linked.nearMisses)
    keep(
      wanted,
      linkCase(miss, linked, { prepared, between: betweenAfter(basis, input, prepared.receipt.receivedAt) }),
    );
  for (const found of visitsAfterDeath(input)) {
    const opened = deathCase(found, linked, { prepared, handling: caseRuleOf(basis.policy, found.death, []) });
    if (!isRuledOn(basis, found, opened.competingSet)) keep(wanted, opened);
  }
  return reconcile(basis, { prepared, wanted, linked, judged, ruled: ruledElement(prepared, basis) });
}

function keep(wanted: Map<string, PlannedCase & { action: 'open' }>, opened: PlannedCase & { action: 'open' }): void {
  wanted.set(opened.id, opened);
}

/** Somebody looked at just this account of the death before: what the visit says next is no news. */
function isRuledOn(basis: Basis, { person, death }: VisitAfterDeath, competingSet: string | undefined): boolean {
  return rulingsOf(basis, person.subjects).some(
    (one) => one.element === death.element && one.competingSet === competingSet,
  );
}

type Ruled = { readonly element: string; readonly persons: readonly string[] };

function ruledElement({ ruling }: Prepared, basis: Basis): Ruled | undefined {
  if (ruling?.kind === 'approve') return ruledByTwo(ruling, basis);
  // A question to a source, and what waits for a second person, settle nothing.
  if (ruling === undefined || !('element' in ruling) || ruling.kind === 'ask-source') return undefined;
  if (isProposed(basis, ruling)) return undefined;
  const person = basis.subjects.get(ruling.person as SubjectId)?.person;
  return { element: ruling.element, persons: person === undefined ? [ruling.person] : [ruling.person, person] };
}

function ruledByTwo(ruling: AnswerRuling, basis: Basis): Ruled | undefined {
  const open = basis.cases.get(ruling.case);
  return open?.element === undefined ? undefined : { element: open.element, persons: open.persons };
}

function isProposed(basis: Basis, ruling: ElementRuling): boolean {
  const person = basis.subjects.get(ruling.person as SubjectId)?.person;
  const open = casesOf(basis, person === undefined ? [] : [person]).find((one) => one.element === ruling.element);
  return open?.handling !== undefined && needsSecond(open.handling, ruling.kind);
}

function reconcile(
  basis: Basis,
  input: {
    prepared: Prepared;
    wanted: ReadonlyMap<string, PlannedCase & { action: 'open' }>;
    linked: Linked;
    judged: readonly Judged[];
    ruled: Ruled | undefined;
  },
): readonly PlannedCase[] {
  const judgedPersons = new Set<string>([...input.judged.map((one) => one.person.id), ...input.linked.dissolved]);
  const decidedPairs = new Set(input.linked.links.map((link) => `${link.a} ${link.b}`));
  const planned: PlannedCase[] = [];
  const left: OpenCase[] = [];
  const concerned = [
    ...judgedPersons,
    ...input.linked.links.flatMap((link) => [link.a, link.b]),
    ...(input.ruled?.persons ?? []),
  ];
  for (const open of casesOf(basis, concerned)) {
    if (input.wanted.has(open.id)) continue;
    const settled =
      open.id.startsWith(VISIT_AFTER_DEATH) || isWatched(open.element)
        ? input.ruled?.element === open.element && open.persons.some((person) => input.ruled?.persons.includes(person))
        : open.kind === 'conflict' && open.persons.some((person) => judgedPersons.has(person));
    const decided =
      (open.kind === 'possible-link' || open.kind === 'identity-veto') &&
      decidedPairs.has([...open.persons].sort().join(' '));
    if (!settled && !decided) continue;
    planned.push({ action: 'close', id: open.id });
    left.push(open);
  }
  for (const opened of input.wanted.values()) {
    const known = basis.cases.get(opened.id);
    if (known === undefined) planned.push(reopened(opened, left, { ...input, basis }));
    else if (!isSameRule(known.handling, opened.handling))
      planned.push({ action: 'note', id: known.id, steps: known.steps, handling: opened.handling });
  }
  return planned;
}

export function isSameRule(a: OpenCase['handling'], b: OpenCase['handling']): boolean {
  return (
    a?.priority === b?.priority &&
    a?.decideWithinHours === b?.decideWithinHours &&
    a?.secondApprover === b?.secondApprover &&
    stakesIn(a) === stakesIn(b)
  );
}

function stakesIn(handling: OpenCase['handling']): string {
  return handling !== undefined && 'stakes' in handling
    ? JSON.stringify([handling.harm, handling.stakes.map(({ stake, why }) => [stake, why])])
    : '';
}

/** With the reason, where somebody had already decided, or was about to, on another set of what competes. */
function reopened(
  opened: PlannedCase & { action: 'open' },
  left: readonly OpenCase[],
  {
    prepared,
    judged,
    basis,
  }: { readonly prepared: Prepared; readonly judged: readonly Judged[]; readonly basis: Basis },
): PlannedCase {
  if (opened.kind !== 'conflict' || opened.id.startsWith(VISIT_AFTER_DEATH)) return opened;
  const earlier = left.find((one) => one.kind === 'conflict' && one.element === opened.element);
  const about = judged.find((one) => one.person.id === opened.persons[0]);
  const lapsed = about?.verdicts.find((one) => one.element === opened.element)?.because.staleRulings.at(-1);
  // A ruling that is still held has no ledger index yet, so it is told by its receipt, as a proposal is.
  const ruling = rulingsOf(basis, about?.person.subjects ?? []).find((one) => one.id === lapsed)?.receipt;
  if (earlier === undefined && ruling === undefined) return opened;
  const proposal = earlier === undefined ? undefined : waitingProposal(earlier.steps);
  const stale = prepared.ruling === undefined ? (proposal?.receipt ?? ruling) : undefined;
  const step: CaseStep = {
    step: 'reopened',
    receipt: prepared.receipt.id,
    at: prepared.receipt.receivedAt,
    reason: whyReopened({
      byRuling: prepared.ruling !== undefined,
      proposed: proposal !== undefined,
      ruled: ruling !== undefined,
    }),
    ...(earlier === undefined ? {} : { earlier: earlier.id }),
    ...(stale === undefined ? {} : { stale }),
  };
  return { ...opened, steps: [...opened.steps, step] };
}

function whyReopened(what: {
  readonly byRuling: boolean;
  readonly proposed: boolean;
  readonly ruled: boolean;
}): string {
  if (what.byRuling) return 'After what a person decided, the sources that are left still disagree.';
  if (what.proposed)
    return 'What the sources say changed before a second person answered, so the proposal lapsed and nothing was decided.';
  if (what.ruled) return 'What the sources say changed after a person decided, so that ruling counts no more.';
  return 'What the sources say changed, so the earlier case was closed without a ruling.';
}

type Of = { readonly person: string; readonly home: Home; readonly handling: CaseRule };

/** What of a verdict a case tells. */
type Competing = Pick<Verdict, 'element' | 'harm'> & {
  readonly because: Pick<Verdict['because'], 'rule' | 'competing'>;
};

export function conflictCase({ person, home, handling }: Of, verdict: Competing): PlannedCase & { action: 'open' } {
  const competingSet = competingSetFingerprint(verdict.element, verdict.because.competing);
  return {
    action: 'open',
    id: caseId('conflict', person, verdict.element, competingSet),
    kind: 'conflict',
    home,
    harm: verdict.harm,
    persons: [person],
    element: verdict.element,
    competingSet,
    competitors: verdict.because.competing.map((candidate) => candidate.statement),
    receipt: undefined,
    handling,
    steps: [],
    detail: { rule: verdict.because.rule, competing: verdict.because.competing },
  };
}

type By = { readonly prepared: Prepared; readonly handling: CaseRule };

/** Open until somebody rules on the death: what is said later of the visit does not make it go away. */
function deathCase(
  found: VisitAfterDeath,
  linked: Linked,
  { prepared, handling }: By,
): PlannedCase & { action: 'open' } {
  const { person, death, visit } = found;
  return {
    action: 'open',
    id: `${VISIT_AFTER_DEATH}-${caseId(person.id, visit)}`,
    kind: 'conflict',
    home: linked.subjects.get(person.id)?.home ?? (0 as Home),
    harm: death.harm,
    persons: [person.id],
    element: death.element,
    competingSet: competingSetFingerprint(death.element, death.because.used),
    competitors: death.because.used.map((candidate) => candidate.statement),
    receipt: prepared.receipt.id,
    handling,
    steps: [],
    detail: { reason: VISIT_AFTER_DEATH, competing: death.because.used, visit },
  };
}

function linkCase(
  miss: NearMiss,
  linked: Linked,
  { prepared, between }: { readonly prepared: Prepared; readonly between: Between },
): PlannedCase & { action: 'open' } {
  const [a, b] = [miss.a, miss.b].sort() as [SubjectId, SubjectId];
  const handling = linkHandlingOf(between, [a, b], miss.reason === 'vetoed');
  return {
    action: 'open',
    id: caseId('link', String(a), String(b), miss.reason),
    kind: miss.reason === 'vetoed' ? 'identity-veto' : 'possible-link',
    home: linked.subjects.get(miss.a)?.home ?? linked.subjects.get(miss.b)?.home ?? (0 as Home),
    harm: handling.harm,
    persons: [String(a), String(b)],
    element: undefined,
    competingSet: undefined,
    competitors: [],
    receipt: prepared.receipt.id,
    handling,
    steps: [],
    detail: { reason: miss.reason, because: miss.because },
  };
}

/** The case of a receipt that needs repair. */
export function quarantineCase(prepared: Prepared, kind: 'quarantined' | 'held'): PlannedCase & { action: 'open' } {
  const { receipt, end } = prepared;
  return {
    action: 'open',
    id: receiptCaseId(receipt.id),
    kind,
    home: receipt.id as number as Home,
    harm: undefined,
    persons: [],
    element: undefined,
    competingSet: undefined,
    competitors: [],
    receipt: receipt.id,
    handling: undefined,
    steps: [],
    detail: { reasons: end?.reasons ?? [] },
  };
}

export function receiptCaseId(receipt: number): OpenCase['id'] {
  return `receipt-${receipt}`;
}

export function caseId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, CASE_ID_CHARACTERS);
}
