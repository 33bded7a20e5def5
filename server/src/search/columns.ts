// The two columns by which a row is found for equality, as text to be cast.                                                    (pure)
import type { IndexEntries } from './types.ts';

/** The value of `search_terms`, to be cast to bigint[]: sorted, each term once. */
export function termsText({ terms }: IndexEntries): string {
  const sorted = BigInt64Array.from(terms).sort();
  let text = '{';
  let last: bigint | undefined;
  for (const one of sorted) {
    if (one === last) continue;
    text += last === undefined ? one : `,${one}`;
    last = one;
  }
  return `${text}}`;
}

/** The value of `search_present`, to be cast to bigint. */
export function presentText({ presentLow, presentHigh }: IndexEntries): string {
  return String((BigInt(presentHigh) << 32n) | BigInt(presentLow >>> 0));
}
