// Names for a synthetic population, with the ways in which sources write one name differently.

import { NAME_POOLS, type NamePool } from '../../server/src/testkit/people/names.ts';
import type { Random } from '../../server/src/testkit/people/random.ts';

const FIRST =
  'Ash Black Brad Burn Carl Chad Cran Dal East Fair Gold Hal Hart Hol Kirk Lang Mar Nor Oak Pem Rad Sher Stan Thorn Wal Wes Whit Win Wood York Har Lin Ber Cal Den Ed Farn Glad Hather Ken'.split(
    ' ',
  );
const LAST =
  'bourne bury by castle croft dale den don field ford gate ham hurst land leigh ley low man mere more ridge sey shaw son stead ston stow ton wall well wick worth'.split(
    ' ',
  );
/** Surnames of places, as many as a county has. */
const PLACE_NAMES = FIRST.flatMap((first) => LAST.map((last) => first + last));
const PLACE_NAMES_PER_CENT = 45;

/** Spellings under which one name is transliterated. */
const SPELLINGS: readonly (readonly string[])[] = [
  ['Mohammed', 'Muhammad', 'Mohamed', 'Mohammad', 'Muhammed'],
  ['Ahmed', 'Ahmad', 'Ahmet'],
  ['Hussain', 'Hussein', 'Husain', 'Hossain'],
  ['Hassan', 'Hasan'],
  ['Chowdhury', 'Choudhury', 'Chaudhry', 'Chaudhuri'],
  ['Rahman', 'Rehman', 'Rahmaan'],
  ['Aisha', 'Ayesha', 'Aysha', 'Aicha'],
  ['Fatima', 'Fatema', 'Fathima'],
  ['Yusuf', 'Yousef', 'Yousuf', 'Youssef'],
  ['Abdi', 'Abdy'],
  ['Omar', 'Umar', 'Omer'],
  ['Khalid', 'Khaled'],
  ['Iqbal', 'Eqbal'],
  ['Akhtar', 'Akhter', 'Aktar'],
  ['Warsame', 'Warsama'],
  ['Zhang', 'Chang'],
  ['Cheung', 'Cheong', 'Zhang'],
  ['Kowalski', 'Kowalsky'],
  ['Nikolaos', 'Nicolaos', 'Nikos'],
  ['Papadopoulos', 'Papadopoulou'],
  ['Siobhán', 'Siobhan', 'Shivaun'],
  ['Seán', 'Sean', 'Shaun'],
  ['Caoimhe', 'Keeva', 'Kweeva'],
  ['Pádraig', 'Padraig', 'Patrick'],
];
const spellingsOf = new Map(SPELLINGS.flatMap((group) => group.map((name) => [name, group] as const)));

const SHORT: readonly (readonly [string, string])[] = [
  ['Margaret', 'Peggy'],
  ['Patricia', 'Pat'],
  ['Susan', 'Sue'],
  ['Christine', 'Chris'],
  ['Elizabeth', 'Liz'],
  ['Elizabeth', 'Betty'],
  ['Dorothy', 'Dot'],
  ['Rebecca', 'Becky'],
  ['Charlotte', 'Lottie'],
  ['Olivia', 'Liv'],
  ['Amelia', 'Millie'],
  ['Kathleen', 'Kath'],
  ['David', 'Dave'],
  ['Michael', 'Mick'],
  ['Robert', 'Bob'],
  ['Kenneth', 'Ken'],
  ['Raymond', 'Ray'],
  ['Stephen', 'Steve'],
  ['Andrew', 'Andy'],
  ['James', 'Jim'],
  ['Matthew', 'Matt'],
  ['Daniel', 'Dan'],
  ['Thomas', 'Tom'],
  ['Oliver', 'Ollie'],
  ['Henry', 'Harry'],
  ['Theodore', 'Theo'],
  ['Arthur', 'Art'],
  ['Peter', 'Pete'],
  ['Brian', 'Bri'],
];
const shortOf = new Map<string, string[]>();
for (const [name, short] of SHORT) shortOf.set(name, [...(shortOf.get(name) ?? []), short]);

export type Pool = { readonly names: NamePool; readonly transliterated: boolean };
/** Pools from here on are of names that came through another script or alphabet. */
const TRANSLITERATED_FROM = 2;

export function pool(random: Random): Pool {
  const names = random.weighted(NAME_POOLS);
  const place = NAME_POOLS.findIndex(([one]) => one === names);
  return { names, transliterated: place >= TRANSLITERATED_FROM };
}

/** A few names are borne by many: a square of chance puts most draws at the beginning. */
function skewed<T>(list: readonly T[], random: Random): T {
  const at = Math.floor((random.below(1000) * random.below(1000) * list.length) / 1_000_000);
  return list[at] ?? random.pick(list);
}

export function familyName({ names, transliterated }: Pool, random: Random): string {
  if (!transliterated && random.chance(PLACE_NAMES_PER_CENT / 100)) return skewed(PLACE_NAMES, random);
  const name = skewed(names.family, random);
  return random.chance(0.02) ? `${name}-${skewed(PLACE_NAMES, random)}` : name;
}

export function givenName({ names }: Pool, female: boolean, random: Random): string {
  return skewed(female ? names.female : names.male, random);
}

/** The name as another source may spell it: without diacritics, or transliterated otherwise. */
export function spelledOtherwise(name: string, random: Random): string {
  const group = spellingsOf.get(name);
  if (group !== undefined && random.chance(0.35)) return random.pick(group);
  return random.chance(0.5)
    ? name.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('ø', 'o')
    : name;
}

export function shortened(name: string, random: Random): string {
  const shorts = shortOf.get(name);
  return shorts === undefined ? name : random.pick(shorts);
}
