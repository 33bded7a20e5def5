// NHS numbers of the range kept for tests, one for each synthetic person.
import { checkDigit } from '../../server/src/testkit/people/nhs-number.ts';

const RANGE = 999_000_000;
const SIZE = 1_000_000;
/** A prime: neighbours get numbers far apart, and every number is used once before any is used again. */
const STEP = 700_001;

const numbers: string[] = [];
for (let at = 0; at < SIZE; at++) {
  const stem = String(RANGE + at);
  const digit = checkDigit(stem);
  if (digit !== undefined) numbers.push(stem + digit);
}

/** Different for the first 900,000 persons and a little more. */
export function nhsNumberOf(person: number): string {
  return numbers[(person * STEP) % numbers.length] ?? '';
}
