// What several sources write down of one synthetic person: with slips, defaults, moves, nicknames and gaps, at rates that
// registration staff would know.
import type { LinkageRecord } from '../../server/src/identity/index.ts';
import type { Random } from '../../server/src/testkit/people/random.ts';
import { shortened, spelledOtherwise } from './names.ts';
import { type Address, address, digits, type SyntheticPerson } from './people.ts';

/** Rates of what happens to one record, each by itself. */
const RATE = {
  nhsNumberMissing: 0.15,
  nhsNumberMistyped: 0.004,
  nhsNumberUnverified: 0.2,
  secondNameMissing: 0.35,
  secondNameInitial: 0.25,
  nickname: 0.05,
  typing: 0.02,
  givenInitialOnly: 0.004,
  namesSwapped: 0.006,
  birthName: 0.05,
  givenMissing: 0.003,
  partialDate: 0.002,
  defaultDate: 0.006,
  firstOfMonth: 0.003,
  dayMonthSwapped: 0.006,
  dateMistyped: 0.01,
  sexWrong: 0.003,
  sexMissing: 0.02,
  moved: 0.12,
  postcodeMissing: 0.03,
  postcodeMistyped: 0.01,
  streetMissing: 0.1,
  mobileMissing: 0.35,
  mobileChanged: 0.12,
  landlineMissing: 0.4,
  emailMissing: 0.5,
} as const;
const RECORDS_PER_PERSON: readonly (readonly [number, number])[] = [
  [1, 40],
  [2, 35],
  [3, 15],
  [4, 10],
];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const FILLER_POSTCODE = 'ZZ99 3VZ';

export function recordsOf(person: SyntheticPerson, random: Random): readonly LinkageRecord[] {
  const later = random.chance(RATE.moved) ? address(random) : person.address;
  return Array.from({ length: random.weighted(RECORDS_PER_PERSON) }, () =>
    recordOf(person, random.chance(0.5) ? person.address : later, random),
  );
}

function recordOf(person: SyntheticPerson, home: Address | undefined, random: Random): LinkageRecord {
  const happens = (what: keyof typeof RATE) => random.chance(RATE[what]);
  const [given, family] = names(person, random);
  return {
    given: happens('givenMissing') ? [] : given,
    family,
    birthDate: birthDate(person.birthDate, random),
    deathDate: undefined,
    sex: happens('sexMissing') ? undefined : person.female !== happens('sexWrong') ? 'female' : 'male',
    ...placeOf(home, random),
    phones: [
      ...(person.mobile === undefined || happens('mobileMissing')
        ? []
        : [happens('mobileChanged') ? `07700 9${digits(random, 5)}` : person.mobile]),
      ...(person.landline === undefined || happens('landlineMissing') ? [] : [person.landline]),
    ],
    emails: person.email === undefined || happens('emailMissing') ? [] : [person.email],
    nhsNumbers: nhsNumbers(person.nhsNumber, random),
    identifiers: [],
  };
}

function names(person: SyntheticPerson, random: Random): readonly [given: readonly string[], family: string] {
  const happens = (what: keyof typeof RATE) => random.chance(RATE[what]);
  const spelled = (name: string) => (person.transliterated ? spelledOtherwise(name, random) : name);
  const typed = (name: string) => (happens('typing') ? slip(name, random) : name);
  const [first = '', second] = person.given;
  const short = happens('nickname') ? shortened(first, random) : first;
  const one = happens('givenInitialOnly') ? first.charAt(0) : typed(spelled(short));
  const others =
    second === undefined || happens('secondNameMissing')
      ? []
      : [happens('secondNameInitial') ? second.charAt(0) : typed(spelled(second))];
  const family = typed(spelled(happens('birthName') ? person.birthName : person.family));
  if (happens('namesSwapped')) return [[family], one];
  return [[one, ...others], random.chance(0.3) ? family.toUpperCase() : family];
}

function slip(text: string, random: Random): string {
  const at = random.below(text.length);
  const letter = () => LETTERS.charAt(random.below(LETTERS.length));
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + letter() + text.slice(at);
    case 2:
      return text.slice(0, at) + letter() + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2);
  }
}

function birthDate(date: string, random: Random): string {
  const happens = (what: keyof typeof RATE) => random.chance(RATE[what]);
  const [year = '', month = '', day = ''] = date.split('-');
  if (happens('partialDate')) return random.chance(0.5) ? year : `${year}-${month}`;
  if (happens('defaultDate')) return `${year}-01-01`;
  if (happens('firstOfMonth')) return `${year}-${month}-01`;
  if (happens('dayMonthSwapped') && Number(day) <= 12) return `${year}-${day}-${month}`;
  if (!happens('dateMistyped')) return date;
  const at = random.pick([2, 3, 6, 9]);
  return date.slice(0, at) + random.below(at === 6 ? 2 : 10) + date.slice(at + 1);
}

type Place = Pick<LinkageRecord, 'house' | 'street' | 'town' | 'region' | 'postcode'>;

function placeOf(home: Address | undefined, random: Random): Place {
  if (home === undefined)
    return { house: undefined, street: [], town: undefined, region: undefined, postcode: FILLER_POSTCODE };
  const mistyped = random.chance(RATE.postcodeMistyped);
  const postcode = mistyped
    ? home.postcode.slice(0, -1) + LETTERS.charAt(random.below(LETTERS.length)).toUpperCase()
    : home.postcode;
  return {
    house: undefined,
    street: random.chance(RATE.streetMissing) ? [] : [`${home.house} ${home.street}`],
    town: home.town,
    region: undefined,
    postcode: random.chance(RATE.postcodeMissing) ? undefined : postcode,
  };
}

/** A mistyped number fails its check; so it is never verified. */
function nhsNumbers(number: string, random: Random): LinkageRecord['nhsNumbers'] {
  if (random.chance(RATE.nhsNumberMissing)) return [];
  if (random.chance(RATE.nhsNumberMistyped)) {
    const at = random.below(9);
    const other = (Number(number[at]) + random.between(1, 9)) % 10;
    return [{ value: number.slice(0, at) + other + number.slice(at + 1), verified: false }];
  }
  return [{ value: number, verified: !random.chance(RATE.nhsNumberUnverified) }];
}
