// What still rests on something that was withdrawn, as for the wrong patient: a report with its result, a score made of it, a problem
// whose evidence it was, a copy that travelled. Nobody but a person says whether that stands by itself, so each withdrawal with
// anything resting on it is a conflict of its own.
import { type Instant, PARTS_MAX } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { bindRuling, competingSetFingerprint } from './competing-set.ts';
import { entryCandidate } from './entry-candidate.ts';
import { byCodeUnit } from './json-values.ts';
import { graver } from './lists/differences.ts';
import { claimOf } from './lists/status.ts';
import type { ListEntry } from './lists/types.ts';
import { compareMoments } from './order.ts';
import { resourceOf } from './render-view.ts';
import { WITHDRAWN } from './rests-on.ts';
import type { Candidate, HarmClass, Policy, Ruling, Verdict } from './types.ts';
import { type Question, verdictOf } from './verdict.ts';
import { type Reached, type Recorded, withdrawalReach } from './withdrawal.ts';

export function isWithdrawn(resource: JsonObject): boolean {
  return claimOf(resource) === 'withdrawn';
}

/** Something withdrawn, and what rests on it, nearest first. */
export type Resting = { readonly withdrawn: string; readonly reached: readonly Reached[] };

/** Bookkeeping about a resource goes with it, and is no conclusion from it that anybody acts on. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['Provenance', 'AuditEvent', 'Task']);

/** Of these records, as they are served: each that is withdrawn with whatever rests on it and stands. */
export function restingOn(records: readonly Recorded[]): readonly Resting[] {
  const gone = new Set(records.filter(({ resource }) => isWithdrawn(resource)).map(({ name }) => name));
  const standing = records.filter(({ name }) => !gone.has(name) && !BOOKKEEPING.has(name.split('/')[0] ?? ''));
  return [...records]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .flatMap((one) => {
      const { name: withdrawn } = one;
      if (!gone.has(withdrawn)) return [];
      // What rests on it by way of something that was withdrawn as well rests on that.
      const reached = withdrawalReach([...standing, one], [withdrawn]);
      return reached.length === 0 ? [] : [{ withdrawn, reached }];
    });
}

export type RestingInput = {
  readonly policy: Policy;
  readonly resting: readonly Resting[];
  /** Of what was withdrawn and of what rests on it. */
  readonly entries: readonly (ListEntry & { readonly type: string })[];
  readonly rulings: readonly Ruling[];
  readonly at: Instant;
};

/** One verdict for each withdrawal on which anything rests that its source has not said again since. */
export function restingVerdicts(input: RestingInput): readonly Verdict[] {
  const byName = new Map(input.entries.map((entry) => [`${entry.type}/${entry.resourceId}`, entry]));
  return input.resting.flatMap(({ withdrawn, reached }) => {
    const gone = byName.get(withdrawn);
    const standing = reached
      .flatMap(({ name }) => byName.get(name) ?? [])
      .filter((entry) => gone === undefined || !knowsOf(entry, gone));
    return standing.length === 0 ? [] : [verdictOn(input, withdrawn, standing)];
  });
}

/** Who withdrew it and went on saying what rests on it, with the withdrawal or after it, knows what they say. Of a ruling no source knows. */
function knowsOf(entry: ListEntry, gone: ListEntry): boolean {
  if (entry.source !== gone.source || !isWithdrawn(resourceOf(gone.view))) return false;
  const withdrawal = entryCandidate(gone, null);
  const { lastStatement, lastSaidAt } = entry.view;
  const isTogether = Math.floor(lastStatement / PARTS_MAX) === Math.floor(withdrawal.statement / PARTS_MAX);
  const order = { saidAt: withdrawal.saidAt, id: withdrawal.statement };
  return isTogether || compareMoments({ saidAt: lastSaidAt, id: lastStatement }, order) > 0;
}

function verdictOn(
  { policy, rulings, at }: RestingInput,
  withdrawn: string,
  standing: readonly RestingInput['entries'][number][],
): Verdict {
  const element = `${WITHDRAWN}:${withdrawn}`;
  const competing: readonly Candidate[] = standing.map((entry) => entryCandidate(entry, resourceOf(entry.view)));
  const competingSet = competingSetFingerprint(element, competing);
  const own = rulings.filter((one) => one.element === element);
  const { ruling, stale: staleRulings } = bindRuling(own, competingSet);
  const harm = standing.map(({ type }) => harmOf(policy, type)).reduce(graver, 'H2');
  const question: Question = { element, policy: ruleOf(harm), policyId: policy.id, subjects: [], rulings: own, at };
  const common = { competing, competingSet, staleRulings, values: competing.map((one) => one.value), used: competing };
  if (ruling?.decision === 'both-valid')
    return verdictOf(question, { ...common, state: 'known', rule: 'ruling', ruling: ruling.id });
  return verdictOf(question, { ...common, state: 'conflicting', rule: 'rests-on-withdrawn' });
}

/** What was concluded may do the harm of its own list, and no less than a wrong result. */
function harmOf({ elements }: Policy, type: string): HarmClass {
  return elements[type]?.['*']?.harm ?? 'H2';
}

function ruleOf(harm: HarmClass): Question['policy'] {
  const why = 'What rests on something withdrawn is looked at by a person.';
  return {
    harm,
    cardinality: 'list',
    choose: [],
    equivalence: 'exact',
    staleAfterDays: undefined,
    absentReason: 'unknown',
    why,
  };
}
