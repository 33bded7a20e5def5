// A record made ready for comparison: everything that depends on one record alone is worked out once, not once for each pair.
import { nhsNumber } from '../nhs-number.ts';
import { type BirthDate, birthDate } from './birth-date.ts';
import { fold, foldedParts, sortedLetters } from './fold.ts';
import { nicknameGroups } from './nicknames.ts';
import { letterBits, letterPairs } from './similarity.ts';
import { sound } from './sound.ts';
import type { LinkageRecord } from './types.ts';

export type Name = {
  /** All letters run together; empty when nothing is said. */
  readonly all: string;
  /** The parts of a double-barrelled name; one that is not has none. */
  readonly parts: readonly string[];
  readonly sorted: string;
  readonly bits: number;
  readonly sound: string;
};

export type Prepared = {
  /** The first given name. */
  readonly given: Name;
  /** All given names run together: a blank may have been typed into one name. */
  readonly givenJoined: Name;
  readonly nicknames: readonly number[];
  readonly otherGiven: readonly string[];
  readonly family: Name;
  readonly birth: BirthDate | undefined;
  readonly death: string;
  readonly sex: string;
  readonly postcode: Postcode;
  readonly house: string;
  readonly street: string;
  readonly streetPairs: Uint16Array;
  readonly town: Name;
  readonly region: string;
  readonly phones: readonly string[];
  readonly emails: readonly Email[];
  readonly nhsNumbers: readonly string[];
  readonly verifiedNhsNumbers: readonly string[];
  readonly identifiers: readonly string[];
};
export type Email = { readonly all: string; readonly pairs: Uint16Array };
/** A UK postcode by its parts; other postal codes are whole only. */
export type Postcode = {
  readonly all: string;
  readonly sector: string;
  readonly district: string;
  readonly area: string;
};

/** What stands for nothing in the fields of old systems. */
const NOTHING = /^(?:0+|x+|unknown|notknown|none|null|na|nil|test|tbc|nk|nfa|nofixedabode|zz993[cv]z)$/;
const TITLES = /^(?:mr|mrs|ms|miss|dr|prof|sir|rev|revd|master|mx)$/;
/** Digits at the end that make a British number, however it is prefixed. */
const PHONE_DIGITS = 10;
const PHONE_DIGITS_LEAST = 7;
const STREET_WORDS: { readonly [word: string]: string } = {
  road: 'rd',
  street: 'st',
  saint: 'st',
  avenue: 'ave',
  lane: 'ln',
  close: 'cl',
  crescent: 'cres',
  drive: 'dr',
  place: 'pl',
  terrace: 'ter',
  gardens: 'gdns',
  court: 'ct',
  circuit: 'cct',
  square: 'sq',
  flat: 'flat',
  apartment: 'flat',
  apt: 'flat',
};

export function prepare(record: LinkageRecord): Prepared {
  const given = record.given.flatMap((name) => foldedParts(name, false)).filter((name) => !TITLES.test(name));
  const first = said(given[0] ?? '');
  const address = addressOf(record);
  const town = said(fold(record.town ?? ''));
  return {
    given: nameOf(first, partsOf(record.given[0] ?? '')),
    givenJoined: nameOf(given.length > 1 ? given.join('') : first, []),
    nicknames: nicknameGroups(first),
    otherGiven: given.slice(1),
    family: nameOf(said(fold(record.family ?? '')), partsOf(record.family ?? '')),
    birth: birthDateFrom(record.birthDate ?? '') ?? undefined,
    death: (record.deathDate ?? '').slice(0, 10),
    sex: sexOf(record.sex),
    postcode: postcodeOf(record.postcode ?? ''),
    ...address,
    town: nameOf(town, []),
    region: said(fold(record.region ?? '')),
    phones: distinct(record.phones.map(phoneOf)),
    emails: distinct(record.emails.map((email) => email.trim().toLowerCase())).map(emailOf),
    nhsNumbers: distinct(record.nhsNumbers.map((one) => one.value.replace(/\D/g, ''))),
    verifiedNhsNumbers: distinct(
      record.nhsNumbers.filter((one) => one.verified).map((one) => nhsNumber(one.value) ?? ''),
    ),
    identifiers: distinct(record.identifiers.map((one) => said(one.trim().toUpperCase()))),
  };
}

function emailOf(all: string): Email {
  return { all, pairs: letterPairs(all) };
}

/**
 * What many records share is held once: it is worked out once, and comparing two of them stays in the processor's cache. Full, it
 * starts anew, so that a server does not grow with the names it has met.
 */
function remembered<Value>(make: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      if (known.size >= REMEMBERED_MOST) known.clear();
      value = make(text);
      known.set(text, value);
    }
    return value;
  };
}

const REMEMBERED_MOST = 100_000;

/** The name itself, then its parts if it has several, between blanks. */
const nameFrom = remembered((text): Name => {
  const [all = '', ...parts] = text.split(' ');
  return { all, parts, sorted: sortedLetters(all), bits: letterBits(all), sound: sound(all) };
});
const birthDateFrom = remembered((text) => birthDate(text) ?? null);
const pairsFrom = remembered(letterPairs);

function nameOf(all: string, parts: readonly string[]): Name {
  return nameFrom(parts.length > 1 ? [all, ...parts].join(' ') : all);
}

/** Particles are no parts: sharing "van" or "al" says nothing. */
function partsOf(name: string): readonly string[] {
  return foldedParts(name, true).filter((part) => part.length > 3);
}

function said(folded: string): string {
  return NOTHING.test(folded) ? '' : folded;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

function sexOf(text: string | undefined): string {
  const letter = (text ?? '').trim().charAt(0).toLowerCase();
  if (letter === 'm' || letter === '1') return 'm';
  return letter === 'f' || letter === '2' || letter === 'w' ? 'f' : '';
}

const UK_POSTCODE = /^(([A-Z]{1,2})[0-9][0-9A-Z]?)([0-9])[A-Z]{2}$/;

function postcodeOf(text: string): Postcode {
  const all = said(text.toLowerCase().replace(/[^a-z0-9]/g, '')).toUpperCase();
  const match = UK_POSTCODE.exec(all);
  if (match === null) return { all, sector: '', district: '', area: '' };
  const [, district = '', area = '', digit = ''] = match;
  return { all, sector: `${district} ${digit}`, district, area };
}

type Address = Pick<Prepared, 'house' | 'street' | 'streetPairs'>;

/** The house number is what a line begins with; the rest of all lines is the street. */
function addressOf(record: LinkageRecord): Address {
  let house = fold(record.house ?? '');
  const words: string[] = [];
  for (const line of record.street) {
    const parts = line.split(/[\s,]+/).map(fold);
    const number = house === '' ? parts.findIndex((part) => /^\d+[a-z]?$/.test(part)) : -1;
    if (number >= 0 && parts[number - 1] !== 'flat') house = parts.splice(number, 1)[0] ?? '';
    words.push(...parts.map((part) => STREET_WORDS[part] ?? part));
  }
  const street = said(words.sort().join(''));
  return { house: said(house), street, streetPairs: pairsFrom(street) };
}

function phoneOf(text: string): string {
  const digits = text.replace(/\D/g, '');
  return digits.length < PHONE_DIGITS_LEAST || /^(\d)\1+$/.test(digits) ? '' : digits.slice(-PHONE_DIGITS);
}
