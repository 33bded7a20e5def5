// Two prepared records, field by field: which level of agreement each reaches. Symmetric, and blind to everything but the two.
import { type BirthDateLevel, compareBirthDates } from './birth-date.ts';
import type { Email, Name, Prepared } from './prepare.ts';
import { edits, isOneSlip, kindsApart, lettersApart, sharedPairs } from './similarity.ts';
import { FIELDS, type Field, LEVELS } from './types.ts';

/** Where each field's level stands in what `compare` writes. */
export const PLACE = Object.fromEntries(FIELDS.map((field, place) => [field, place])) as {
  readonly [field in Field]: number;
};
/** The number of a level by its name. */
export function levelOf(field: Field, name: string): number {
  return LEVELS[field].names.indexOf(name);
}

const GIVEN = {
  different: 1,
  similar: 2,
  initial: 3,
  another: 4,
  nickname: 5,
  close: 6,
  same: 7,
} as const;
const FAMILY = { different: 1, similar: 2, halfSwapped: 3, part: 4, close: 5, swapped: 6, same: 7 } as const;
const BIRTH: { readonly [level in BirthDateLevel]: number } = {
  different: 1,
  compatible: 2,
  'near-other-year': 3,
  near: 4,
  'two-parts': 5,
  'one-digit': 6,
  same: 7,
};
const MISSING = 0;

/** Writes the level of every field into `into`, in the order of FIELDS. */
export function compare(left: Prepared, right: Prepared, into: Uint8Array): void {
  compareNames(left, right, into);
  into[PLACE.middle] = middleLevel(left.otherGiven, right.otherGiven);
  into[PLACE.birthDate] =
    left.birth === undefined || right.birth === undefined ? MISSING : BIRTH[compareBirthDates(left.birth, right.birth)];
  into[PLACE.sex] = plainLevel(left.sex, right.sex);
  into[PLACE.postcode] = postcodeLevel(left, right);
  into[PLACE.street] = streetLevel(left, right);
  into[PLACE.house] = closeLevel(left.house, right.house);
  into[PLACE.town] = townLevel(left, right);
  into[PLACE.region] = closeLevel(left.region, right.region);
  into[PLACE.phone] = closestLevel(left.phones, right.phones, numberLevel);
  into[PLACE.email] = closestLevel(left.emails, right.emails, emailLevel);
  into[PLACE.nhsNumber] = closestLevel(left.nhsNumbers, right.nhsNumbers, numberLevel);
  into[PLACE.identifier] = closestLevel(left.identifiers, right.identifiers, numberLevel);
}

/** Given and family name together, since they may be exchanged: then the family name speaks for both. */
function compareNames(left: Prepared, right: Prepared, into: Uint8Array): void {
  const family = familyLevel(left.family, right.family);
  const given = givenLevel(left, right);
  const straight = family > FAMILY.similar || given > GIVEN.similar;
  const crossed = straight ? 0 : crossedNames(left, right);
  into[PLACE.given] = crossed >= ACROSS_CLOSE ? MISSING : given;
  if (crossed >= ACROSS_CLOSE + ACROSS_SIMILAR) into[PLACE.family] = FAMILY.swapped;
  else into[PLACE.family] = crossed >= ACROSS_CLOSE + ACROSS_DIFFERENT ? FAMILY.halfSwapped : family;
}

/** With a name missing, one agreement across is all that can be had; with none missing the other pair contradicts, which counts too. */
function crossedNames(left: Prepared, right: Prepared): number {
  return acrossNames(left.givenJoined, right.family) + acrossNames(right.givenJoined, left.family);
}

const ACROSS_CLOSE = 4;
const ACROSS_SIMILAR = 2;
const ACROSS_DIFFERENT = -1;

function acrossNames(left: Name, right: Name): number {
  if (left.all === '' || right.all === '') return 0;
  if (left.all === right.all || isClose(left, right)) return ACROSS_CLOSE;
  return isSimilar(left, right) ? ACROSS_SIMILAR : ACROSS_DIFFERENT;
}

function givenLevel(left: Prepared, right: Prepared): number {
  const [one, other] = [left.given, right.given];
  if (one.all === '' || other.all === '') return MISSING;
  if (one === other || one.all === other.all) return GIVEN.same;
  if (one.all.length === 1 || other.all.length === 1) {
    return one.all.charCodeAt(0) === other.all.charCodeAt(0) ? GIVEN.initial : GIVEN.different;
  }
  if (shareOne(left.nicknames, right.nicknames)) return GIVEN.nickname;
  if (isClose(one, other) || isClose(left.givenJoined, right.givenJoined)) return GIVEN.close;
  if (isAmong(left, right)) return GIVEN.another;
  return isSimilar(one, other) ? GIVEN.similar : GIVEN.different;
}

/** Called by the second name, or both parts of a double name in different fields. */
function isAmong(left: Prepared, right: Prepared): boolean {
  return (
    left.otherGiven.includes(right.given.all) ||
    right.otherGiven.includes(left.given.all) ||
    left.given.parts.includes(right.given.all) ||
    right.given.parts.includes(left.given.all)
  );
}

