// ADT messages as the hospital's patient administration sends them: HL7 v2.4 in the ITK manner.
// ITK HL7 V2 Message Specifications 1.0.15; HL7 UK A.3.
import type { Allergy, Coded, Doctor, SyntheticPerson } from '../people/index.ts';
import { components, type Envelope, repetitions, segment, wire } from './hl7.ts';
import { compactDate, stamp } from './london.ts';

/** What the PAS believes about somebody; may differ from the truth. */
export type PatientSaid = SyntheticPerson & {
  /** PID-31: a stand-in for somebody not yet identified. */
  readonly pseudo?: boolean;
  /** PID-29, `YYYYMMDDHHMMSS`. */
  readonly diedAt?: string;
  /** Send `""` for the home telephone: the patient has none any more. */
  readonly telephoneRemoved?: boolean;
  /** Send no PID-3 repetition for the NHS number even when known. */
  readonly withoutNhsNumber?: boolean;
};

export type Visit = {
  readonly number: string;
  readonly patientClass: 'I' | 'E' | 'O' | 'P';
  readonly ward: string;
  readonly bed: string;
  readonly priorWard?: string;
  readonly consultant: Doctor;
  readonly specialty: string;
  readonly admittedMs: number | undefined;
  readonly dischargedMs?: number;
  /** PV1-36; `4` is a death in UK usage. */
  readonly disposition?: string;
};

export type Adt = {
  readonly trigger: string;
  readonly patient: PatientSaid;
  readonly visit?: Visit;
  readonly occurredMs: number;
  /** Local stamp for EVN-6 when it is not simply the time of the event, such as one in the hour the clocks change. */
  readonly occurredStamp?: string;
  readonly allergies?: readonly (Coded | Allergy)[];
  readonly diagnosis?: readonly [string, string];
  /** MRG-1 of a merge: the hospital number that is retired. */
  readonly retiredMrn?: string;
  /** Segments added at the end, as they are. */
  readonly extra?: readonly string[];
  /** Fields to overwrite in PID, for messages that are wrong on purpose. */
  readonly pid?: { readonly [position: number]: string };
  /** Fields to overwrite in MSH. */
  readonly msh?: { readonly [position: number]: string };
};

const STRUCTURES: { readonly [trigger: string]: string } = {
  A04: 'ADT_A01',
  A08: 'ADT_A01',
  A13: 'ADT_A01',
  A11: 'ADT_A09',
  A12: 'ADT_A12',
  A28: 'ADT_A05',
  A31: 'ADT_A05',
  A34: 'ADT_A30',
  A40: 'ADT_A39',
};
/** ITK sex codes. */
const SEX = { male: '1', female: '2', other: '9', unknown: '0' } as const;

export function adt(message: Adt, envelope: Envelope): string {
  return wire([
    header(message, envelope),
    segment('EVN', {
      2: stamp(message.occurredMs),
      5: components('U1042', 'WARDCLERK'),
      6: message.occurredStamp ?? stamp(message.occurredMs),
    }),
    pid(message),
    gpSegment(message),
    nextOfKin(message),
    message.retiredMrn === undefined
      ? undefined
      : segment('MRG', { 1: components(message.retiredMrn, '', '', 'RXX', 'MR') }),
    message.visit === undefined ? undefined : pv1(message.visit),
    ...(message.allergies ?? []).map(al1),
    message.diagnosis === undefined ? undefined : dg1(message.diagnosis, message.occurredMs),
    ...(message.extra ?? []),
  ]);
}

function header(message: Adt, envelope: Envelope): string {
  return segment('MSH', {
    2: '^~\\&',
    3: 'RXX-PAS',
    4: 'RXX',
    5: 'ROUTE',
    6: 'ROUTE',
    7: envelope.sentAt,
    9: components('ADT', message.trigger, STRUCTURES[message.trigger] ?? `ADT_${message.trigger}`),
    10: envelope.controlId,
    11: 'P',
    12: '2.4',
    17: 'GBR',
    18: 'UNICODE UTF-8',
    21: 'ITKv1.0',
    ...message.msh,
  });
}

function pid(message: Adt): string {
  const p = message.patient;
  const a = p.address;
  return segment('PID', {
    1: '1',
    3: repetitions(
      components(p.mrn, '', '', 'RXX', 'MR'),
      p.nhsNumber === undefined || p.withoutNhsNumber ? undefined : components(p.nhsNumber, '', '', 'NHS', 'NH'),
    ),
    5: components(p.family, p.given[0], p.given.slice(1).join(' '), '', p.title, '', 'L'),
    7: compactDate(p.birthDate),
    8: SEX[p.sex],
    11: p.pseudo ? undefined : components(a.lines[0], a.lines[1], a.city, a.county, a.postcode, 'GBR', 'H'),
    13: telephones(p),
    29: p.diedAt,
    30: p.diedAt === undefined ? undefined : 'Y',
    31: p.pseudo ? 'Y' : undefined,
    32: p.pseudo || p.withoutNhsNumber ? 'NSTS03' : `NSTS${p.traceStatus}`,
    ...message.pid,
  });
}

function telephones(p: PatientSaid): string | undefined {
  if (p.pseudo) return undefined;
  if (p.telephoneRemoved) return '""';
  return repetitions(
    p.landline === undefined ? undefined : components(p.landline, 'PRN', 'PH'),
    p.mobile === undefined ? undefined : components(p.mobile, 'PRN', 'CP'),
  );
}

function gpSegment({ patient: p }: Adt): string | undefined {
  if (p.pseudo) return undefined;
  return segment('PD1', { 3: components(p.practice.name, '', p.practice.code), 4: doctor(p.doctor, 'GMP') });
}

function nextOfKin({ trigger, patient: p }: Adt): string | undefined {
  if (p.nextOfKin === undefined || p.pseudo || !['A01', 'A04', 'A05', 'A28'].includes(trigger)) return undefined;
  const { family, given, relationship } = p.nextOfKin;
  return segment('NK1', { 1: '1', 2: components(family, given), 3: relationship });
}

export function doctor(d: Doctor, authority: string): string {
  return components(d.code, d.family, d.given, '', '', d.title, '', '', authority);
}

function pv1(visit: Visit): string {
  return segment('PV1', {
    1: '1',
    2: visit.patientClass,
    3: components(visit.ward, visit.bed, '', 'RXX'),
    6: visit.priorWard === undefined ? undefined : components(visit.priorWard, '', '', 'RXX'),
    7: doctor(visit.consultant, 'GMC'),
    10: visit.specialty,
    19: components(visit.number, '', '', 'VISIT', 'VN'),
    36: visit.disposition,
    44: visit.admittedMs === undefined ? undefined : stamp(visit.admittedMs),
    45: visit.dischargedMs === undefined ? undefined : stamp(visit.dischargedMs),
  });
}

function al1(allergy: Coded | Allergy, index: number): string {
  const known = 'reaction' in allergy ? allergy : undefined;
  return segment('AL1', {
    1: String(index + 1),
    2: 'DA',
    3: components(allergy.code, allergy.text, 'SCT'),
    4: known === undefined ? undefined : known.criticality === 'high' ? 'SV' : 'MO',
    5: known === undefined ? undefined : components(known.reaction),
    6: known === undefined ? undefined : compactDate(known.recorded),
  });
}

function dg1([code, text]: readonly [string, string], atMs: number): string {
  return segment('DG1', { 1: '1', 3: components(code, text, 'I10'), 5: stamp(atMs), 6: 'A' });
}
