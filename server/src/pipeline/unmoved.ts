// Whom a receipt says nothing new of: judging them again would come to the same, so it is not done.                       (pure)
import type { Instant } from '../base/ids.ts';
import type { Person } from '../identity/types.ts';
import { ALLERGIES, judgedList } from '../truth/index.ts';
import type { ElementPolicy, Policy, Verdict, View } from '../truth/types.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { Basis, JudgedBefore, Plan, SubjectRecord } from './types.ts';

const DECEASED = 'deceased[x]';
const DAY_MS = 86_400_000;
const NEVER = '9999-12-31T23:59:59.999Z' as Instant;

/**
 * True when all that the receipt says of the person was said before word for word, the person was judged since then by the policy and the
 * trust of today, and nothing has grown old meanwhile. A visit of somebody of whom a death is known is looked at again.
 */
export function isUnmoved(
  basis: Basis,
  { stated, linked, at }: { readonly stated: Stated; readonly linked: Linked; readonly at: Instant },
  person: Person,
): boolean {
  const before = basis.judged.get(person.id);
  if (before === undefined || before.policy !== basis.policy || at >= before.freshUntil) return false;
  if (linked.links.length + linked.merges.length + linked.dissolved.length > 0) return false;
  const members = person.subjects.flatMap((id) => linked.subjects.get(id) ?? []);
  return (
    basis.members.get(person.id)?.size === members.length &&
    before.trust === trustOf(basis, members) &&
    members.some(({ id }) => stated.repeated.has(`Patient/${id}`)) &&
    members.every(({ id }) => !stated.subjects.has(id) || stated.repeated.has(`Patient/${id}`)) &&
    areListsUnmoved(stated) &&
    (basis.verdicts.get(person.id)?.[DECEASED]?.state === 'missing' || !saysOfVisit(stated))
  );
}

/** Who was not judged again stands as before: whoever wrote may ask what of it is adopted. */
export function unmovedVerdicts(
  basis: Basis,
  linked: Linked,
  judged: readonly { readonly person: Person }[],
): Plan['verdicts'] {
  const anew = new Set(judged.map(({ person }) => person.id));
  return linked.persons.flatMap(({ id: person }) => {
    const summary = anew.has(person) ? undefined : basis.verdicts.get(person);
    const home = linked.subjects.get(person)?.home;
    return summary === undefined || home === undefined ? [] : [{ home, person, summary, isNews: false }];
  });
}

/** What a judgement holds for: as long as `isUnmoved` may take it for the one it would come to. */
export function judgedBefore(
  basis: Pick<Basis, 'policy' | 'sources'>,
  members: readonly SubjectRecord[],
  found: { readonly verdicts: readonly Verdict[]; readonly views: readonly View[]; readonly at: Instant },
): JudgedBefore {
  const { policy } = basis;
  return { policy, trust: trustOf(basis, members), freshUntil: freshUntil(policy, found) };
}

/** Nothing is said of a list that is judged but what was said before. */
export function areListsUnmoved({ resources, repeated }: Stated): boolean {
  for (const [name, { type }] of resources)
    if ((type === ALLERGIES || judgedList(type) !== undefined) && !repeated.has(name)) return false;
  return true;
}

function saysOfVisit({ resources }: Stated): boolean {
  for (const { type } of resources.values()) if (type === 'Encounter') return true;
  return false;
}

function trustOf({ sources }: Pick<Basis, 'sources'>, members: readonly SubjectRecord[]): string {
  return members.map(({ source }) => `${source} ${sources.get(source)?.trust ?? 0}`).join('\n');
}

/** No later than the first moment at which anything could be older than the policy allows. */
function freshUntil(
  policy: Policy,
  {
    verdicts,
    views,
    at,
  }: { readonly verdicts: readonly Verdict[]; readonly views: readonly View[]; readonly at: Instant },
): Instant {
  const days = shortestLimit(policy);
  if (days === undefined) return NEVER;
  if (verdicts.some(({ state }) => state === 'stale')) return at;
  const oldest = views.map(oldestIn).reduce((one, other) => (other < one ? other : one), at);
  return new Date(Date.parse(oldest) + days * DAY_MS).toISOString() as Instant;
}

/** When what was last spoken of longest ago was spoken of. */
function oldestIn({ elements, lastSaidAt }: View): Instant {
  let oldest = lastSaidAt;
  for (const name in elements) {
    const element = elements[name];
    for (const from of element === undefined ? [] : (element.entries ?? [element])) {
      const last = from.repeated?.saidAt ?? from.saidAt;
      if (last < oldest) oldest = last;
    }
  }
  return oldest;
}

const limits = new WeakMap<Policy, { readonly days: number | undefined }>();

function shortestLimit(policy: Policy): number | undefined {
  const known = limits.get(policy);
  if (known !== undefined) return known.days;
  const all = [
    ...Object.values(policy.sources ?? {}),
    ...Object.values(policy.elements).flatMap((elements) => Object.values(elements).flatMap(rulesOf)),
  ].flatMap(({ staleAfterDays }) => staleAfterDays ?? []);
  const days = all.length === 0 ? undefined : Math.min(...all);
  limits.set(policy, { days });
  return days;
}

function rulesOf(element: ElementPolicy): readonly { readonly staleAfterDays?: number | undefined }[] {
  return [element, ...Object.values(element.sources ?? {})];
}
