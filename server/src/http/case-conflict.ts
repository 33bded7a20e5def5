// An open conflict as whoever decides it needs it: each side in words, until when to decide, and what can be done about it. Made from
// the verdict and the policy when asked, so it is never older than what is said.
import type { SourceKey } from '../base/ids.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import type { CaseSummary } from '../operate/types.ts';
import { type PersonAt, personAt } from '../pipeline/person-at.ts';
import { verdictsUnder } from '../policies/index.ts';
import {
  type ConflictCase,
  conflictCase,
  type Difference,
  decideClinicalList,
  entriesIn,
  isWatched,
  JUDGED_TYPES,
} from '../truth/index.ts';
import type { CaseRule, Policy } from '../truth/types.ts';
import { watchedOf } from '../watch/index.ts';
import type { HttpContext } from './context.ts';

/** Undefined where nothing competes any more, or what competes is not what the case is about. `size` undefined: as of now. */
export async function conflictOf(
  context: HttpContext,
  found: CaseSummary,
  { size, rule }: { readonly size: number | undefined; readonly rule: CaseRule | undefined },
): Promise<ConflictCase | undefined> {
  const { element, persons, openedAt } = found;
  const id = persons[0]?.replace(/^Patient\//, '');
  if (found.kind !== 'conflict' || found.state !== 'open' || element === undefined || id === undefined)
    return undefined;
  const asOf = size ?? (await readLedgerSize(context.db));
  const person = await personAt(context.db, id, { asOf, types: JUDGED_TYPES });
  if (person === undefined) return undefined;
  const policy = await context.policyAt(asOf);
  const at = size === undefined ? context.clock.now() : await readTimeOf(context.db, asOf);
  const watched = isWatched(element) ? await watchedOf(context.db, id, { asOf, policy, at }) : undefined;
  const verdict = (watched?.verdicts ?? verdictsUnder(policy, person, at)).find((one) => one.element === element);
  const conflict =
    verdict &&
    conflictCase(verdict, {
      policy,
      openedAt,
      sourceName: (source: SourceKey) => person.sourceNames.get(source) ?? source,
      rule,
      differences: differencesIn(policy, watched ?? person, { element, at }),
    });
  if (conflict === undefined || conflict.competingSet !== found.competingSet) return undefined;
  const { priority = conflict.priority, decideBy = conflict.decideBy } = found;
  return { ...conflict, priority, decideBy };
}

/** In what the entries about one thing of a list differ: the strictest rule of these says until when to decide. */
function differencesIn(
  policy: Policy,
  { entries, rulings }: Pick<PersonAt, 'entries' | 'rulings'>,
  { element, at }: Pick<ConflictCase, 'element'> & { readonly at: ConflictCase['openedAt'] },
): readonly Difference[] {
  const list = element.split(':')[0] ?? '';
  const listed = entriesIn(list, entries);
  if (listed.length === 0) return [];
  const things = decideClinicalList({ policy, list, entries: listed, rulings, at })?.things ?? [];
  return things.find((thing) => thing.element === element)?.differences ?? [];
}
