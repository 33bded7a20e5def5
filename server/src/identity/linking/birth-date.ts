// Birth dates as they are really written: partial, defaulted, with parts exchanged and digits mistyped.

import { isOneSlip } from './similarity.ts';

/** Parts that are not said are 0. `digits` keeps what was written, even where it is no date. */
export type BirthDate = {
  readonly digits: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** A month is missing or it is 1 January: what systems fill in for "only the year is known". */
  readonly yearOnly: boolean;
  /** The day is missing or the first: what systems fill in for "only the month is known". */
  readonly monthOnly: boolean;
};

/** FHIR dates (`1980`, `1980-05`, `1980-05-17`) and eight digits; other digits can still be compared one by one. */
export function birthDate(text: string | undefined): BirthDate | undefined {
  const digits = (text ?? '').replace(/\D/g, '');
  if (digits.length < 4) return undefined;
  const whole = digits.length === 8 || digits.length === 6 || digits.length === 4;
  const [year, month, day] = whole
    ? [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].map(Number)
    : [0, 0, 0];
  const date = { year: year ?? 0, month: month ?? 0, day: day ?? 0 };
  const monthOnly = date.day <= 1 && whole;
  return { digits, ...date, yearOnly: monthOnly && date.month <= 1, monthOnly };
}

/** How two birth dates agree, by the level names of the field. */
export type BirthDateLevel =
  | 'different'
  | 'compatible'
  | 'near-other-year'
  | 'near'
  | 'two-parts'
  | 'one-digit'
  | 'same';

/** Days of a calendar in which all months have 31 days: near dates stay near, and no date is impossible. */
const MONTH_DAYS = 31;
const YEAR_DAYS = 12 * MONTH_DAYS;
/** A month and a few days off. */
const NEAR_DAYS = 45;
/** Years that one wrong digit puts between two dates most often. */
const YEARS_OFF = [1, 10];

export function compareBirthDates(left: BirthDate, right: BirthDate): BirthDateLevel {
  if (left === right || left.digits === right.digits) return 'same';
  if (left.digits.length === right.digits.length || left.year === 0 || right.year === 0) {
    if (isOneSlip(left.digits, right.digits) || partsExchanged(left, right)) return 'one-digit';
  }
  if (compatible(left, right)) return 'compatible';
  if (left.day === 0 || right.day === 0) return 'different';
  const equal = Number(left.year === right.year) + Number(left.month === right.month) + Number(left.day === right.day);
  if (equal === 2) return 'two-parts';
  const apart = Math.abs(dayNumber(left) - dayNumber(right));
  if (apart <= NEAR_DAYS) return 'near';
  return YEARS_OFF.some((years) => Math.abs(apart - years * YEAR_DAYS) <= NEAR_DAYS) ? 'near-other-year' : 'different';
}

function dayNumber({ year, month, day }: BirthDate): number {
  return year * YEAR_DAYS + month * MONTH_DAYS + day;
}

function partsExchanged(left: BirthDate, right: BirthDate): boolean {
  return left.year === right.year && left.day !== 0 && left.month === right.day && left.day === right.month;
}

/** One says less, or holds a default where the other says more. */
function compatible(left: BirthDate, right: BirthDate): boolean {
  if (left.year !== right.year || left.year === 0) return false;
  if (left.yearOnly || right.yearOnly) return true;
  return left.month === right.month && (left.monthOnly || right.monthOnly);
}
