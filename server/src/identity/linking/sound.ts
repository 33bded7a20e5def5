// How a name sounds, by NYSIIS: made for the surnames of a register, it keeps apart more than Soundex does and needs no tables.
// R. L. Taft, Name Search Techniques, New York State Identification and Intelligence System, 1970.

const FIRST: readonly (readonly [RegExp, string])[] = [
  [/^mac/, 'mcc'],
  [/^kn/, 'nn'],
  [/^k/, 'c'],
  [/^p[hf]/, 'ff'],
  [/^sch/, 'sss'],
];
const LAST: readonly (readonly [RegExp, string])[] = [
  [/(?:ee|ie)$/, 'y'],
  [/(?:dt|rt|rd|nt|nd)$/, 'd'],
];
const VOWEL = /[aeiou]/;
const LENGTH_MAX = 8;

/** Empty for a name without Latin letters. */
export function sound(folded: string): string {
  let name = folded.replace(/[^a-z]/g, '');
  if (name === '') return '';
  for (const [from, to] of FIRST) name = name.replace(from, to);
  for (const [from, to] of LAST) name = name.replace(from, to);
  let key = name.charAt(0);
  for (let at = 1; at < name.length; ) {
    const [coded, used] = codeAt(name, at);
    for (const letter of coded) if (letter !== key.at(-1)) key += letter;
    at += used;
  }
  return ending(key).slice(0, LENGTH_MAX);
}

function ending(key: string): string {
  const withoutS = key.length > 1 ? key.replace(/s$/, '') : key;
  const withY = withoutS.replace(/ay$/, 'y');
  return withY.length > 1 ? withY.replace(/a$/, '') : withY;
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['ev', 'af'],
  ['kn', 'nn'],
  ['sch', 'sss'],
  ['ph', 'ff'],
];
const SINGLE: { readonly [letter: string]: string } = { q: 'g', z: 's', m: 'n', k: 'c' };

function codeAt(name: string, at: number): readonly [coded: string, used: number] {
  for (const [from, to] of PAIRS) if (name.startsWith(from, at)) return [to, from.length];
  const letter = name.charAt(at);
  const before = name.charAt(at - 1);
  if (VOWEL.test(letter)) return ['a', 1];
  if (letter === 'h' && !(VOWEL.test(before) && VOWEL.test(name.charAt(at + 1)))) return [soundOf(before), 1];
  if (letter === 'w' && VOWEL.test(before)) return ['a', 1];
  return [SINGLE[letter] ?? letter, 1];
}

function soundOf(letter: string): string {
  return VOWEL.test(letter) ? 'a' : (SINGLE[letter] ?? letter);
}
