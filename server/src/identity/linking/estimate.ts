// m and u without labels: how often each level of agreement occurs among pairs that are one person (m) and among those that are
// not (u), by expectation maximisation. Sums run over patterns in their own order with + - * / alone, so that all machines agree.
import { DECISION } from './decision.ts';
import type { Pattern, Tally } from './tally.ts';
import { FIELDS, LEVELS, LEVELS_MAX } from './types.ts';

/** Chances of each level of each field, LEVELS_MAX a field. Level 0, "not said", has chance 1: it tells nothing. */
export type Chances = Float64Array;
export type Estimate = { readonly m: Chances; readonly matches: number };

const ROUNDS = 40;
/** Before any pair is seen: mostly the best level. Counts as this many matches, so that a handful of pairs cannot rule. */
const PRIOR_MATCHES = 4;
const PRIOR_BEST = 0.8;
const START_SHARE = 0.2;
/** Where all pairs of a block are matches the odds must stay finite. */
const SHARE_MOST = 0.9999;

/** What matches look like before anything is known. */
export function priorMatches(): Chances {
  return chances((place, level) => {
    const best = levelCount(place) - 1;
    return level === best ? PRIOR_BEST : (1 - PRIOR_BEST) / (best - 1);
  });
}

/** What is known of matches already: these places keep their chances. */
export type Held = { readonly m: Chances; readonly places: ReadonlySet<number> };

/** The m of the fields that the block does not fix, and how many matches it holds. `fixed` marks places left out. */
export function estimateMatches(
  tally: Tally,
  u: Chances,
  { fixed, held }: { readonly fixed: ReadonlySet<number>; readonly held: Held | undefined },
): Estimate {
  let m = withHeld(priorMatches(), held);
  let share = START_SHARE;
  let matches = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(FIELDS.length * LEVELS_MAX);
    matches = 0;
    for (const pattern of tally.patterns) {
      const weight = pattern.count * posterior(pattern, { m, u, share, fixed });
      matches += weight;
      addTo(sums, pattern, weight);
    }
    share = Math.min(SHARE_MOST, matches / Math.max(tally.pairs, 1));
    m = withHeld(shares(sums, priorMatches(), PRIOR_MATCHES), held);
  }
  return { m, matches };
}

function withHeld(m: Chances, held: Held | undefined): Chances {
  if (held === undefined) return m;
  return chances((place, level) => (held.places.has(place) ? held.m : m)[place * LEVELS_MAX + level] ?? 1);
}

export type Mixture = {
  readonly m: Chances;
  readonly u: Chances;
  /** How many of the pairs are matches. */
  readonly share: number;
  readonly fixed: ReadonlySet<number>;
};

const HOUSEHOLD = FIELDS.map((field) => LEVELS[field].household);
/** What a household shares counts no more here than it does in a score: else families would be learned as one person. */
const HOUSEHOLD_ODDS = 2 ** Math.floor(DECISION.householdMost / 1000);

/** The chance that a pair of this pattern is one person. */
function posterior({ levels }: Pattern, { m, u, share, fixed }: Mixture): number {
  let odds = share / (1 - share);
  let household = 1;
  for (let place = 0; place < levels.length; place++) {
    const level = levels[place] ?? 0;
    if (level === 0 || fixed.has(place)) continue;
    const ratio = (m[place * LEVELS_MAX + level] ?? 1) / (u[place * LEVELS_MAX + level] ?? 1);
    if (HOUSEHOLD[place] === true) household *= ratio;
    else odds *= ratio;
  }
  odds *= household < HOUSEHOLD_ODDS ? household : HOUSEHOLD_ODDS;
  return odds / (1 + odds);
}

const NOTHING_FIXED: ReadonlySet<number> = new Set();
const PRIOR_OTHERS = 0.5;

/** The u of a random sample. The few matches in it, which small sets have, are taken out by what is known of matches so far. */
export function estimateOthers(tally: Tally, known: Omit<Mixture, 'fixed'> | undefined): Chances {
  const sums = new Float64Array(FIELDS.length * LEVELS_MAX);
  for (const pattern of tally.patterns) {
    const match = known === undefined ? 0 : posterior(pattern, { ...known, fixed: NOTHING_FIXED });
    addTo(sums, pattern, pattern.count * (1 - match));
  }
  const even = chances((place) => 1 / (levelCount(place) - 1));
  return shares(sums, even, PRIOR_OTHERS);
}

export type BlockEstimate = {
  readonly estimate: Estimate;
  readonly fixed: ReadonlySet<number>;
};

/** Matches that blocks by identifier must hold before they alone are believed. */
const ENOUGH_MATCHES = 200;

/**
 * What blocks by identifier alone say, if they hold enough. In other blocks, families that share name or birthday look like one
 * person with mistakes; so what is learned here holds there.
 */
export function heldBy(byIdentifier: readonly BlockEstimate[]): Held | undefined {
  const places = FIELDS.flatMap((_, place) => {
    const open = byIdentifier.filter(({ fixed }) => !fixed.has(place));
    return open.reduce((sum, { estimate }) => sum + estimate.matches, 0) >= ENOUGH_MATCHES ? [place] : [];
  });
  return places.length === 0 ? undefined : { m: together(byIdentifier), places: new Set(places) };
}

/** The estimates of several blocks as one, each counting by its matches where it did not fix the field. */
export function together(found: readonly BlockEstimate[]): Chances {
  const sums = new Float64Array(FIELDS.length * LEVELS_MAX);
  for (const { estimate, fixed } of found) {
    for (let at = 0; at < sums.length; at++) {
      if (fixed.has(Math.floor(at / LEVELS_MAX)) || at % LEVELS_MAX === 0) continue;
      sums[at] = (sums[at] ?? 0) + estimate.matches * (estimate.m[at] ?? 0);
    }
  }
  return shares(sums, priorMatches(), PRIOR_MATCHES);
}

function addTo(sums: Float64Array, { levels }: Pattern, weight: number): void {
  for (let place = 0; place < levels.length; place++) {
    const at = place * LEVELS_MAX + (levels[place] ?? 0);
    sums[at] = (sums[at] ?? 0) + weight;
  }
}

/** Sums as shares of each field, with a prior that counts as `strength` observations. */
function shares(sums: Float64Array, prior: Chances, strength: number): Chances {
  return chances((place, level) => {
    let total = strength;
    for (let other = 1; other < levelCount(place); other++) total += sums[place * LEVELS_MAX + other] ?? 0;
    const at = place * LEVELS_MAX + level;
    return ((sums[at] ?? 0) + strength * (prior[at] ?? 0)) / total;
  });
}

function chances(of: (place: number, level: number) => number): Chances {
  const all = new Float64Array(FIELDS.length * LEVELS_MAX).fill(1);
  for (let place = 0; place < FIELDS.length; place++) {
    for (let level = 1; level < levelCount(place); level++) all[place * LEVELS_MAX + level] = of(place, level);
  }
  return all;
}

function levelCount(place: number): number {
  const field = FIELDS[place];
  return field === undefined ? 1 : LEVELS[field].names.length;
}
