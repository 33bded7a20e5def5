// Where synthetic people live and who their doctors are. Nothing here can be visited, rung or written to: ZZ99 postcodes are never
// delivered to, telephone numbers come from the ranges Ofcom keeps for drama, practice codes have a shape that ODS does not issue.
// https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama

import type { Random } from './random.ts';
import type { Address, Practice } from './types.ts';

const STREETS =
  'Mill Lane|Station Road|Chapel Street|Victoria Terrace|Church Close|The Crescent|Albert Road|Canal Side|Priory Gardens|Heath View|Kestrel Way|Saint Anne’s Square|Lower Weir Row|Old Brewery Yard'.split(
    '|',
  );
const TOWNS: readonly (readonly [string, string])[] = [
  ['Borchester', 'Borsetshire'],
  ['Felpersham', 'Borsetshire'],
  ['Wetherton', 'Calderside'],
  ['Netherfold', 'Calderside'],
  ['Skerrow Bridge', 'North Merrow'],
];
const POSTCODE_LETTERS = 'ABDEFGHJLNPQRSTUWXYZ';

export function address(random: Random): Address {
  const [city, county] = random.pick(TOWNS);
  const house = `${random.between(1, 240)} ${random.pick(STREETS)}`;
  const lines = random.chance(0.15) ? [`Flat ${random.between(1, 24)}`, house] : [house];
  return { lines, city, county, postcode: postcode(random) };
}

function postcode(random: Random): string {
  const letter = () => POSTCODE_LETTERS.charAt(random.below(POSTCODE_LETTERS.length));
  return `ZZ99 ${random.between(4, 9)}${letter()}${letter()}`;
}

export function mobile(random: Random): string {
  return `07700 900${String(random.below(1000)).padStart(3, '0')}`;
}

export function landline(random: Random): string {
  return `01632 960${String(random.below(1000)).padStart(3, '0')}`;
}

/** True for a number that Ofcom keeps for drama, however it is spaced or prefixed. */
export function isDramaNumber(text: string): boolean {
  return /^(?:0|\+?44)(?:7700900|1632960)\d{3}$/.test(text.replace(/[\s()-]/g, ''));
}

/** The practice whose system feeds the morning. */
export const MILL_LANE: Practice = {
  code: 'ZZ9001',
  name: 'Mill Lane Surgery',
  doctors: [
    { code: 'GZ90001', family: 'Adeyemi', given: 'Folake', title: 'Dr' },
    { code: 'GZ90002', family: 'Pritchard', given: 'Huw', title: 'Dr' },
    { code: 'GZ90003', family: 'Chaudhry', given: 'Saira', title: 'Dr' },
  ],
};

export const PRACTICES: readonly (readonly [Practice, number])[] = [
  [MILL_LANE, 82],
  [
    {
      code: 'ZZ9002',
      name: 'Weir Row Medical Centre',
      doctors: [{ code: 'GZ90011', family: 'Lindqvist', given: 'Erik', title: 'Dr' }],
    },
    10,
  ],
  [
    {
      code: 'ZZ9003',
      name: 'Netherfold Health Centre',
      doctors: [{ code: 'GZ90021', family: 'Okonjo', given: 'Blessing', title: 'Dr' }],
    },
    8,
  ],
];
