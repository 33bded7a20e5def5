// Reasons that keep two records apart whatever they score.
import { levelOf, PLACE } from './compare.ts';
import type { Prepared } from './prepare.ts';
import { lettersApart } from './similarity.ts';
import type { Veto } from './types.ts';

/** A record, and how rare its given name is if many bear it: then it is hardly a slip for another one. */
export type Named = { readonly prepared: Prepared; readonly givenSurprise: number | undefined };

/** Levels of a given name that may be two people's: not the same, an initial, another name of theirs or a nickname. */
const MAY_BE_TWO: ReadonlySet<number> = new Set(
  ['different', 'similar', 'close'].map((name) => levelOf('given', name)),
);
const GIVEN_DIFFERENT = levelOf('given', 'different');
const GIVEN_ANOTHER = levelOf('given', 'another-given');
const MIDDLE_DIFFERENT = levelOf('middle', 'different');
const MIDDLE_SAME = levelOf('middle', 'same');
const SAME_GIVEN: ReadonlySet<number> = new Set(['nickname', 'close', 'same'].map((name) => levelOf('given', name)));
const FAMILY_SWAPPED = levelOf('family', 'swapped');
const FAMILY_PART = levelOf('family', 'part');
const BIRTH_SAME = levelOf('birthDate', 'same');
const POSTCODE_NEAR = levelOf('postcode', 'one-character');
const STREET_SIMILAR = levelOf('street', 'similar');
const NUMBER_NEAR = levelOf('nhsNumber', 'one-digit');
const NUMBER_SAME = levelOf('nhsNumber', 'same');
const IDENTIFIER_SAME = levelOf('identifier', 'same');
const IDENTIFIER_NEAR = levelOf('identifier', 'one-character');
const DAYS_OF_DOUBT = 1;
const DAY_MS = 86_400_000;

export function vetoes(left: Named, right: Named, levels: Uint8Array): readonly Veto[] {
  const found: Veto[] = [];
  if (differentVerified(left.prepared, right.prepared)) found.push('different-verified-nhs-numbers');
  if (differentDeaths(left.prepared.death, right.prepared.death)) found.push('different-dates-of-death');
  if (bornTogether(levels) && !sameNumber(left.prepared, right.prepared, levels) && twoNames(left, right, levels))
    found.push('twins');
  return found;
}

function differentVerified(left: Prepared, right: Prepared): boolean {
  const [one, other] = [left.verifiedNhsNumbers, right.verifiedNhsNumbers];
  return one.length > 0 && other.length > 0 && !one.some((number) => other.includes(number));
}

/** Nobody dies twice. One day is the night in which it happened; a partial date may be the same day. */
function differentDeaths(left: string, right: string): boolean {
  if (left === '' || right === '' || left === right) return false;
  if (left.startsWith(right) || right.startsWith(left)) return false;
  if (left.length < 10 || right.length < 10) return true;
  return Math.abs(Date.parse(left) - Date.parse(right)) > DAYS_OF_DOUBT * DAY_MS;
}

/** Born on one day, of one name, in one house. */
function bornTogether(levels: Uint8Array): boolean {
  const at = (place: number) => levels[place] ?? 0;
  if (at(PLACE.birthDate) !== BIRTH_SAME || at(PLACE.family) < FAMILY_PART) return false;
  return at(PLACE.postcode) >= POSTCODE_NEAR || at(PLACE.street) >= STREET_SIMILAR;
}

/** A number of one person, the same but for a slip, says that it is one. Twins get numbers that follow each other. */
function sameNumber(left: Prepared, right: Prepared, levels: Uint8Array): boolean {
  const nhsNumber = levels[PLACE.nhsNumber];
  if (nhsNumber === NUMBER_SAME || nhsNumber === NUMBER_NEAR) return true;
  const identifier = levels[PLACE.identifier];
  if (identifier !== IDENTIFIER_NEAR) return identifier === IDENTIFIER_SAME;
  return !left.identifiers.some((one) => right.identifiers.some((other) => followEachOther(one, other)));
}

const FOLLOWING_MOST = 10;

function followEachOther(one: string, other: string): boolean {
  const [low, high] = [digitsOf(one), digitsOf(other)];
  return low !== undefined && high !== undefined && Math.abs(low - high) <= FOLLOWING_MOST;
}

function digitsOf(identifier: string): number | undefined {
  const digits = /\d{1,15}$/.exec(identifier)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Two given names rather than one badly written: both are usual, or they have little in common. */
function twoNames(left: Named, right: Named, levels: Uint8Array): boolean {
  const level = levels[PLACE.given] ?? 0;
  const middle = levels[PLACE.middle] ?? 0;
  // Twins may be given each other's names as second ones; someone known by a second name has no other to differ.
  const exchanged = level === GIVEN_ANOTHER && middle === MIDDLE_DIFFERENT;
  if ((!MAY_BE_TWO.has(level) && !exchanged) || middle === MIDDLE_SAME) return false;
  // Emily and Emiily, Philip and Phillip: a letter written twice makes no second name.
  if (undoubled(left.prepared.given.all) === undoubled(right.prepared.given.all)) return false;
  if (bothUsual(left, right, level)) return true;
  const [one, other] = [left.prepared.givenJoined.sorted, right.prepared.givenJoined.sorted];
  return level === GIVEN_DIFFERENT && 2 * lettersApart(one, other) > Math.max(one.length, other.length);
}

/** A slip for a name that all bear occurs often enough to look usual itself. */
const DWARFED = 4_300;

function bothUsual({ givenSurprise: one }: Named, { givenSurprise: other }: Named, level: number): boolean {
  if (one === undefined || other === undefined) return false;
  return level === GIVEN_DIFFERENT || level === GIVEN_ANOTHER || Math.abs(one - other) < DWARFED;
}

/** Born on one day, and of one given name: whatever else a person's records are called, this is no twin of theirs. */
export function sameGiven(levels: Uint8Array): boolean {
  if (levels[PLACE.birthDate] !== BIRTH_SAME) return false;
  return SAME_GIVEN.has(levels[PLACE.given] ?? 0) || levels[PLACE.family] === FAMILY_SWAPPED;
}

function undoubled(name: string): string {
  return name.replace(/(.)\1+/g, '$1');
}
