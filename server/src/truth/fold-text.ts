// Text as people compare it: without case, accents, punctuation or spacing. The same on every machine and in every locale.

const PLAIN = /^[\x20-\x7e]*$/;
const APOSTROPHES = /[\u2018\u2019\u02bc`´]/g;

/** `  Zoë  O’Brien ` → `zoe o'brien`. */
export function foldWords(text: string): string {
  return foldCase(text).replace(/\s+/g, ' ').trim();
}

/** Letters and digits only: `12 High St., Leeds` → `12highstleeds`. */
export function foldCharacters(text: string): string {
  const folded = foldCase(text);
  return PLAIN.test(folded) ? folded.replace(/[^a-z0-9]+/g, '') : folded.replace(/[^\p{L}\p{N}]+/gu, '');
}

function foldCase(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(APOSTROPHES, "'")
    .toLowerCase();
}
