// Logarithms that are the same on every machine. ECMAScript leaves the last digits of Math.log to the engine, but demands that
// + - * / be exactly those of IEEE 754; so only these are used, and the result is rounded to whole thousandths of a bit.

const FRACTION_STEPS = 24;
const THOUSANDTHS = 1000;

/** `1000 log2(ratio)`, rounded; the ratio is positive and finite. */
export function milliBits(ratio: number): number {
  let whole = 0;
  let rest = ratio;
  while (rest >= 2) {
    rest /= 2;
    whole++;
  }
  while (rest < 1) {
    rest *= 2;
    whole--;
  }
  // Squaring doubles the logarithm: each time it passes 1, one more binary digit of the fraction is known.
  let fraction = 0;
  let digit = 0.5;
  for (let step = 0; step < FRACTION_STEPS; step++) {
    rest *= rest;
    if (rest >= 2) {
      rest /= 2;
      fraction += digit;
    }
    digit /= 2;
  }
  return Math.round((whole + fraction) * THOUSANDTHS);
}
