// Randomness that is a function of a seed. The generator's own, because a library's stream may change between versions
// and the same seed must give the same bytes for years.
import { invariant } from '../../base/errors.ts';

export type Random = {
  /** An integer from 0 to n-1. */
  below(n: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One entry, each as likely as its weight says. */
  weighted<T>(list: readonly (readonly [T, number])[]): T;
  /** `count` different entries, in random order. */
  sample<T>(list: readonly T[], count: number): T[];
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  /** An independent stream; drawing from one never moves another. */
  fork(label: string): Random;
};

const UINT32 = 0x1_0000_0000;

/** FNV-1a with a final avalanche: labels that differ in one letter give unrelated streams. */
function hash(text: string, basis: number): number {
  let h = (0x811c9dc5 ^ basis) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The sfc32 generator: 128 bits of state, passes the usual test batteries, four additions a number. */
export function uint32Stream(key: string): () => number {
  let a = hash(key, 1) | 0;
  let b = hash(key, 2) | 0;
  let c = hash(key, 3) | 0;
  let counter = 1;
  const next = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

export function seededRandom(seed: number | string): Random {
  return stream(`vouch:${seed}`);
}

function stream(key: string): Random {
  const next = uint32Stream(key);
  const below = (n: number) => Math.floor((next() / UINT32) * n);
  const random: Random = {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() < probability * UINT32,
    pick: (list) => at(list, below(list.length)),
    weighted: (list) => pickWeighted(list, below(list.reduce((sum, [, weight]) => sum + weight, 0))),
    sample: (list, count) => take(list, count, below),
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
    fork: (label) => stream(`${key}/${label}`),
  };
  return random;
}

/** The entry at `index`; a list that is too short is a mistake of ours. */
export function at<T>(list: readonly T[], index: number): T {
  invariant(index >= 0 && index < list.length, `no entry ${index} in a list of ${list.length}`);
  return list[index] as T;
}

function pickWeighted<T>(list: readonly (readonly [T, number])[], draw: number): T {
  let left = draw;
  for (const [entry, weight] of list) {
    if (left < weight) return entry;
    left -= weight;
  }
  return at(list, list.length - 1)[0];
}

function take<T>(list: readonly T[], count: number, below: (n: number) => number): T[] {
  invariant(count <= list.length, `cannot take ${count} of ${list.length}`);
  const rest = [...list];
  return Array.from({ length: count }, () => at(rest.splice(below(rest.length), 1), 0));
}
