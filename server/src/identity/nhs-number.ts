// The NHS number: ten digits whose last is a Modulus 11 check digit, and the values that pass the check but mean nobody.

export const NHS_NUMBER_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
/** The same number as older senders name it. */
const ALIASES: ReadonlySet<string> = new Set([NHS_NUMBER_SYSTEM, 'urn:oid:2.16.840.1.113883.2.1.4.1']);
const WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2] as const;

export function isNhsNumberSystem(system: string): boolean {
  return ALIASES.has(system);
}

/**
 * Ten digits without separators, or undefined when the text can never identify a person: wrong length, wrong check digit, or
 * one digit repeated (all ten repdigits pass Modulus 11 and are the classic filler).
 */
export function nhsNumber(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{10}$/.test(digits) || /^(\d)\1+$/.test(digits)) return undefined;
  return checkDigit(digits) === Number(digits[9]) ? digits : undefined;
}

/** Undefined when the first nine digits have no check digit: such numbers are never issued. */
function checkDigit(digits: string): number | undefined {
  let sum = 0;
  for (let at = 0; at < WEIGHTS.length; at++) sum += (WEIGHTS[at] ?? 0) * Number(digits[at]);
  const rest = 11 - (sum % 11);
  if (rest === 10) return undefined;
  return rest === 11 ? 0 : rest;
}
