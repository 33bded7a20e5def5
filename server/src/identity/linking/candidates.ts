// All candidate pairs of a set of records: each pair once, whichever rules propose it, and no block larger than its rule allows.
import { type BlockingRule, keysOf } from './blocking.ts';
import type { Prepared } from './prepare.ts';

export type Blocks = {
  readonly records: number;
  readonly keys: readonly RuleKeys[];
  readonly members: readonly (readonly (readonly number[])[])[];
  readonly leftOut: readonly LeftOut[];
};
/** The key numbers of each record under one rule; a key that nobody or a crowd shares is left out. */
export type RuleKeys = {
  /** Nearly all records have one key or none (-1): read for every pair, so it is held flat. */
  readonly first: Int32Array;
  readonly others: ReadonlyMap<number, readonly number[]>;
};
/** Keys shared by more records than their rule allows. */
export type LeftOut = { readonly rule: string; readonly keys: number; readonly records: number };

export function blocksOf(prepared: readonly Prepared[], rules: readonly BlockingRule[]): Blocks {
  const built = rules.map((rule) => blockBy(prepared, rule));
  return {
    records: prepared.length,
    keys: built.map((one) => one.keys),
    members: built.map((one) => one.members),
    leftOut: built.flatMap((one) => (one.leftOut.keys === 0 ? [] : [one.leftOut])),
  };
}

const NO_KEY = -1;

function blockBy(prepared: readonly Prepared[], rule: BlockingRule) {
  const byKey = new Map<string, number[]>();
  for (const [record, one] of prepared.entries()) {
    for (const key of keysOf(one, rule)) {
      const sharing = byKey.get(key);
      if (sharing === undefined) byKey.set(key, [record]);
      else sharing.push(record);
    }
  }
  const first = new Int32Array(prepared.length).fill(NO_KEY);
  const others = new Map<number, number[]>();
  const members: number[][] = [];
  let crowds = 0;
  let crowded = 0;
  for (const sharing of byKey.values()) {
    if (sharing.length === 1) continue;
    if (sharing.length > rule.most) {
      crowds++;
      crowded += sharing.length;
      continue;
    }
    for (const record of sharing) {
      if (first[record] === NO_KEY) first[record] = members.length;
      else others.set(record, [...(others.get(record) ?? []), members.length]);
    }
    members.push(sharing);
  }
  return { keys: { first, others }, members, leftOut: { rule: rule.name, keys: crowds, records: crowded } };
}

/** Calls `visit` once for each candidate pair, `left` before `right`, and returns how many there were. */
export function eachPair(blocks: Blocks, visit: (left: number, right: number) => void): number {
  let pairs = 0;
  for (const [rule, members] of blocks.members.entries()) {
    for (const [key, sharing] of members.entries()) {
      for (let at = 0; at < sharing.length; at++) {
        const left = sharing[at] ?? 0;
        for (let next = at + 1; next < sharing.length; next++) {
          const right = sharing[next] ?? 0;
          if (!proposedFirstBy(blocks, { rule, key, left, right })) continue;
          visit(left, right);
          pairs++;
        }
      }
    }
  }
  return pairs;
}

type Proposal = { readonly rule: number; readonly key: number; readonly left: number; readonly right: number };

/** True when no earlier rule, and no earlier key of this one, proposes the pair too. */
function proposedFirstBy({ keys }: Blocks, { rule, key, left, right }: Proposal): boolean {
  for (let earlier = 0; earlier <= rule; earlier++) {
    const ofRule = keys[earlier];
    if (ofRule === undefined) continue;
    const shared = sharedKey(ofRule, left, right);
    if (shared !== NO_KEY) return earlier === rule && shared === key;
  }
  return true;
}

/** The first of the left record's keys that the right one has too, or -1. */
export function sharedKey({ first, others }: RuleKeys, left: number, right: number): number {
  const [one, other] = [first[left] ?? NO_KEY, first[right] ?? NO_KEY];
  if (one === other || one === NO_KEY || other === NO_KEY) return one === other ? one : NO_KEY;
  if (others.size === 0) return NO_KEY;
  const ofRight = [other, ...(others.get(right) ?? [])];
  return [one, ...(others.get(left) ?? [])].find((key) => ofRight.includes(key)) ?? NO_KEY;
}