function familyLevel(left: Name, right: Name): number {
  if (left.all === '' || right.all === '') return MISSING;
  if (left === right || left.all === right.all) return FAMILY.same;
  if (isClose(left, right)) return FAMILY.close;
  if (sharePart(left, right)) return FAMILY.part;
  return isSimilar(left, right) ? FAMILY.similar : FAMILY.different;
}

function sharePart(left: Name, right: Name): boolean {
  if (left.parts.length === 0 && right.parts.length === 0) return false;
  if (left.parts.length === 0) return right.parts.includes(left.all);
  if (right.parts.length === 0) return left.parts.includes(right.all);
  return shareOne(left.parts, right.parts);
}

/** A slip of one character, of two in a long name, or a spelling that sounds alike. */
function isClose(left: Name, right: Name): boolean {
  const shorter = Math.min(left.all.length, right.all.length);
  if (shorter < 3) return false;
  const apart = kindsApart(left.bits, right.bits);
  if (apart > SOUNDING_EDITS) return false;
  if (apart <= 2 && isOneSlip(left.all, right.all)) return true;
  if (apart <= 2 && shorter >= LONG_NAME && edits(left.all, right.all, 2) <= 2) return true;
  return (
    left.sound === right.sound && left.sound.length > 1 && edits(left.all, right.all, SOUNDING_EDITS) <= SOUNDING_EDITS
  );
}

const LONG_NAME = 7;
const SOUNDING_EDITS = 3;

/** Nearly the same letters, in whatever order, or a name cut short: Si of Siobhan. */
function isSimilar(left: Name, right: Name): boolean {
  const longer = Math.max(left.all.length, right.all.length);
  const most = Math.max(1, Math.floor((2 * longer) / 5));
  if (kindsApart(left.bits, right.bits) <= most && lettersApart(left.sorted, right.sorted) <= most) return true;
  const shorter = Math.min(left.all.length, right.all.length);
  return shorter >= 2 && (left.all.startsWith(right.all) || right.all.startsWith(left.all));
}

function middleLevel(left: readonly string[], right: readonly string[]): number {
  const [one, other] = [left[0], right[0]];
  if (one === undefined || other === undefined) return MISSING;
  if (shareOne(left, right)) return 3;
  if (one.charCodeAt(0) === other.charCodeAt(0) && (one.length === 1 || other.length === 1)) return 2;
  return one.length > 2 && isOneSlip(one, other) ? 3 : 1;
}

function plainLevel(left: string, right: string): number {
  if (left === '' || right === '') return MISSING;
  return left === right ? 2 : 1;
}

function closeLevel(left: string, right: string): number {
  if (left === '' || right === '') return MISSING;
  if (left === right) return 3;
  return isOneSlip(left, right) ? 2 : 1;
}

function postcodeLevel({ postcode: left }: Prepared, { postcode: right }: Prepared): number {
  if (left.all === '' || right.all === '') return MISSING;
  if (left.all === right.all) return 6;
  if (isOneSlip(left.all, right.all)) return 5;
  if (left.area === '' || left.area !== right.area) return 1;
  if (left.sector === right.sector) return 4;
  return left.district === right.district ? 3 : 2;
}

const STREET_SIMILAR_PERCENT = 72;
const STREET_SOME_PERCENT = 45;

function streetLevel(left: Prepared, right: Prepared): number {
  if (left.street === '' || right.street === '') return MISSING;
  if (left.street === right.street) return 4;
  const shared = sharedPairs(left.streetPairs, right.streetPairs);
  if (shared >= STREET_SIMILAR_PERCENT) return 3;
  return shared >= STREET_SOME_PERCENT ? 2 : 1;
}

function townLevel({ town: left }: Prepared, { town: right }: Prepared): number {
  if (left.all === '' || right.all === '') return MISSING;
  if (left === right || left.all === right.all) return 4;
  if (isClose(left, right)) return 3;
  const most = Math.floor(Math.max(left.all.length, right.all.length) / 3);
  return kindsApart(left.bits, right.bits) <= most && lettersApart(left.sorted, right.sorted) <= most ? 2 : 1;
}

/** Missing when one side says nothing, else the best of all pairs. */
function closestLevel<Value>(
  left: readonly Value[],
  right: readonly Value[],
  level: (one: Value, other: Value) => number,
): number {
  let best = MISSING;
  for (const one of left) {
    for (const other of right) best = Math.max(best, level(one, other));
  }
  return best;
}

function numberLevel(left: string, right: string): number {
  if (left === right) return 3;
  return left.length > 4 && isOneSlip(left, right) ? 2 : 1;
}

const EMAIL_EDITS = 3;
const EMAIL_SIMILAR_PERCENT = 40;

function emailLevel(left: Email, right: Email): number {
  if (left.all === right.all) return 4;
  if (edits(left.all, right.all, EMAIL_EDITS) <= EMAIL_EDITS) return 3;
  return sharedPairs(left.pairs, right.pairs) >= EMAIL_SIMILAR_PERCENT ? 2 : 1;
}

function shareOne<Value>(left: readonly Value[], right: readonly Value[]): boolean {
  for (const one of left) if (right.includes(one)) return true;
  return false;
}
