// A synthetic population in households: couples, children, twins, sons named after their fathers. Nobody in it exists; postcodes
// begin with letters that no area has, NHS numbers are of the range kept for tests.
import type { Random } from '../../server/src/testkit/people/random.ts';
import { familyName, givenName, type Pool, pool } from './names.ts';
import { nhsNumberOf } from './nhs-number.ts';

export type Tag = 'twin' | 'same-name-family' | 'transliterated' | 'child' | 'no-fixed-abode';
export type Address = {
  readonly house: string;
  readonly street: string;
  readonly town: string;
  readonly postcode: string;
};
export type SyntheticPerson = {
  readonly number: number;
  readonly given: readonly string[];
  readonly family: string;
  readonly birthName: string;
  readonly birthDate: string;
  readonly female: boolean;
  readonly address: Address | undefined;
  readonly mobile: string | undefined;
  readonly landline: string | undefined;
  readonly email: string | undefined;
  readonly nhsNumber: string;
  readonly transliterated: boolean;
  readonly tags: ReadonlySet<Tag>;
};

const STREETS =
  'Mill Lane|Station Road|Chapel Street|Victoria Terrace|Church Close|The Crescent|Albert Road|Canal Side|Priory Gardens|Heath View|Kestrel Way|Park Avenue|High Street|Green Lane|Manor Road|Queens Drive|Kings Road|New Street|Grange Court|Orchard Way|Springfield Road|North Street|Windsor Drive|York Place'.split(
    '|',
  );
const TOWNS = 'Borchester|Felpersham|Wetherton|Netherfold|Skerrow Bridge|Ambridge|Loxley Barrett|Hollerton'.split('|');
const LETTERS = 'ABDEFGHJLNPQRSTUWXYZ';
const AREAS = ['XA', 'XB', 'XC', 'XD', 'XE', 'XF', 'XG', 'XH'];
const DAY_MS = 86_400_000;
/** The day before which everybody is born. */
const TODAY = Date.UTC(2026, 0, 1);
const YEAR_DAYS = 365.25;

/** `count` people, household by household. */
export function* people(count: number, random: Random): Generator<SyntheticPerson> {
  let number = 0;
  while (number < count) {
    for (const person of household(random, number)) {
      if (number >= count) return;
      number = person.number + 1;
      yield person;
    }
  }
}

type Home = {
  readonly pool: Pool;
  readonly family: string;
  readonly address: Address | undefined;
  readonly landline: string | undefined;
};
type Wanted = {
  readonly female: boolean;
  readonly birthDate: string;
  readonly given: readonly string[];
  readonly family: string;
  readonly birthName: string;
  readonly tags: readonly Tag[];
};

function household(random: Random, first: number): readonly SyntheticPerson[] {
  const from = pool(random);
  const family = familyName(from, random);
  const home: Home = {
    pool: from,
    family,
    address: random.chance(0.995) ? address(random) : undefined,
    landline: random.chance(0.5) ? `01632 9${digits(random, 5)}` : undefined,
  };
  const wanted = members(home, random);
  return wanted.map((one, at) => person(one, { home, number: first + at, random }));
}

function members(home: Home, random: Random): readonly Wanted[] {
  const age = random.between(20, 90);
  const female = random.chance(0.5);
  const head = adult(home, { age, female }, random);
  if (random.chance(0.35)) return [head];
  const partner = adult(home, { age: age + random.between(-6, 6), female: !female }, random);
  if (age > 60 || random.chance(0.35)) return [head, partner];
  return [head, partner, ...children(home, { age, father: female ? partner : head }, random)];
}

function adult(
  home: Home,
  { age, female }: { readonly age: number; readonly female: boolean },
  random: Random,
): Wanted {
  const birthName = female && random.chance(0.7) ? familyName(home.pool, random) : home.family;
  const family = female && random.chance(0.2) ? birthName : home.family;
  return {
    female,
    birthDate: bornAt(Math.max(18, age), random),
    given: givenNames(home, female, random),
    family,
    birthName,
    tags: [],
  };
}

function children(
  home: Home,
  { age, father }: { readonly age: number; readonly father: Wanted },
  random: Random,
): readonly Wanted[] {
  const found: Wanted[] = [];
  const count = random.between(1, 3);
  for (let at = 0; at < count; at++) {
    const female = random.chance(0.5);
    const birthDate = bornAt(Math.max(0, age - random.between(20, 40)), random);
    const named = !female && random.chance(0.06);
    const given = named
      ? [father.given[0] ?? 'John', ...givenNames(home, female, random).slice(1)]
      : givenNames(home, female, random);
    const child = { female, birthDate, given, family: home.family, birthName: home.family };
    const tags: Tag[] = named ? ['same-name-family'] : [];
    found.push({ ...child, tags });
    if (!random.chance(0.03)) continue;
    found[found.length - 1] = { ...child, tags: [...tags, 'twin'] };
    const other = random.chance(0.6) ? female : !female;
    let name = givenNames(home, other, random);
    while (name[0] === given[0]) name = givenNames(home, other, random);
    found.push({ ...child, female: other, given: name, tags: ['twin'] });
  }
  return found;
}

function person(
  wanted: Wanted,
  { home, number, random }: { readonly home: Home; readonly number: number; readonly random: Random },
): SyntheticPerson {
  const tags = new Set<Tag>(wanted.tags);
  if (home.pool.transliterated) tags.add('transliterated');
  if (home.address === undefined) tags.add('no-fixed-abode');
  if (wanted.birthDate > '2008-01-01') tags.add('child');
  const child = tags.has('child');
  return {
    ...wanted,
    number,
    address: home.address,
    landline: home.landline,
    mobile: !child && random.chance(0.9) ? `07700 9${digits(random, 5)}` : undefined,
    email:
      !child && random.chance(0.6)
        ? `${wanted.given[0]?.toLowerCase()}.${wanted.family.toLowerCase()}${random.below(100)}@mail.example`
        : undefined,
    nhsNumber: nhsNumberOf(number),
    transliterated: home.pool.transliterated,
    tags,
  };
}

function givenNames({ pool: from }: Home, female: boolean, random: Random): readonly string[] {
  const first = givenName(from, female, random);
  return random.chance(0.6) ? [first, givenName(from, female, random)] : [first];
}

function bornAt(age: number, random: Random): string {
  const days = Math.floor(age * YEAR_DAYS) + random.below(365);
  return new Date(TODAY - days * DAY_MS).toISOString().slice(0, 10);
}

export function address(random: Random): Address {
  const letter = () => LETTERS.charAt(random.below(LETTERS.length));
  return {
    house: String(random.between(1, 180)),
    street: random.pick(STREETS),
    town: random.pick(TOWNS),
    postcode: `${random.pick(AREAS)}${random.between(1, 40)} ${random.below(10)}${letter()}${letter()}`,
  };
}

export function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.below(10)).join('');
}
