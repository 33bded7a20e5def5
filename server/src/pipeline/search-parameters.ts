// SearchParameters in a receipt: what they define must be possible, and no code may mean two things.                          (pure)
import type { StateReason } from '../intake/types.ts';
import { customOf } from '../search/custom.ts';
import { definitionsOf } from '../search/definition.ts';
import { resourceOf } from '../truth/index.ts';
import type { Stated } from './state.ts';
import type { Basis, Prepared } from './types.ts';

const TYPE = 'SearchParameter';

/** What it defines counts from the next plan on, so it is planned alone. */
export function isDefining({ drafts, patches = [] }: Prepared): boolean {
  return (
    drafts.some(({ resourceType }) => resourceType === TYPE) || patches.some(({ target }) => target.startsWith(TYPE))
  );
}

export function refusedDefinitions(prepared: Prepared, stated: Stated, { parameters }: Basis): readonly StateReason[] {
  if (!isDefining(prepared)) return [];
  const taken = new Map<string, string>();
  return [...stated.resources.values()].flatMap(({ type, id, view }) => {
    if (type !== TYPE || view === undefined || view.removed === true) return [];
    const { definitions, problems } = definitionsOf(resourceOf(view), parameters);
    const doubled = definitions.filter((one) => {
      const name = `${one.type} ${one.code}`;
      const by = taken.get(name) ?? customOf(parameters, one.type, one.code)?.progress.definedBy ?? id;
      taken.set(name, id);
      return by !== id;
    });
    const [first] = doubled;
    if (first === undefined) return problems;
    const message = `"${first.code}" of ${first.type} is defined by another active SearchParameter. Choose another code, or retire that one first.`;
    return [...problems, { code: 'definition-collision', message, position: `${TYPE}.code` }];
  });
}
