// All candidate pairs of a set of records: each pair once, whichever rules propose it, and no block larger than its rule allows.
import { type BlockingRule, keysOf } from './blocking.ts';
import type { Prepared } from './prepare.ts';

export type Blocks = {
  readonly records: number;
  readonly keys: Keys;
  readonly members: readonly (readonly (readonly number[])[])[];
  readonly leftOut: readonly LeftOut[];
};
/** The key numbers of each record under each rule; a key that nobody or a crowd shares is left out. */
type Keys = {
  readonly rules: number;
  /** A record's first key under each rule, or -1, all rules of a record beside each other: they are read for every pair. */
  readonly first: Int32Array;
  /** 1 at the places that have further keys: asked for every pair, and a byte is found sooner than an entry of a map. */
  readonly several: Uint8Array;
  /** By the same place, the keys after the first, which few records have. */
  readonly others: ReadonlyMap<number, readonly number[]>;
};
/** Keys shared by more records than their rule allows. */
export type LeftOut = { readonly rule: string; readonly keys: number; readonly records: number };

export function blocksOf(prepared: readonly Prepared[], rules: readonly BlockingRule[]): Blocks {
  const keys = {
    rules: rules.length,
    first: new Int32Array(prepared.length * rules.length).fill(NO_KEY),
    several: new Uint8Array(prepared.length * rules.length),
    others: new Map<number, number[]>(),
  };
  const members: number[][][] = [];
  const leftOut: LeftOut[] = [];
  for (const [place, rule] of rules.entries()) {
    const built = blockBy(prepared, rule);
    for (const [key, sharing] of built.members.entries()) {
      for (const record of sharing) addKey(keys, record * rules.length + place, key);
    }
    members.push(built.members);
    if (built.leftOut.keys > 0) leftOut.push(built.leftOut);
  }
  return { records: prepared.length, keys, members, leftOut };
}

const NO_KEY = -1;

type Growing = { readonly first: Int32Array; readonly several: Uint8Array; readonly others: Map<number, number[]> };

function addKey({ first, several, others }: Growing, at: number, key: number): void {
  if (first[at] === NO_KEY) {
    first[at] = key;
    return;
  }
  several[at] = 1;
  others.set(at, [...(others.get(at) ?? []), key]);
}

function blockBy(prepared: readonly Prepared[], rule: BlockingRule) {
  const byKey = new Map<string, number[]>();
  for (const [record, one] of prepared.entries()) {
    for (const key of keysOf(one, rule)) {
      const sharing = byKey.get(key);
      if (sharing === undefined) byKey.set(key, [record]);
      else sharing.push(record);
    }
  }
  const members: number[][] = [];
  let crowds = 0;
  let crowded = 0;
  for (const sharing of byKey.values()) {
    if (sharing.length > rule.most) {
      crowds++;
      crowded += sharing.length;
    } else if (sharing.length > 1) members.push(sharing);
  }
  return { members, leftOut: { rule: rule.name, keys: crowds, records: crowded } };
}

/** A share of the pairs, so that several can score one set: those whose left record leaves `number` when divided by `of`. */
export type Part = { readonly number: number; readonly of: number };
const WHOLE: Part = { number: 0, of: 1 };

/** Calls `visit` once for each candidate pair of the part, `left` before `right`, and returns how many there were. */
export function eachPair(blocks: Blocks, visit: (left: number, right: number) => void, part: Part = WHOLE): number {
  let pairs = 0;
  for (const [rule, members] of blocks.members.entries()) {
    for (const [key, sharing] of members.entries()) {
      for (let at = 0; at < sharing.length; at++) {
        const left = sharing[at] ?? 0;
        if (part.of > 1 && left % part.of !== part.number) continue;
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

/** True when no earlier rule, and no earlier key of this one, proposes the pair too. Asked for every pair: most have one key a rule. */
function proposedFirstBy(blocks: Blocks, { rule, key, left, right }: Proposal): boolean {
  const { rules, first, several } = blocks.keys;
  const [ofLeft, ofRight] = [left * rules, right * rules];
  for (let earlier = 0; earlier <= rule; earlier++) {
    const one = first[ofLeft + earlier] ?? NO_KEY;
    const other = first[ofRight + earlier] ?? NO_KEY;
    if (one === NO_KEY || other === NO_KEY) continue;
    if (one !== other && several[ofLeft + earlier] === 0 && several[ofRight + earlier] === 0) continue;
    const shared = one === other ? one : sharedKey(blocks, earlier, { left, right });
    if (shared !== NO_KEY) return earlier === rule && shared === key;
  }
  return true;
}

/** True when some rule proposes the pair. */
export function isProposed(blocks: Blocks, left: number, right: number): boolean {
  for (let rule = 0; rule < blocks.keys.rules; rule++) {
    if (sharedKey(blocks, rule, { left, right }) !== NO_KEY) return true;
  }
  return false;
}

/** The first of the left record's keys under the rule that the right one has too, or -1. */
function sharedKey(
  { keys: { rules, first, several, others } }: Blocks,
  rule: number,
  { left, right }: { readonly left: number; readonly right: number },
): number {
  const [atLeft, atRight] = [left * rules + rule, right * rules + rule];
  const [one, other] = [first[atLeft] ?? NO_KEY, first[atRight] ?? NO_KEY];
  if (one === other || one === NO_KEY || other === NO_KEY) return one === other ? one : NO_KEY;
  if (several[atLeft] === 0 && several[atRight] === 0) return NO_KEY;
  const ofRight = [other, ...(others.get(atRight) ?? [])];
  return [one, ...(others.get(atLeft) ?? [])].find((key) => ofRight.includes(key)) ?? NO_KEY;
}
