// What stands in a person's lists now, and what in them waits for a human.                                              (pure)
import { JUDGED_LISTS, judgedList, type ListEntry, type ListState, listState } from '../truth/index.ts';
import type { Ruling, View } from '../truth/types.ts';
import type { Linked } from './link.ts';
import type { Stated } from './state.ts';
import type { Basis, SubjectRecord } from './types.ts';

/** One resource that stands in a list, as the receipt leaves it. */
export type Standing = {
  readonly name: string;
  readonly type: string;
  readonly view: View;
  readonly member: SubjectRecord;
};

/** The resources about these subjects that `held` names, and those of the receipt whose type is wanted. */
export function standing(
  input: { readonly basis: Basis; readonly stated: Pick<Stated, 'resources'>; readonly held: Basis['allergies'] },
  members: readonly SubjectRecord[],
  isWanted: (type: string) => boolean,
): readonly Standing[] {
  const { basis, stated, held } = input;
  const found = new Map<string, Standing>();
  for (const member of members) {
    for (const name of held.get(member.id) ?? []) {
      const resource = stated.resources.has(name) ? undefined : basis.resources.get(name);
      // It may have been said to be about somebody else since.
      if (resource?.view !== undefined && resource.view.removed !== true && resource.subject === member.id)
        found.set(name, { name, type: resource.type, view: resource.view, member });
    }
    for (const [name, { type, subject, view }] of stated.resources) {
      if (isWanted(type) && subject === member.id && view !== undefined && view.removed !== true)
        found.set(name, { name, type, view, member });
    }
  }
  return [...found.values()];
}

export function sourceOf({ view, member }: Standing): SubjectRecord['source'] {
  return Object.values(view.elements)[0]?.source ?? member.source;
}

/** The states of the lists that the policy has rules for and that anybody speaks of. */
export function judgeLists(
  input: { readonly basis: Basis; readonly stated: Stated; readonly linked: Linked; readonly at: ListInput['at'] },
  members: readonly SubjectRecord[],
  rulings: readonly Ruling[],
): readonly ListState[] {
  const { basis, stated, at } = input;
  const lists = JUDGED_LISTS.filter((list) => basis.policy.elements[list]?.['*'] !== undefined);
  if (lists.length === 0) return [];
  const all = standing({ basis, stated, held: basis.listed }, members, (type) => judgedList(type) !== undefined);
  if (all.length === 0) return [];
  return lists.flatMap((list) => {
    const entries = all.filter(({ type }) => judgedList(type) === list).map((one) => entryOf(basis, one));
    return listState({ policy: basis.policy, list, entries, rulings, at }) ?? [];
  });
}

type ListInput = Parameters<typeof listState>[0];

function entryOf(basis: Basis, one: Standing): ListEntry {
  const { name, view, member } = one;
  const source = sourceOf(one);
  const trust = basis.policy.sources?.[source]?.trust ?? basis.sources.get(source)?.trust ?? 0;
  return { resourceId: name.slice(name.indexOf('/') + 1), subject: member.id, source, trust, view };
}
