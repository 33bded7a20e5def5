// What the old clinic's database exports: rows without validation, dates the British way round, NHS numbers nobody has verified.
import type { SyntheticPerson } from '../people/index.ts';

export type ClinicRow = {
  readonly person: SyntheticPerson;
  /** Known to the clinic by its own number only, when it never wrote the hospital number down. */
  readonly withHospitalNumber: boolean;
  readonly allergies: string;
  readonly attended: string;
  readonly notes: string;
};

const HEADINGS = [
  'clinic_no',
  'hosp_no',
  'nhs_no',
  'surname',
  'forename',
  'dob',
  'sex',
  'address',
  'postcode',
  'tel',
  'allergies',
  'attended',
  'notes',
] as const;
const SEX = { male: 'M', female: 'F', other: 'X', unknown: '' } as const;

export const clinicId = (person: SyntheticPerson): string => `RH${String(4000 + person.number)}`;

export function clinicCsv(rows: readonly ClinicRow[]): string {
  return [HEADINGS.join(','), ...rows.map(csvRow)].map((line) => `${line}\r\n`).join('');
}

export function csvRow(row: ClinicRow): string {
  const { person: p } = row;
  const spaced = p.nhsNumber?.replace(/(\d{3})(\d{3})(\d{4})/, '$1 $2 $3') ?? '';
  return [
    clinicId(p),
    row.withHospitalNumber ? p.mrn : '',
    spaced,
    p.family,
    p.given.join(' '),
    p.birthDate.split('-').reverse().join('/'),
    SEX[p.sex],
    [...p.address.lines, p.address.city].join(', '),
    p.address.postcode,
    p.landline ?? p.mobile ?? '',
    row.allergies,
    row.attended,
    row.notes,
  ]
    .map(quoted)
    .join(',');
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
