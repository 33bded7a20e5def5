// Synthetic people by seed: households, twins, people without an NHS number, and the names that have broken systems before.

import { allergies, conditions } from './health.ts';
import { NAME_POOLS, NOTABLE, TWIN_GIVEN } from './names.ts';
import { nextNhsNumber } from './nhs-number.ts';
import { address, landline, MILL_LANE, mobile, PRACTICES } from './places.ts';
import { at, type Random, seededRandom } from './random.ts';
import type { Address, Sex, SyntheticPerson } from './types.ts';

export type PeopleOptions = {
  readonly seed: number;
  readonly count: number;
  /** YYYY-MM-DD: nobody is born, and nothing recorded, after it. */
  readonly today: string;
};

type Household = {
  readonly number: number;
  readonly address: Address;
  readonly landline: string | undefined;
  readonly family: string | undefined;
};
type Naming = {
  readonly sex: Sex;
  readonly title: string;
  readonly family: string;
  readonly given: readonly string[];
};

const two = (n: number) => String(n).padStart(2, '0');

/** The first are the notable names, then twins, then everybody else; the hospital number follows the order. */
export function generatePeople(options: PeopleOptions): readonly SyntheticPerson[] {
  const random = seededRandom(options.seed).fork('people');
  const taken = new Set<string>();
  const people: SyntheticPerson[] = [];
  let household = newHousehold(random.fork('household 0'), 0);
  for (let number = 1; number <= options.count; number++) {
    const own = random.fork(`person ${number}`);
    const twinOf = twinBefore(people, number);
    if (twinOf === undefined && (isProtected(number) || !own.chance(0.42)))
      household = newHousehold(own.fork('household'), number);
    people.push(
      twinOf === undefined
        ? newPerson({ number, own, taken, today: options.today, household })
        : secondTwin(twinOf, { number, own, taken }),
    );
  }
  return people;
}

function newHousehold(random: Random, number: number): Household {
  return {
    number,
    address: address(random),
    landline: random.chance(0.6) ? landline(random) : undefined,
    family: random.chance(0.75) ? undefined : random.pick(random.weighted(NAME_POOLS).family),
  };
}

type Setting = { readonly number: number; readonly own: Random; readonly taken: Set<string> };

function newPerson(setting: Setting & { readonly today: string; readonly household: Household }): SyntheticPerson {
  const { number, own, taken, today, household } = setting;
  const twinPair = twinPairAt(number);
  const birthDate = isProtected(number) ? adultBirthDate(own, today) : birthDateBefore(own, today);
  const naming = nameOf(own.fork('name'), { number, household, ageYears: ageOf(birthDate, today) });
  const practice = isProtected(number) ? MILL_LANE : own.weighted(PRACTICES);
  const hasNumber = isProtected(number) || own.chance(0.97);
  return {
    number,
    mrn: mrnOf(number),
    nhsNumber: hasNumber ? nextNhsNumber(own, taken) : undefined,
    traceStatus: !hasNumber ? '07' : isProtected(number) || own.chance(0.95) ? '01' : own.pick(['02', '03', '04']),
    ...naming,
    birthDate,
    address: household.address,
    mobile: own.chance(0.85) ? mobile(own) : undefined,
    landline: household.landline,
    email: own.chance(0.45) ? `person${number}@example.${own.pick(['com', 'org', 'net'])}` : undefined,
    household: household.number,
    practice,
    doctor: own.pick(practice.doctors),
    allergies: allergies(own.fork('allergies'), birthDate, today),
    conditions: conditions(own.fork('conditions'), birthDate, today),
    twin: twinPair === undefined ? undefined : number + 1,
    nextOfKin: own.chance(0.55) ? nextOfKin(own.fork('kin'), naming.family) : undefined,
  };
}

function secondTwin(first: SyntheticPerson, { number, own, taken }: Setting): SyntheticPerson {
  const pair = twinPairAt(first.number);
  const given = pair === undefined ? 'Alex' : pair[2];
  return {
    ...first,
    number,
    mrn: mrnOf(number),
    nhsNumber: nextNhsNumber(own, taken),
    given: [given],
    mobile: mobile(own),
    email: undefined,
    allergies: [],
    conditions: [],
    twin: first.number,
  };
}

function mrnOf(number: number): string {
  return `RX${String(100000 + number)}`;
}

/** The first people are adults with a verified NHS number at the practice that sends: incidents are scripted about them. */
export const CAST_SIZE = 60;

function isProtected(number: number): boolean {
  return number <= CAST_SIZE;
}

function twinPairAt(number: number): (typeof TWIN_GIVEN)[number] | undefined {
  const offset = number - NOTABLE.length - 1;
  return offset >= 0 && offset % 2 === 0 ? TWIN_GIVEN[offset / 2] : undefined;
}

function twinBefore(people: readonly SyntheticPerson[], number: number): SyntheticPerson | undefined {
  const before = people[number - 2];
  return before !== undefined && before.twin === number ? before : undefined;
}

function nameOf(
  random: Random,
  who: { readonly number: number; readonly household: Household; readonly ageYears: number },
): Naming {
  const notable = NOTABLE[who.number - 1];
  if (notable !== undefined) {
    const [sex, title, family, given] = notable;
    return { sex, title, family, given };
  }
  const pool = random.weighted(NAME_POOLS);
  const pair = twinPairAt(who.number);
  const sex = pair?.[0] ?? sexOf(random);
  const given = random.sample(sex === 'male' ? pool.male : pool.female, random.chance(0.35) ? 2 : 1);
  return {
    sex,
    title: titleOf(random, sex, who.ageYears),
    family: who.household.family ?? random.pick(pool.family),
    given: pair === undefined ? given : [pair[1]],
  };
}

function sexOf(random: Random): Sex {
  return random.weighted([
    ['female', 495],
    ['male', 495],
    ['unknown', 6],
    ['other', 4],
  ] as const);
}

function titleOf(random: Random, sex: Sex, ageYears: number): string {
  if (sex === 'male') return ageYears < 16 ? 'Master' : 'Mr';
  if (sex === 'female') return ageYears < 16 ? 'Miss' : random.pick(['Mrs', 'Ms', 'Miss', 'Mrs']);
  return 'Mx';
}

function ageOf(birthDate: string, today: string): number {
  return Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (birthDate.slice(5) > today.slice(5) ? 1 : 0);
}

/** Hospitals see the old and the very young more than their share. */
function birthDateBefore(random: Random, today: string): string {
  const [low, high] = random.weighted([
    [[1, 15], 10],
    [[16, 39], 22],
    [[40, 64], 28],
    [[65, 98], 40],
  ] as const);
  const year = Number(today.slice(0, 4)) - random.between(low, high);
  return `${year}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
}

function adultBirthDate(random: Random, today: string): string {
  return `${Number(today.slice(0, 4)) - random.between(19, 88)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
}

function nextOfKin(random: Random, family: string): SyntheticPerson['nextOfKin'] {
  const pool = at(NAME_POOLS, 0)[0];
  const relationship = random.pick(['SPO', 'CHD', 'PAR', 'SIB']);
  return { family, given: random.pick(random.chance(0.5) ? pool.female : pool.male), relationship };
}
