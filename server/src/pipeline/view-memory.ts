// Views of lately touched resources, kept between batches: reading and parsing them again for each message would cost more than
// folding the message on. Only one pipeline writes a store, so what it committed last is what the store holds.
import type { View } from '../truth/types.ts';
import { isSpokenOfOnce } from './loose.ts';
import type { Plan } from './types.ts';

export type RememberedView = { readonly view: View | undefined; readonly behind: number };
export type ViewMemory = {
  get(name: string): RememberedView | undefined;
  /** Remembers what committed plans left. Called after the commit, never before. */
  keep(plans: readonly Plan[]): void;
  /** After a commit whose outcome is not known, nothing remembered can be trusted. */
  forget(): void;
};

/** Up to 4 KB each in memory. They serve what the holding let go; what is spoken of day by day stays there. */
const VIEWS_MAX = 4_000;

export function createViewMemory(viewsMax = VIEWS_MAX): ViewMemory {
  const views = new Map<string, RememberedView>();
  const remember = (name: string, one: RememberedView) => {
    // To the young end: a Map keeps the order of insertion.
    views.delete(name);
    views.set(name, one);
  };
  return {
    get: (name) => {
      const one = views.get(name);
      if (one !== undefined) remember(name, one);
      return one;
    },
    keep: (plans) => {
      for (const plan of plans) {
        for (const { id, view, behind } of plan.subjects) remember(`Patient/${id}`, { view, behind });
        for (const { type, id, view, behind } of plan.versions)
          if (type !== 'Patient' && !isSpokenOfOnce(type)) remember(`${type}/${id}`, { view, behind });
      }
      for (const name of views.keys()) {
        if (views.size <= viewsMax) break;
        views.delete(name);
      }
    },
    forget: () => views.clear(),
  };
}
