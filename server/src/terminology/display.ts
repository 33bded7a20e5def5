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

/** For the text filter: without diacritics and case. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Each word of the filter begins a word of the code or of one of its texts. */
export function textFilter(filter: string): (entry: Pick<Entry, 'code' | 'display' | 'designations'>) => boolean {
  const wanted = wordsOf(filter);
  return ({ code, display = '', designations }) => {
    const words = [
      folded(code),
      ...wordsOf([code, display, ...designations.map(({ value }: Designation) => value)].join(' ')),
    ];
    return wanted.every((word) => words.some((one) => one.startsWith(word)));
  };
}

function wordsOf(text: string): readonly string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
