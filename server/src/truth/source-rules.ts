// What a policy says of single sources, put in the place of what they are trusted for in general.
import type { ElementPolicy, Policy, SubjectInput } from './types.ts';
import { inSubjectOrder } from './words.ts';

/** The subjects with the trust that this policy gives their sources for this element, in subject order. */
export function trustedBy(
  policy: Pick<Policy, 'sources'>,
  element: ElementPolicy,
  subjects: readonly SubjectInput[],
): readonly SubjectInput[] {
  if (policy.sources === undefined && element.sources === undefined) return subjects;
  return inSubjectOrder(subjects.map((subject) => ({ ...subject, trust: trustIn(policy, element, subject) })));
}

/** The most particular word counts: on this element, on this source, then the source's own. */
export function trustIn(
  policy: Pick<Policy, 'sources'>,
  element: Pick<ElementPolicy, 'sources'>,
  { source, trust }: Pick<SubjectInput, 'source' | 'trust'>,
): number {
  return element.sources?.[source]?.trust ?? policy.sources?.[source]?.trust ?? trust;
}
