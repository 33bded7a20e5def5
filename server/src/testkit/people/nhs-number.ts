// NHS numbers of the 999 block: valid by Modulus 11 and never issued to anybody.
// https://www.datadictionary.nhs.uk/attributes/nhs_number.html
import type { Random } from './random.ts';

/** The check digit of nine digits; undefined when it would be 10, a number that is never issued. */
export function checkDigit(stem: string): number | undefined {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += (10 - i) * (stem.charCodeAt(i) - 48);
  const remainder = 11 - (sum % 11);
  if (remainder === 10) return undefined;
  return remainder === 11 ? 0 : remainder;
}

export function isSyntheticNhsNumber(text: string): boolean {
  return /^999\d{7}$/.test(text) && text !== '9999999999' && checkDigit(text) === text.charCodeAt(9) - 48;
}

/** A number not yet in `taken`, which it joins. */
export function nextNhsNumber(random: Random, taken: Set<string>): string {
  for (;;) {
    const stem = `999${String(random.below(1_000_000)).padStart(6, '0')}`;
    const digit = checkDigit(stem);
    const number = `${stem}${digit}`;
    if (digit === undefined || stem === '999999999' || taken.has(number)) continue;
    taken.add(number);
    return number;
  }
}

/** The same digits with the last one wrong, so that Modulus 11 refuses it. */
export function withWrongCheckDigit(number: string): string {
  return `${number.slice(0, 9)}${(number.charCodeAt(9) - 48 + 1) % 10}`;
}
