// The display of a code in the language asked for, and whether a display given is one of those that a code has.               (pure)
import type { Designation, Entry } from './types.ts';

type Displayed = Pick<Entry, 'display' | 'designations'>;

/** The designation in that language, else in one of its variants, else the code's own display. */
export function displayOf({ display, designations }: Displayed, language: string | undefined): string | undefined {
  if (language === undefined) return display;
  const wanted = language.toLowerCase();
  const exact = designations.find((one) => one.language?.toLowerCase() === wanted);
  const [primary] = wanted.split('-', 1);
  const near = designations.find((one) => one.language?.toLowerCase().split('-', 1)[0] === primary);
  return exact?.value ?? near?.value ?? display;
}

/** True when it cannot be told, since no display is known. */
export function isDisplayOf({ display, designations }: Displayed, given: string): boolean {
  const known = [...(display === undefined ? [] : [display]), ...designations.map(({ value }) => value)];
  return known.length === 0 || known.some((one) => plain(one) === plain(given));
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, control characters too
const ASCII = /^[\u0000-\u007f]*$/;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Without diacritics and case. Most texts of code systems are ASCII, and there are many of them. */
function folded(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Each word of the filter begins a word of the code or of one of its texts. */
export function textFilter(filter: string): (entry: Pick<Entry, 'code' | 'display' | 'designations'>) => boolean {
  const wanted = folded(filter)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return ({ code, display = '', designations }) => {
    const text = folded([code, display, ...designations.map(({ value }: Designation) => value)].join(' '));
    return wanted.every((word) => beginsWord(text, word));
  };
}

function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !WORD_CHARACTER.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
