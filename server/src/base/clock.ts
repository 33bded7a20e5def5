// Time is passed in. Core code never asks the machine what time it is.
import type { Instant } from './ids.ts';

export type Clock = { now(): Instant };

export const systemClock: Clock = { now: () => new Date().toISOString() as Instant };

/** A clock that stands where it is put; the demo and tests move it. */
export function settableClock(start: string): Clock & { set(instant: string): void } {
  let current = new Date(start).toISOString() as Instant;
  return {
    now: () => current,
    set: (instant) => {
      current = new Date(instant).toISOString() as Instant;
    },
  };
}
