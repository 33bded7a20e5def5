// Messages for the stories: short, synthetic, and only as much of the standard as a story speaks of.
import { MRN, NHS } from './harness.ts';

export type Said = {
  readonly mrn: string;
  readonly nhs?: string;
  readonly family?: string;
  readonly given?: string;
  /** YYYYMMDD */
  readonly born?: string;
  readonly sex?: string;
  /** PID-29 and PID-30, as they stand on the wire. */
  readonly died?: readonly [string, string];
  readonly address?: string;
};
export type Adt = {
  readonly trigger: string;
  readonly id: string;
  /** YYYYMMDDHHMM, London time. */
  readonly at: string;
  readonly who: Said;
  /** Segments after PID. */
  readonly more?: readonly string[];
};

const wire = (segments: readonly string[]): string => segments.map((segment) => `${segment}\r`).join('');

/** Fields by position, empty ones between. */
function fields(name: string, at: { readonly [position: number]: string | undefined }): string {
  const last = Math.max(...Object.keys(at).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => at[index + 1] ?? '')].join('|').replace(/\|+$/, '');
}

function pid({ mrn, nhs, family, given, born, sex, died, address }: Said): string {
  const numbers = [`${mrn}^^^RXX^MR`, ...(nhs === undefined ? [] : [`${nhs}^^^NHS^NH`])].join('~');
  return fields('PID', {
    1: '1',
    3: numbers,
    5: family === undefined ? '' : `${family}^${given ?? ''}^^^^^L`,
    7: born,
    8: sex,
    11: address,
    29: died?.[0],
    30: died?.[1],
    32: nhs === undefined ? undefined : '01',
  });
}

export function adt({ trigger, id, at, who, more = [] }: Adt): string {
  const structure = trigger === 'A40' ? 'ADT_A39' : trigger === 'A34' ? 'ADT_A30' : 'ADT_A01';
  const header = fields('MSH', {
    1: '^~\\&',
    2: 'PAS',
    3: 'RXX',
    4: 'VOUCH',
    5: 'RXX',
    6: at,
    8: `ADT^${trigger}^${structure}`,
    9: id,
    10: 'P',
    11: '2.4',
    17: 'UNICODE UTF-8',
  });
  return wire([header, `EVN||${at}`, pid(who), ...more]);
}

export const merged = (mrn: string): string => `MRG|${mrn}^^^RXX^MR`;
export const visit = (number: string, ward: string, from = '202603020700'): string =>
  fields('PV1', { 1: '1', 2: 'I', 3: `${ward}^^^RXX`, 19: `${number}^^^VISIT^VN`, 44: from });

export type Result = {
  readonly id: string;
  readonly at: string;
  readonly who: Said;
  readonly report: string;
  readonly status: string;
  readonly value: string;
  readonly comment?: string;
};

/** One potassium. */
export function oru({ id, at, who, report, status, value, comment }: Result): string {
  const header = fields('MSH', {
    1: '^~\\&',
    2: 'LIMS',
    3: 'RXX',
    4: 'VOUCH',
    5: 'RXX',
    6: at,
    8: 'ORU^R01^ORU_R01',
    9: id,
    10: 'P',
    11: '2.5.1',
    17: 'UNICODE UTF-8',
  });
  return wire([
    header,
    pid(who),
    fields('OBR', {
      1: '1',
      2: `O${report}^ORD`,
      3: `${report}^LAB`,
      4: 'UE^Urea and electrolytes^L',
      7: '202603020700',
      22: at,
      25: status,
    }),
    fields('OBX', { 1: '1', 2: 'NM', 3: '2823-3^Potassium^LN', 5: value, 6: 'mmol/L', 11: status, 14: '202603020700' }),
    ...(comment === undefined ? [] : [`NTE|1|L|${comment}`]),
  ]);
}

const VERIFIED = {
  url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
  valueCodeableConcept: {
    coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland', code: '01' }],
  },
};

/** A Patient as a practice or an app writes it, with a traced NHS number. */
export function patient(
  id: string,
  {
    nhs,
    family,
    given,
    born,
    more = {},
  }: { nhs?: string; family?: string; given?: string; born?: string; more?: object },
): object {
  return {
    resourceType: 'Patient',
    id,
    ...(nhs === undefined ? {} : { identifier: [{ extension: [VERIFIED], system: NHS, value: nhs }] }),
    ...(family === undefined
      ? {}
      : { name: [{ use: 'official', family, ...(given === undefined ? {} : { given: [given] }) }] }),
    ...(born === undefined ? {} : { birthDate: born }),
    ...more,
  };
}

export const mrnKey = (mrn: string): string => `${MRN}|${mrn}`;

/** A Patient without identifiers: who she is can only be told by the rest. */
export function annabel(more: object = {}): object {
  return {
    resourceType: 'Patient',
    name: [{ family: 'Featherstonehaugh', given: ['Annabel', 'Rosalind'] }],
    birthDate: '1961-07-19',
    gender: 'female',
    address: [{ line: ['14 Quarry Lane'], city: 'Borchester', postalCode: 'ZZ99 3WZ' }],
    telecom: [{ system: 'phone', value: '01632 960143' }],
    ...more,
  };
}
