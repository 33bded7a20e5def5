// Text as linking compares it: letters without case, diacritics and punctuation, so that spelling habits do not separate people.

/** Letters that Unicode does not take apart, as English registers write them. */
const WRITTEN_OUT: readonly (readonly [RegExp, string])[] = [
  [/ł/g, 'l'],
  [/ø/g, 'o'],
  [/ß/g, 'ss'],
  [/æ/g, 'ae'],
  [/œ/g, 'oe'],
  [/[đð]/g, 'd'],
  [/þ/g, 'th'],
  [/ı/g, 'i'],
];
const PLAIN = /^[a-z0-9]*$/;

/** Lower-case letters and digits of any script; `O'Brien` and `OBRIEN` are the same. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  let bare = lower.normalize('NFKD').replace(/\p{M}/gu, '');
  for (const [letter, written] of WRITTEN_OUT) bare = bare.replace(letter, written);
  return bare.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Parts between blanks, and with `hyphens` also between hyphens, each folded; empty ones left out. */
export function foldedParts(text: string, hyphens: boolean): readonly string[] {
  return text
    .split(hyphens ? /[\s\-‐‑–]+/u : /\s+/u)
    .map(fold)
    .filter((part) => part !== '');
}

/** The characters in code unit order: two texts with the same ones are anagrams. */
export function sortedLetters(folded: string): string {
  return [...folded].sort().join('');
}
