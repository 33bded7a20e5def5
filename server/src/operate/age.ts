// How long something has been as it is.                                                                                    (pure)
import type { Instant } from '../base/ids.ts';

/** `madeAt`: when this store was made, by the clock of the machine. */
export type Now = { readonly now: Instant; readonly madeAt: Instant };

/**
 * Whole seconds from `since` to now. A store may hold times from before it was made, because a demo was played into it on a clock of its
 * own; nothing has waited in it for longer than it exists.
 */
export function ageSeconds(since: Instant, { now, madeAt }: Now): number {
  const from = since < madeAt && madeAt <= now ? madeAt : since;
  return Math.max(0, Math.round((Date.parse(now) - Date.parse(from)) / 1_000));
}
