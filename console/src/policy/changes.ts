// What a policy would change, ordered and in words: the gravest first, and of these what takes a value away before what gives one. Pure.
import type { HarmClass, ReasonChange, VerdictChange } from '../api/types.ts';
import { count, plural } from '../parts/when.ts';

export type HarmGroup = {
  readonly harm: HarmClass;
  readonly persons: number;
  readonly changes: readonly VerdictChange[];
};

const HARMS: readonly HarmClass[] = ['H3', 'H2', 'H1', 'H0'];

/** Changes of each harm class, the gravest class first; classes without a change are left out. */
export function byHarm(changes: readonly VerdictChange[]): readonly HarmGroup[] {
  return HARMS.map((harm) => {
    const own = changes.filter((change) => change.harm === harm).toSorted((a, b) => b.count - a.count);
    return { harm, changes: own, persons: own.reduce((sum, { count }) => sum + count, 0) };
  }).filter(({ changes: own }) => own.length > 0);
}

/** What a change means for who reads the record. */
export function changeInWords({ before, after }: Pick<VerdictChange, 'before' | 'after'>): string {
  if (before === after) return 'another value or rule, in the same state';
  if (after === 'conflicting') return 'a person would have to decide';
  if (before === 'conflicting') return 'no longer waits for a person';
  if (after === 'none') return 'the policy would say nothing of it';
  if (before === 'none') return 'the policy would begin to speak of it';
  if (after === 'missing') return 'no value would be shown';
  if (after === 'assumed') return 'a rule would choose';
  return after === 'known' ? 'would count as known' : `would be ${after}`;
}

/** What stands behind the same value otherwise: another rule, another class of harm, or both. */
export function reasonInWords({ before, after }: Pick<ReasonChange, 'before' | 'after'>): string {
  const rule = before.rule === after.rule ? undefined : `${ruleInWords(before.rule)} → ${ruleInWords(after.rule)}`;
  const harm = before.harm === after.harm ? undefined : `class ${before.harm} → ${after.harm}`;
  return [rule, harm].filter((part) => part !== undefined).join(', ');
}

function ruleInWords(rule: string): string {
  return rule.replaceAll('-', ' ');
}

/** The sentence over all: whom it concerns. */
export function personsInWords({ compared, changed }: { readonly compared: number; readonly changed: number }): string {
  if (compared === 0) return 'Nobody has been compared yet.';
  if (changed === 0)
    return `Nothing changes for ${compared === 1 ? 'the one person' : plural(compared, 'person', 'people')} compared.`;
  return `Something changes for ${count(changed)} of ${plural(compared, 'person', 'people')} compared${share(changed, compared)}.`;
}

function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  if (percent >= 99.95) return '';
  return percent < 0.1 ? ' (under 0.1 %)' : ` (${percent.toFixed(percent < 10 ? 1 : 0)} %)`;
}
