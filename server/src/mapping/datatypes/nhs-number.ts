// NHS numbers: ten digits, Modulus 11, and the fillers that pass it. Verification status by value, never by position.
import type { JsonObject } from '../../base/json.ts';

export type NhsNumberFault = 'length' | 'not-digits' | 'filler' | 'chi-range' | 'check-digit';
/**
 * `range`: where the number lies. `test` is 999…, never issued; `other` is outside the published ranges, which newer blocks may
 * be too, so it is no ground for refusal. `doubtful`: the checksum holds but the digits look typed along a keyboard.
 */
export type NhsNumberResult =
  | {
      readonly ok: true;
      readonly value: string;
      readonly range: 'issued' | 'test' | 'other';
      readonly doubtful: boolean;
    }
  | { readonly ok: false; readonly reason: NhsNumberFault };

const SEPARATORS = /[\s-]/g;
const REPEATED_DIGIT = /^(\d)\1{9}$/;
const KEYBOARD_RUN_LENGTH = 8;

/** Reads an NHS number written with or without spaces and hyphens. */
export function nhsNumber(text: string): NhsNumberResult {
  const digits = text.replaceAll(SEPARATORS, '');
  if (!/^\d*$/.test(digits)) return { ok: false, reason: 'not-digits' };
  if (digits.length !== 10) return { ok: false, reason: 'length' };
  if (REPEATED_DIGIT.test(digits)) return { ok: false, reason: 'filler' };
  if (inChiRange(digits)) return { ok: false, reason: 'chi-range' };
  if (checkDigit(digits.slice(0, 9)) !== digits[9]) return { ok: false, reason: 'check-digit' };
  return { ok: true, value: digits, range: rangeOf(digits), doubtful: hasKeyboardRun(digits) };
}

/** The tenth digit for nine; undefined when the sum makes it 10, a number that is never issued. */
export function checkDigit(nine: string): string | undefined {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = 11 - (sum % 11);
  if (check === 10) return undefined;
  return check === 11 ? '0' : String(check);
}

// Scotland's CHI number opens with a date of birth, DDMMYY, and uses the same checksum: only the range tells them apart.
function inChiRange(digits: string): boolean {
  const day = Number(digits.slice(0, 2));
  const month = Number(digits.slice(2, 4));
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

function rangeOf(digits: string): 'issued' | 'test' | 'other' {
  if (digits.startsWith('999')) return 'test';
  const stem = Number(digits.slice(0, 9));
  const england = (stem >= 400_000_000 && stem <= 499_999_999) || (stem >= 600_000_000 && stem <= 799_999_999);
  const northernIreland = stem >= 320_000_001 && stem <= 399_999_999;
  return england || northernIreland ? 'issued' : 'other';
}

function hasKeyboardRun(digits: string): boolean {
  return ['1234567890', '0123456789', '9876543210', '0987654321'].some((row) =>
    Array.from({ length: row.length - KEYBOARD_RUN_LENGTH + 1 }, (_, at) =>
      row.slice(at, at + KEYBOARD_RUN_LENGTH),
    ).some((run) => digits.includes(run)),
  );
}

export type VerificationStatus = '01' | '02' | '03' | '04' | '05' | '06' | '07' | '08';

const STATUS_DISPLAY: { readonly [code in VerificationStatus]: string } = {
  '01': 'Number present and verified',
  '02': 'Number present but not traced',
  '03': 'Trace required',
  '04': 'Trace attempted - No match or multiple match found',
  '05': 'Trace needs to be resolved - (NHS Number or patient detail conflict)',
  '06': 'Trace in progress',
  '07': 'Number not present and trace not required',
  '08': 'Trace postponed (baby under six weeks old)',
};
const STATUS_SYSTEM = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';
export const VERIFICATION_STATUS_URL =
  'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';

/** `NSTS01` or bare `01` … `08`; PID-32 carries other codes too, and they are not this. */
export function verificationStatus(text: string): VerificationStatus | undefined {
  const code = /^(?:NSTS)?(0[1-8])$/.exec(text.trim().toUpperCase())?.[1];
  return isStatus(code) ? code : undefined;
}

function isStatus(code: string | undefined): code is VerificationStatus {
  return code !== undefined && Object.hasOwn(STATUS_DISPLAY, code);
}

/** The UK Core extension of `Patient.identifier` for one status. */
export function verificationStatusExtension(status: VerificationStatus): JsonObject {
  return {
    url: VERIFICATION_STATUS_URL,
    valueCodeableConcept: { coding: [{ system: STATUS_SYSTEM, code: status, display: STATUS_DISPLAY[status] }] },
  };
}
