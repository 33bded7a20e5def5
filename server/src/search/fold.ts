// Texts as search compares them: case, diacritics, kinds of apostrophe, punctuation and runs of spaces aside.                   (pure)
// https://hl7.org/fhir/R4/search.html#string

/** What of a text is kept in the index; what is searched for is cut likewise. */
export const KEPT_CHARS = 200;
const PLAIN = /^[a-z0-9 ]*$/;
const DOUBLE_SPACE = /^ | {2}| $/;

/** `Zoë  O’Brien-Smith,` → `zoe obrien smith`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most names and codes need no more than this.
  if (PLAIN.test(lower) && !DOUBLE_SPACE.test(lower)) return cut(lower);
  const bare = lower
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['\u2018\u2019\u02bc`\u00b4.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // A text of signs alone is told by them.
  return cut(bare === '' ? lower.replaceAll('\0', '').trim() : bare);
}

function cut(text: string): string {
  return text.length <= KEPT_CHARS ? text : [...text.slice(0, KEPT_CHARS)].filter(isWhole).join('');
}

// Cutting between the halves of a character would leave one that PostgreSQL does not take.
function isWhole(char: string): boolean {
  return char.isWellFormed();
}

/** Codes and identifiers: not told apart by case, as the specification advises. */
export function foldCode(code: string): string {
  return code.toLowerCase();
}

const PHONE = /^[+\d\s().\-/]+$/;

/** Telephone numbers are compared by their digits, whatever stands between them; other contact points as codes. */
export function foldContact(value: string): string {
  return PHONE.test(value) ? value.replace(/[^+\d]/g, '') : foldCode(value);
}
