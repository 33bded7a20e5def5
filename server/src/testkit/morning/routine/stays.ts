// Ordinary comings and goings: admissions, transfers, discharges, outpatients, and the clerks' corrections of all these.
import { PRESENTATIONS, type Random, type SyntheticPerson } from '../../people/index.ts';
import { type Adt, adt, type PatientSaid, type Visit } from '../adt.ts';
import { PAS } from '../sources.ts';
import { minute, mllp, type Stage } from '../stage.ts';

/** Somebody in the hospital for part of the morning; what results are about. */
export type Stay = {
  readonly patient: PatientSaid;
  readonly kind: 'inpatient' | 'emergency' | 'outpatient' | 'day-case';
  readonly ward: string;
  readonly fromMs: number;
  readonly toMs: number;
};

const WARDS = ['MAU', 'W04', 'W07', 'W11', 'ICU', 'SURG2', 'CDU'];
const CONSULTANTS = [
  { code: 'C7001', family: 'Abernethy', given: 'Ruth', title: 'Dr' },
  { code: 'C7002', family: 'Chukwu', given: 'Ifeanyi', title: 'Dr' },
  { code: 'C7003', family: 'Raman', given: 'Anand', title: 'Mr' },
  { code: 'C7004', family: 'Lewandowska', given: 'Ewa', title: 'Dr' },
] as const;

export function visitOf(person: SyntheticPerson, random: Random, more: Partial<Visit> = {}): Visit {
  return {
    number: `V26${String(person.number).padStart(5, '0')}`,
    patientClass: 'I',
    ward: random.pick(WARDS),
    bed: `B${random.between(1, 28)}`,
    consultant: random.pick(CONSULTANTS),
    specialty: random.pick(['100', '110', '300', '320', '430']),
    admittedMs: undefined,
    ...more,
  };
}

/** One ADT message of the PAS, sent when it happened unless told otherwise. */
export function happen(stage: Stage, atMs: number, message: Omit<Adt, 'occurredMs'>): void {
  mllp(
    stage,
    { atMs },
    {
      source: PAS,
      label: `ADT^${message.trigger}`,
      write: (envelope) => adt({ ...message, occurredMs: atMs }, envelope),
    },
  );
}

/** Plays one person's morning at the hospital; undefined for those who stay at home. */
export function playStay(stage: Stage, patient: PatientSaid, random: Random): Stay | undefined {
  const kind = random.weighted([
    ['inpatient', 40],
    ['emergency', 26],
    ['outpatient', 18],
    ['day-case', 8],
    [undefined, 8],
  ] as const);
  switch (kind) {
    case 'inpatient':
      return inpatient(stage, patient, random);
    case 'emergency':
      return emergency(stage, patient, random);
    case 'outpatient':
      return outpatient(stage, patient, random);
    case 'day-case':
      return dayCase(stage, patient, random);
    case undefined:
      return undefined;
  }
}

/** In bed since yesterday or before; the start-of-day run says so, then rounds, moves and perhaps the way home. */
function inpatient(stage: Stage, patient: PatientSaid, random: Random): Stay {
  const admittedMs = stage.startMs - random.between(6, 140) * 3_600_000;
  const visit = visitOf(patient, random, { admittedMs });
  const fromMs = minute(stage, 40 + random.below(200) / 10);
  const diagnosis = random.pick(PRESENTATIONS);
  happen(stage, fromMs, { trigger: 'A01', patient, visit, diagnosis, allergies: patient.allergies });
  let now = fromMs;
  const later = (low: number, high: number) => {
    now += random.between(low * 60, high * 60) * 1000;
    return now;
  };
  for (let i = random.between(1, 3); i > 0; i--) {
    happen(stage, later(10, 45), { trigger: 'A08', patient, visit, diagnosis: random.pick(PRESENTATIONS) });
  }
  const moved = random.chance(0.45) ? transfer(stage, later(10, 50), { patient, visit, random }) : visit;
  if (random.chance(0.55)) discharge(stage, later(20, 90), { patient, visit: moved, random });
  return { patient, kind: 'inpatient', ward: moved.ward, fromMs, toMs: now };
}

