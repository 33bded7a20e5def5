// All candidate pairs of a set of records: each pair once, whichever rules propose it, and no block larger than its rule allows.
import { type BlockingRule, keysOf } from './blocking.ts';
import type { Prepared } from './prepare.ts';

export type Blocks = {
  readonly records: number;
  /** Per rule, the key numbers of each record; a key that nobody or a crowd shares is left out. */
  readonly keys: readonly (readonly (readonly number[])[])[];
  readonly members: readonly (readonly (readonly number[])[])[];
  readonly leftOut: readonly LeftOut[];
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

function blockBy(prepared: readonly Prepared[], rule: BlockingRule) {
  const byKey = new Map<string, number[]>();
  for (const [record, one] of prepared.entries()) {
    for (const key of keysOf(one, rule)) {
      const sharing = byKey.get(key);
      if (sharing === undefined) byKey.set(key, [record]);
      else sharing.push(record);
    }
  }
  const keys: number[][] = Array.from({ length: prepared.length }, () => []);
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
    for (const record of sharing) keys[record]?.push(members.length);
    members.push(sharing);
  }
  return { keys, members, leftOut: { rule: rule.name, keys: crowds, records: crowded } };
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
    const ofLeft = keys[earlier]?.[left];
    const ofRight = keys[earlier]?.[right];
    if (ofLeft === undefined || ofRight === undefined) continue;
    for (const shared of ofLeft) {
      if (ofRight.includes(shared)) return earlier === rule && shared === key;
    }
  }
  return true;
}
