// The fingerprint of a competing set: what a ruling binds to. It changes whenever anyone's value does, and with nothing else.
import { hash } from 'node:crypto';
import { byCodeUnit, canonicalText } from './json-values.ts';
import type { Candidate, Ruling } from './types.ts';

/**
 * Hash over the element and the sorted (source, subject, value) of the candidates; order and repetition play no part. Values count
 * as written, not by a policy's equivalence: a policy may change, and what the person saw may not.
 */
export function competingSetFingerprint(element: string, candidates: readonly Candidate[]): string {
  const lines = candidates.map((one) => JSON.stringify([one.source, one.subject, canonicalText(one.value)]));
  const text = JSON.stringify([element, ...new Set(lines.sort(byCodeUnit))]);
  return hash('sha256', text, 'hex');
}

type Bound = { readonly ruling: Ruling | undefined; readonly stale: readonly number[] };

/** The newest ruling made over exactly this set; rulings over other sets are stale. */
export function bindRuling(rulings: readonly Ruling[], competingSet: string | undefined): Bound {
  let bound: Ruling | undefined;
  const stale: number[] = [];
  for (const ruling of rulings) {
    if (ruling.competingSet !== competingSet) stale.push(ruling.id);
    else if (bound === undefined || ruling.id > bound.id) bound = ruling;
  }
  return { ruling: bound, stale: stale.sort((a, b) => a - b) };
}
