// Views of lately touched resources, kept between batches: reading and parsing them again for each message would cost more than
// folding the message on. Only one pipeline writes a store, so what it committed last is what the store holds.
import type { View } from '../truth/types.ts';
import type { Plan } from './types.ts';

export type ViewMemory = {
  /** The view of `Type/id`, if it is remembered and `lastStatement` is still the newest statement in it. */
  get(name: string, lastStatement: number): View | undefined;
  /** Remembers what committed plans left. Called after the commit, never before. */
  keep(plans: readonly Plan[]): void;
  /** After a commit whose outcome is not known, nothing remembered can be trusted. */
  forget(): void;
};

/** About 4 KB each in memory. */
const VIEWS_MAX = 8_000;

export function createViewMemory(viewsMax = VIEWS_MAX): ViewMemory {
  const views = new Map<string, View>();
  const remember = (name: string, view: View | undefined) => {
    views.delete(name);
    if (view !== undefined) views.set(name, view);
  };
  return {
    get: (name, lastStatement) => {
      const view = views.get(name);
      if (view?.lastStatement !== lastStatement) return undefined;
      // Moved to the young end: a Map keeps the order of insertion.
      remember(name, view);
      return view;
    },
    keep: (plans) => {
      for (const plan of plans) {
        for (const subject of plan.subjects) remember(`Patient/${subject.id}`, subject.view);
        for (const version of plan.versions)
          if (version.type !== 'Patient') remember(`${version.type}/${version.id}`, version.view);
      }
      for (const name of views.keys()) {
        if (views.size <= viewsMax) break;
        views.delete(name);
      }
    },
    forget: () => views.clear(),
  };
}