type Step = { readonly patient: PatientSaid; readonly visit: Visit; readonly random: Random };

function transfer(stage: Stage, atMs: number, { patient, visit, random }: Step): Visit {
  const to: Visit = { ...visit, ward: random.pick(WARDS.filter((w) => w !== visit.ward)), priorWard: visit.ward };
  happen(stage, atMs, { trigger: 'A02', patient, visit: to });
  if (!random.chance(0.12)) return to;
  happen(stage, atMs + 240_000, { trigger: 'A12', patient, visit });
  return visit;
}

function discharge(stage: Stage, atMs: number, { patient, visit, random }: Step): void {
  const left: Visit = { ...visit, dischargedMs: atMs, disposition: '1' };
  happen(stage, atMs, { trigger: 'A03', patient, visit: left });
  if (random.chance(0.08)) happen(stage, atMs + 300_000, { trigger: 'A13', patient, visit });
}

function emergency(stage: Stage, patient: PatientSaid, random: Random): Stay {
  const fromMs = minute(stage, random.between(45, 300));
  const visit = visitOf(patient, random, { patientClass: 'E', ward: 'ED', admittedMs: fromMs, specialty: '180' });
  happen(stage, fromMs, { trigger: 'A04', patient, visit });
  let now = fromMs + random.between(5, 25) * 60_000;
  const diagnosis = random.pick(PRESENTATIONS);
  happen(stage, now, { trigger: 'A08', patient, visit, diagnosis, allergies: patient.allergies });
  now += random.between(20, 60) * 60_000;
  if (random.chance(0.45)) {
    const admitted = visitOf(patient, random, { number: `${visit.number}A`, admittedMs: now, priorWard: 'ED' });
    happen(stage, now, { trigger: 'A01', patient, visit: admitted, diagnosis });
    if (random.chance(0.12)) happen(stage, now + 200_000, { trigger: 'A11', patient, visit: admitted });
    else if (random.chance(0.5)) transfer(stage, now + 900_000, { patient, visit: admitted, random });
  } else {
    discharge(stage, now, { patient, visit, random });
  }
  return { patient, kind: 'emergency', ward: 'ED', fromMs, toMs: now };
}

function outpatient(stage: Stage, patient: PatientSaid, random: Random): Stay {
  const fromMs = minute(stage, random.between(150, 330));
  const visit = visitOf(patient, random, { patientClass: 'O', ward: 'OPD', admittedMs: fromMs });
  happen(stage, fromMs, { trigger: 'A04', patient, visit });
  if (random.chance(0.4)) happen(stage, fromMs + 600_000, { trigger: 'A08', patient, visit });
  const toMs = fromMs + random.between(20, 50) * 60_000;
  discharge(stage, toMs, { patient, visit, random });
  return { patient, kind: 'outpatient', ward: 'OPD', fromMs, toMs };
}

function dayCase(stage: Stage, patient: PatientSaid, random: Random): Stay {
  const booked = minute(stage, random.between(41, 70));
  const visit = visitOf(patient, random, { patientClass: 'I', ward: 'DSU' });
  happen(stage, booked, { trigger: 'A05', patient, visit: { ...visit, patientClass: 'P' } });
  const fromMs = booked + random.between(30, 80) * 60_000;
  const diagnosis = random.pick(PRESENTATIONS);
  const admitted = { ...visit, admittedMs: fromMs };
  happen(stage, fromMs, { trigger: 'A01', patient, visit: admitted, diagnosis, allergies: patient.allergies });
  const toMs = fromMs + random.between(60, 150) * 60_000;
  happen(stage, fromMs + 1_500_000, { trigger: 'A08', patient, visit: admitted });
  discharge(stage, toMs, { patient, visit: admitted, random });
  return { patient, kind: 'day-case', ward: 'DSU', fromMs, toMs };
}
