// What the laboratory measures: names, LOINC codes, units, reference intervals, and plausible values in whole steps of the last digit.
import { at, type Random, type SyntheticPerson } from '../people/index.ts';
import { components } from './hl7.ts';
import type { ResultItem, ResultStatus } from './oru.ts';

type Analyte = {
  readonly code: string;
  readonly text: string;
  readonly loinc: string;
  readonly unit: string;
  readonly decimals: number;
  /** Reference interval and the span of values drawn, in units of the last digit. */
  readonly normal: readonly [number, number];
  readonly drawn: readonly [number, number];
};

const analyte = (
  names: readonly [string, string, string, string],
  decimals: number,
  intervals: Pick<Analyte, 'normal' | 'drawn'>,
): Analyte => ({ code: names[0], text: names[1], loinc: names[2], unit: names[3], decimals, ...intervals });

const SODIUM = analyte(['NA', 'Sodium', '2951-2', 'mmol/L'], 0, { normal: [133, 146], drawn: [126, 150] });
export const POTASSIUM = analyte(['K', 'Potassium', '2823-3', 'mmol/L'], 1, { normal: [35, 53], drawn: [30, 58] });
const UREA = analyte(['UREA', 'Urea', '22664-7', 'mmol/L'], 1, { normal: [25, 78], drawn: [20, 160] });
const CREATININE = analyte(['CREA', 'Creatinine', '14682-9', 'µmol/L'], 0, { normal: [59, 104], drawn: [45, 190] });
const HAEMOGLOBIN = analyte(['HB', 'Haemoglobin', '718-7', 'g/L'], 0, { normal: [115, 165], drawn: [82, 172] });
const WHITE_CELLS = analyte(['WBC', 'White cell count', '6690-2', '10*9/L'], 1, {
  normal: [40, 110],
  drawn: [28, 210],
});
const PLATELETS = analyte(['PLT', 'Platelets', '777-3', '10*9/L'], 0, { normal: [150, 400], drawn: [90, 480] });
const HAEMATOCRIT = analyte(['HCT', 'Haematocrit', '4544-3', 'L/L'], 3, { normal: [370, 470], drawn: [280, 500] });
const CRP = analyte(['CRP', 'C-reactive protein', '1988-5', 'mg/L'], 0, { normal: [0, 5], drawn: [1, 180] });
const LACTATE = analyte(['LACT', 'Lactate', '2524-7', 'mmol/L'], 1, { normal: [5, 20], drawn: [4, 62] });

export type Panel = {
  readonly key: string;
  readonly text: string;
  readonly section: string;
  readonly specimen: readonly [string, string];
  /** Sent as preliminary before it is final. */
  readonly twoSteps: boolean;
};
const SERUM = ['119364003', 'Serum specimen'] as const;
const BLOOD = ['119297000', 'Blood specimen'] as const;

export const PANELS: readonly (readonly [Panel, number])[] = [
  [{ key: 'UE', text: 'Urea and electrolytes', section: 'CH', specimen: SERUM, twoSteps: true }, 34],
  [{ key: 'FBC', text: 'Full blood count', section: 'HM', specimen: BLOOD, twoSteps: false }, 30],
  [{ key: 'CRP', text: 'C-reactive protein', section: 'CH', specimen: SERUM, twoSteps: false }, 16],
  [{ key: 'LACT', text: 'Lactate', section: 'CH', specimen: BLOOD, twoSteps: false }, 10],
  [{ key: 'BC', text: 'Blood culture', section: 'MB', specimen: BLOOD, twoSteps: true }, 6],
  [{ key: 'MRSA', text: 'MRSA screen', section: 'MB', specimen: BLOOD, twoSteps: false }, 4],
];
export const UE: Panel = at(PANELS, 0)[0];

