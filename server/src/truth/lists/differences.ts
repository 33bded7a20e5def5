// In what the records that speak of one thing differ, element by element, as the policy compares them.
import type { Json } from '../../base/json.ts';
import { equivalenceOf } from '../equivalence.ts';
import { byCodeUnit } from '../json-values.ts';
import type { Candidate, ElementPolicy, HarmClass, Policy } from '../types.ts';
import type { Entry } from './entries.ts';
import { choiceValue, medicineParts } from './facts.ts';
import { resuscitationOf } from './resuscitation.ts';
import type { Difference } from './types.ts';

/** What one record says of a thing by now: the entries that count. Entries of one record never compete with each other. */
export type Side = { readonly subject: string; readonly entries: readonly Entry[] };

export const WHOLE = '*';
/** Told by what an entry claims (status.ts), not by its code: "stopped" and "on hold" both contradict "active". */
const CLAIMS: ReadonlySet<string> = new Set(['status', 'clinicalStatus']);
/** Elements of two types that say the same of one medicine. */
const ALIASES: { readonly [element: string]: string } = { dosageInstruction: 'dosage' };
/** Units that count pieces: what a piece contains is part of the dose. */
const PIECES = /tab|cap|puff|dose|drop|unit dose|suppositor|patch|\{/i;

export function differencesOf(list: string, policy: Policy, sides: readonly Side[]): readonly Difference[] {
  // Not even one source's own newest word settles this: a decision for one admission is not one for life.
  if (list === 'ResuscitationStatus') return resuscitationDifference(sides);
  if (sides.length < 2) return [];
  const compared = new Map<string, ElementPolicy>();
  for (const type of new Set(sides.flatMap((side) => side.entries.map(typeOf)))) {
    for (const [element, rule] of Object.entries(policy.elements[type] ?? {})) {
      if (element === WHOLE || (CLAIMS.has(element) && type !== 'Encounter')) continue;
      const name = ALIASES[element] ?? element;
      const known = compared.get(name);
      if (known === undefined || rule.harm > known.harm) compared.set(name, rule);
    }
  }
  const found = [...compared].flatMap(([element, rule]) => differenceIn(element, rule, sides));
  const status = statusDifference(list, policy, sides);
  return status === undefined ? found : [status, ...found];
}

function typeOf(entry: Entry): string {
  return String(entry.resource['resourceType']);
}

function differenceIn(element: string, rule: ElementPolicy, sides: readonly Side[]): readonly Difference[] {
  const spoken = sides.flatMap((side) => {
    const entries = side.entries.filter((entry) => entry.claim === 'current' && saidOf(entry, element) !== undefined);
    const said = [...new Set(entries.map((entry) => canonicalOf(entry, element, rule)))].sort(byCodeUnit);
    return entries.length === 0 ? [] : [{ entries, said }];
  });
  const refines = (fine: readonly string[], coarse: readonly string[]) =>
    fine.length === coarse.length &&
    fine.every((one, place) => {
      const other = coarse[place] ?? '';
      return one === other || equivalenceOf(rule.equivalence).refines(one, other);
    });
  const differ = spoken.some((a) =>
    spoken.some((b) => a !== b && !refines(a.said, b.said) && !refines(b.said, a.said)),
  );
  if (!differ) return [];
  const competing = spoken.flatMap((side) => side.entries.map((entry) => entry.candidate));
  return [{ element, harm: rule.harm, competing }];
}

function canonicalOf(entry: Entry, element: string, rule: ElementPolicy): string {
  const value = saidOf(entry, element);
  if (value === undefined) return '';
  const canonical = equivalenceOf(rule.equivalence).canonical(value);
  if (element !== 'dosage' || !PIECES.test(canonical)) return canonical;
  return `${medicineParts(entry.resource).strength ?? '?'} ${canonical}`;
}

function saidOf(entry: Entry, element: string): Json | undefined {
  const alias = Object.entries(ALIASES).find(([, name]) => name === element)?.[0];
  return choiceValue(entry.resource, element) ?? (alias === undefined ? undefined : choiceValue(entry.resource, alias));
}

/** Goes on for one record, stopped, resolved or never so for another. */
function statusDifference(list: string, policy: Policy, sides: readonly Side[]): Difference | undefined {
  const saying = sides.flatMap((side) => side.entries.filter((entry) => entry.claim !== 'finished'));
  const current = saying.filter((entry) => entry.claim === 'current');
  if (current.length === 0 || current.length === saying.length) return undefined;
  const rules = saying.flatMap((entry) => {
    const ofType = policy.elements[typeOf(entry)];
    return [ofType?.['clinicalStatus'] ?? ofType?.['status'] ?? ofType?.[WHOLE]].filter((one) => one !== undefined);
  });
  const harm = rules.map((rule) => rule.harm).reduce(graver, 'H0');
  return {
    element: list === 'Condition' ? 'clinicalStatus' : 'status',
    harm,
    competing: saying.map((one) => one.candidate),
  };
}

function resuscitationDifference(sides: readonly Side[]): readonly Difference[] {
  const saying = sides.flatMap((side) => side.entries);
  const answers = new Set(saying.map((one) => (one.claim === 'current' ? resuscitationOf(one.resource) : one.claim)));
  if (answers.size < 2) return [];
  return [{ element: 'decision', harm: 'H3', competing: saying.map((one): Candidate => one.candidate) }];
}

export function graver(a: HarmClass, b: HarmClass): HarmClass {
  return a > b ? a : b;
}
