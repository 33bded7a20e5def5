// What synthetic people suffer from: a few allergies and long-term conditions, as SNOMED CT and ICD-10 codes with our own words.
import type { Random } from './random.ts';
import type { Allergy, Coded, Condition } from './types.ts';

export const PENICILLIN: Coded = { code: '91936005', text: 'Allergy to penicillin' };
export const NO_KNOWN_ALLERGY: Coded = { code: '716186003', text: 'No known allergy' };

const ALLERGIES: readonly (readonly [Coded, number])[] = [
  [PENICILLIN, 40],
  [{ code: '294505008', text: 'Allergy to amoxicillin' }, 8],
  [{ code: '293586001', text: 'Allergy to aspirin' }, 10],
  [{ code: '91935009', text: 'Allergy to peanut' }, 14],
  [{ code: '300916003', text: 'Allergy to latex' }, 10],
  [{ code: '91939003', text: 'Allergy to sulfonamide' }, 10],
];
const REACTIONS = ['Rash', 'Urticaria', 'Facial swelling', 'Vomiting', 'Wheeze', 'Anaphylaxis'];

type Chronic = Coded & { readonly icd10: string; readonly fromAge: number };
const CHRONIC: readonly Chronic[] = [
  { code: '38341003', text: 'Hypertension', icd10: 'I10', fromAge: 40 },
  { code: '44054006', text: 'Type 2 diabetes', icd10: 'E11.9', fromAge: 35 },
  { code: '195967001', text: 'Asthma', icd10: 'J45.9', fromAge: 4 },
  { code: '13645005', text: 'Chronic obstructive lung disease', icd10: 'J44.9', fromAge: 50 },
  { code: '49436004', text: 'Atrial fibrillation', icd10: 'I48.9', fromAge: 55 },
  { code: '84114007', text: 'Heart failure', icd10: 'I50.9', fromAge: 60 },
  { code: '709044004', text: 'Chronic kidney disease', icd10: 'N18.9', fromAge: 50 },
  { code: '396275006', text: 'Osteoarthritis', icd10: 'M19.9', fromAge: 50 },
  { code: '35489007', text: 'Depression', icd10: 'F32.9', fromAge: 16 },
];

/** Why people come to hospital this morning: ICD-10 code and text. */
export const PRESENTATIONS: readonly (readonly [string, string])[] = [
  ['J18.9', 'Pneumonia, unspecified'],
  ['R07.4', 'Chest pain, unspecified'],
  ['N17.9', 'Acute kidney injury'],
  ['S72.0', 'Fracture of neck of femur'],
  ['N39.0', 'Urinary tract infection'],
  ['A41.9', 'Sepsis, unspecified'],
  ['J44.1', 'COPD with acute exacerbation'],
  ['R55', 'Collapse & loss of consciousness'],
  ['K35.8', 'Acute appendicitis'],
  ['I63.9', 'Cerebral infarction'],
];

const yearOf = (date: string) => Number(date.slice(0, 4));
const two = (n: number) => String(n).padStart(2, '0');

function pastDate(random: Random, fromYear: number, toYear: number): string {
  return `${random.between(Math.min(fromYear, toYear), toYear)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
}

/** None for most; up to two. `today` bounds the dates of record. */
export function allergies(random: Random, birthDate: string, today: string): readonly Allergy[] {
  const count = random.weighted([
    [0, 74],
    [1, 20],
    [2, 6],
  ] as const);
  const chosen = new Map<string, Coded>();
  for (let i = 0; i < count; i++) {
    const allergy = random.weighted(ALLERGIES);
    chosen.set(allergy.code, allergy);
  }
  return [...chosen.values()].map((coded) => allergyOf(coded, random, [birthDate, today]));
}

export function allergyOf(coded: Coded, random: Random, [birthDate, today]: readonly [string, string]): Allergy {
  const reaction = random.pick(REACTIONS);
  const lastYear = yearOf(today) - 1;
  return {
    ...coded,
    reaction,
    criticality: reaction === 'Anaphylaxis' || reaction === 'Facial swelling' ? 'high' : 'low',
    recorded: yearOf(birthDate) > lastYear ? today : pastDate(random, yearOf(birthDate) + 1, lastYear),
  };
}

export function conditions(random: Random, birthDate: string, today: string): readonly Condition[] {
  const age = yearOf(today) - yearOf(birthDate);
  return CHRONIC.filter((c) => age > c.fromAge && random.chance(age > 65 ? 0.28 : 0.1)).map((c) => ({
    code: c.code,
    text: c.text,
    icd10: c.icd10,
    onset: pastDate(random, yearOf(birthDate) + c.fromAge, yearOf(today) - 1),
  }));
}
