// Which records are worth comparing: rules as data, each a list of parts that must all agree. A pair that shares the key of any
// rule is a candidate. A key that too many share is a filler or a crowd; it is left out and reported.
import { sortedLetters } from './fold.ts';
import { formalNames } from './nicknames.ts';
import type { Prepared } from './prepare.ts';

type Part =
  | 'nhs-number'
  | 'identifier'
  | 'email'
  | 'email-local'
  | 'phone'
  | 'birth-date'
  | 'birth-year'
  | 'birth-year-month'
  | 'birth-month-day'
  | 'birth-digits'
  | 'both-names'
  | 'given'
  | 'given-sound'
  | 'given-formal'
  | 'given-initial'
  | 'family'
  | 'family-sound'
  | 'family-part'
  | 'a-name'
  | 'postcode'
  | 'district'
  | 'town'
  | 'street'
  | 'house';
export type BlockingRule = {
  readonly name: string;
  readonly parts: readonly Part[];
  /** A key shared by more records than this proposes nobody. */
  readonly most: number;
};

const rule = (name: string, most: number, ...parts: readonly Part[]): BlockingRule => ({ name, parts, most });

/** For a store of any size: each key is shared by few. */
export const BLOCKING_RULES: readonly BlockingRule[] = [
  rule('nhs-number', 50, 'nhs-number'),
  rule('identifier', 50, 'identifier'),
  rule('email', 50, 'email'),
  rule('phone', 50, 'phone'),
  rule('birth-date-and-family-sound', 200, 'birth-date', 'family-sound'),
  rule('birth-date-and-given', 200, 'birth-date', 'given-formal'),
  rule('birth-date-and-district', 200, 'birth-date', 'district'),
  rule('birth-digits-and-both-names', 100, 'birth-digits', 'both-names'),
  rule('birth-year-and-both-names', 200, 'birth-year', 'both-names'),
  rule('birth-month-day-and-both-names', 200, 'birth-month-day', 'both-names'),
  rule('postcode-and-given', 100, 'postcode', 'given-formal'),
  rule('postcode-and-birth-year', 100, 'postcode', 'birth-year'),
  rule('postcode-and-birth-month-day', 100, 'postcode', 'birth-month-day'),
  rule('district-and-both-names', 200, 'district', 'both-names'),
  rule('family-part-and-birth-year-and-given', 200, 'family-part', 'birth-year', 'given-sound'),
  rule('street-and-house-and-given', 100, 'street', 'house', 'given-formal'),
];

/** Added where all records are compared at once and are few enough for broad keys. */
export const BROAD_RULES: readonly BlockingRule[] = [
  rule('everybody', 1_500),
  rule('birth-date', 300, 'birth-date'),
  rule('birth-digits', 300, 'birth-digits'),
  rule('birth-year-month', 120, 'birth-year-month'),
  rule('birth-month-day', 120, 'birth-month-day'),
  rule('both-names', 120, 'both-names'),
  rule('a-name-and-birth-year', 120, 'a-name', 'birth-year'),
  rule('family-sound-and-given-initial', 120, 'family-sound', 'given-initial'),
  rule('family-sound', 120, 'family-sound'),
  rule('given-sound', 80, 'given-sound'),
  rule('a-name-and-town', 120, 'a-name', 'town'),
  rule('a-name-and-postcode', 120, 'a-name', 'postcode'),
  rule('email-local', 80, 'email-local'),
  rule('street', 80, 'street'),
  rule('postcode-and-house', 80, 'postcode', 'house'),
];
/** With more records than this the broad rules would only meet crowds. */
export const BROAD_RECORDS_MAX = 50_000;

/** A record whose rule has more keys than this, such as one with dozens of phones, keeps the first ones. */
const KEYS_MAX = 16;
const SEPARATOR = '|';

/** The record's keys under one rule: every combination of its parts' values. */
export function keysOf(prepared: Prepared, { parts }: BlockingRule): readonly string[] {
  let keys: readonly string[] = [''];
  for (const part of parts) {
    const values = valuesOf(part, prepared);
    if (values.length === 0) return [];
    keys = keys.flatMap((key) => values.map((value) => key + SEPARATOR + value)).slice(0, KEYS_MAX);
  }
  return [...new Set(keys)];
}

/** All keys of a record, each with its rule: what a store indexes, and what it looks up to find candidates. */
export function blockingKeys(prepared: Prepared, rules: readonly BlockingRule[] = BLOCKING_RULES): readonly string[] {
  return rules.flatMap((one) => keysOf(prepared, one).map((key) => one.name + key));
}

const NONE: readonly string[] = [];
const one = (value: string): readonly string[] => (value === '' ? NONE : [value]);

function valuesOf(part: Part, prepared: Prepared): readonly string[] {
  const { given, family, postcode, birth } = prepared;
  switch (part) {
    case 'nhs-number':
      return prepared.nhsNumbers;
    case 'identifier':
      return prepared.identifiers;
    case 'email':
      return prepared.emails.map((email) => email.all);
    case 'email-local':
      return prepared.emails.map((email) => email.all.split('@')[0] ?? '').filter((local) => local.length > 2);
    case 'phone':
      return prepared.phones;
    case 'both-names':
      return bothNames(prepared);
    case 'given':
      return one(given.all);
    case 'given-sound':
      return one(given.sound);
    case 'given-formal':
      return given.all === '' ? NONE : [...new Set([given.all, ...formalNames(given.all)])];
    case 'given-initial':
      return one(given.all.charAt(0));
    case 'family':
      return one(family.all);
    case 'family-sound':
      return one(family.sound);
    case 'family-part':
      return family.parts.length > 0 ? family.parts : one(family.all);
    case 'a-name':
      return [given.all, family.all].filter((name) => name.length > 1);
    case 'postcode':
      return one(postcode.all);
    case 'district':
      return one(postcode.district === '' ? postcode.all : postcode.district);
    case 'town':
      return one(prepared.town.all);
    case 'street':
      return prepared.street.length > 5 ? [prepared.street] : NONE;
    case 'house':
      return one(prepared.house);
    default:
      return birth === undefined ? NONE : birthValue(part, birth);
  }
}

/** Sounds of both names in one order, so that exchanged names meet. */
function bothNames({ given, family }: Prepared): readonly string[] {
  if (given.sound === '' || family.sound === '') return NONE;
  return [given.sound < family.sound ? `${given.sound} ${family.sound}` : `${family.sound} ${given.sound}`];
}

function birthValue(
  part: Extract<Part, `birth-${string}`>,
  { digits }: NonNullable<Prepared['birth']>,
): readonly string[] {
  switch (part) {
    case 'birth-date':
      return digits.length === 8 ? [digits] : NONE;
    case 'birth-year':
      return [digits.slice(0, 4)];
    case 'birth-year-month':
      return digits.length < 6 ? NONE : [digits.slice(0, 6)];
    case 'birth-month-day':
      return digits.length === 8 ? [digits.slice(4)] : NONE;
    case 'birth-digits':
      return digits.length === 8 ? [sortedLetters(digits)] : NONE;
  }
}
