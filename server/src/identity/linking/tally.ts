// Pairs counted by their pattern of levels: all that estimation needs to know of them, in an order that is theirs alone.
import { compare } from './compare.ts';
import type { Prepared } from './prepare.ts';
import { FIELDS, LEVELS_MAX } from './types.ts';

export type Tally = { readonly patterns: readonly Pattern[]; readonly pairs: number };
export type Pattern = { readonly levels: Uint8Array; readonly count: number };

const levels = new Uint8Array(FIELDS.length);

/** Counts patterns; `close` gives them in the order of their numbers, so that sums do not depend on the order of pairs. */
export function startTally() {
  const counts = new Map<number, number>();
  let pairs = 0;
  return {
    add: (left: Prepared, right: Prepared) => {
      compare(left, right, levels);
      let pattern = 0;
      for (const level of levels) pattern = pattern * LEVELS_MAX + level;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
      pairs++;
    },
    close: (): Tally => ({
      pairs,
      patterns: [...counts]
        .sort(([one], [other]) => one - other)
        .map(([pattern, count]) => ({ levels: levelsOf(pattern), count })),
    }),
  };
}

function levelsOf(pattern: number): Uint8Array {
  const found = new Uint8Array(FIELDS.length);
  let rest = pattern;
  for (let place = FIELDS.length - 1; place >= 0; place--) {
    found[place] = rest % LEVELS_MAX;
    rest = Math.floor(rest / LEVELS_MAX);
  }
  return found;
}

const MULTIPLIER = 1_664_525;
const INCREMENT = 1_013_904_223;
const UINT32 = 0x1_0000_0000;

/** Pairs of a set, all of them when there are no more than `most`, else as many drawn by a fixed stream. */
export function tallyRandom(prepared: readonly Prepared[], most: number): Tally {
  const tally = startTally();
  const size = prepared.length;
  const add = (left: number, right: number) => {
    const [one, other] = [prepared[left], prepared[right]];
    if (one !== undefined && other !== undefined) tally.add(one, other);
  };
  if ((size * (size - 1)) / 2 <= most) {
    for (let left = 0; left < size; left++) for (let right = left + 1; right < size; right++) add(left, right);
    return tally.close();
  }
  let state = size >>> 0;
  const below = (limit: number) => {
    state = (Math.imul(state, MULTIPLIER) + INCREMENT) >>> 0;
    return Math.floor((state / UINT32) * limit);
  };
  for (let drawn = 0; drawn < most; drawn++) {
    const left = below(size);
    const right = below(size - 1);
    add(left, right < left ? right : right + 1);
  }
  return tally.close();
}
