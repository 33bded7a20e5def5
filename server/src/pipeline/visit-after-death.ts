// Somebody recorded as dead attends: one of the two is wrong, or is about somebody else, and no rule can tell which.        (pure)
import { rangeOf } from '../base/date-range.ts';
import type { Verdict } from '../truth/types.ts';
import type { Judged } from './judge.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { ResourceRecord } from './types.ts';

export type VisitAfterDeath = { readonly person: Judged['person']; readonly death: Verdict; readonly visit: string };

const DECEASED = 'deceased[x]';
/** Statuses that say the person was there; planned and cancelled visits do not. */
const ATTENDED = new Set(['arrived', 'triaged', 'in-progress', 'onleave', 'finished']);

/** Visits stated by this receipt that began after the death of their person, as it stands now. */
export function visitsAfterDeath(input: {
  readonly stated: Stated;
  readonly linked: Linked;
  readonly judged: readonly Judged[];
}): readonly VisitAfterDeath[] {
  return [...input.stated.resources.values()].flatMap((resource) => {
    const start = attendedFrom(resource);
    if (start === undefined) return [];
    const person = input.judged.find((one) => one.person.subjects.some((id) => id === resource.subject));
    const death = person?.verdicts.find((verdict) => verdict.element === DECEASED);
    const diedBy = death === undefined ? undefined : latestDeath(death);
    if (person === undefined || death === undefined || diedBy === undefined || start <= diedBy) return [];
    return [{ person: person.person, death, visit: `Encounter/${resource.id}` }];
  });
}

function attendedFrom({ type, view }: ResourceRecord): string | undefined {
  if (type !== 'Encounter' || view === undefined) return undefined;
  const status = view.elements['status']?.value;
  const period = view.elements['period']?.value;
  if (typeof status !== 'string' || !ATTENDED.has(status)) return undefined;
  const start = typeof period === 'object' && period !== null && 'start' in period ? period.start : undefined;
  return typeof start === 'string' ? rangeOf(start)?.from : undefined;
}

/** The latest moment at which the person may have been alive; a mere "dead" counts from when it was said. */
function latestDeath(death: Verdict): string | undefined {
  const [value] = death.values;
  if (death.state !== 'known' && death.state !== 'assumed') return undefined;
  if (typeof value === 'string') return rangeOf(value)?.to;
  return value === true ? death.because.used[0]?.saidAt : undefined;
}