/** Values of one sample: drawn once, so that preliminary, final and repeated messages agree. */
export function measure(panel: Panel, person: SyntheticPerson, random: Random): readonly ResultItem[] {
  switch (panel.key) {
    case 'UE':
      return ureaAndElectrolytes(person, random);
    case 'FBC':
      return [HAEMOGLOBIN, WHITE_CELLS, PLATELETS, HAEMATOCRIT].map((a) => numeric(a, draw(a, random)));
    case 'CRP':
      return [crp(random)];
    case 'LACT':
      return [numeric(LACTATE, draw(LACTATE, random))];
    case 'BC':
      return bloodCulture(random);
    default:
      return [coded('MRSA', 'MRSA screen', random.chance(0.9) ? 'Not detected' : 'Detected')];
  }
}

export function withStatus(items: readonly ResultItem[], status: ResultStatus): readonly ResultItem[] {
  return items.map((item) => ({ ...item, status }));
}

/** The middle of three draws: most people are near normal. */
function draw(a: Analyte, random: Random): number {
  const draws = [0, 1, 2].map(() => random.between(...a.drawn)).sort((x, y) => x - y);
  return at(draws, 1);
}

export function numeric(a: Analyte, steps: number, more: Partial<ResultItem> = {}): ResultItem {
  const [low, high] = a.normal;
  return {
    type: 'NM',
    code: a.code,
    text: a.text,
    loinc: a.loinc,
    value: written(steps, a.decimals),
    unit: a.unit,
    range: `${written(low, a.decimals)} - ${written(high, a.decimals)}`,
    flag: steps < low ? 'L' : steps > high ? 'H' : 'N',
    status: 'F',
    ...more,
  };
}

function written(steps: number, decimals: number): string {
  if (decimals === 0) return String(steps);
  const digits = String(steps).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function ureaAndElectrolytes(person: SyntheticPerson, random: Random): readonly ResultItem[] {
  const creatinine = draw(CREATININE, random);
  const potassium = draw(POTASSIUM, random);
  return [
    numeric(SODIUM, draw(SODIUM, random)),
    numeric(POTASSIUM, potassium, potassium > 53 ? { comments: ['Sample not haemolysed.', 'Please repeat.'] } : {}),
    numeric(UREA, draw(UREA, random)),
    numeric(CREATININE, creatinine),
    egfr(person, creatinine),
  ];
}

/** CKD-EPI 2009 without ethnicity (NICE NG203); above 90 laboratories send `>90`. */
function egfr(person: SyntheticPerson, creatinine: number): ResultItem {
  const female = person.sex === 'female';
  const ratio = creatinine / 88.4 / (female ? 0.7 : 0.9);
  const age = 2026 - Number(person.birthDate.slice(0, 4));
  const value = Math.round(
    141 *
      Math.min(ratio, 1) ** (female ? -0.329 : -0.411) *
      Math.max(ratio, 1) ** -1.209 *
      0.993 ** age *
      (female ? 1.018 : 1),
  );
  const common = {
    code: 'EGFR',
    text: 'Estimated GFR',
    loinc: '62238-1',
    unit: 'mL/min/1.73m2',
    status: 'F',
  } as const;
  return value > 90 ? { ...common, type: 'SN', value: '>^90' } : { ...common, type: 'NM', value: String(value) };
}

function crp(random: Random): ResultItem {
  const value = draw(CRP, random);
  return value < 25
    ? { ...numeric(CRP, 4), type: 'SN', value: '<^5', flag: 'N' }
    : numeric(CRP, value, value > 100 ? { flag: 'HH' } : {});
}

function bloodCulture(random: Random): readonly ResultItem[] {
  const positive = random.chance(0.3);
  return [
    coded('BC', 'Blood culture', positive ? 'Growth' : 'No growth after 48 hours'),
    ...(positive
      ? [
          {
            type: 'CE',
            code: 'ORG',
            text: 'Organism',
            loinc: '600-7',
            value: components('112283007', 'Escherichia coli', 'SCT'),
            status: 'F',
          } as const,
        ]
      : []),
    {
      type: 'FT',
      code: 'BCCOM',
      text: 'Microbiology comment',
      value: 'Both bottles received\\.br\\Incubated 5 days \\T\\ reviewed',
      status: 'F',
    },
  ];
}

function coded(code: string, text: string, value: string): ResultItem {
  return { type: 'ST', code, text, value, status: 'F' };
}
