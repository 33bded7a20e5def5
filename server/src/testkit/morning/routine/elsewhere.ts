// Ordinary traffic from outside the wards: the practice, people's own app, the old clinic.
import { type Random, type SyntheticPerson, seededRandom } from '../../people/index.ts';
import { appId, appObservation, appPatient, type Measured } from '../app.ts';
import { type ClinicRow, clinicCsv } from '../clinic.ts';
import { gpCondition, gpId, gpPatient } from '../gp.ts';
import { compactDate } from '../london.ts';
import { APP, CLINIC, GP } from '../sources.ts';
import { dropped, fhir, minute, posted, type Stage } from '../stage.ts';

/** A surgery morning: some details changed, some problems recorded. */
export function practiceMorning(stage: Stage, person: SyntheticPerson, random: Random): void {
  const atMs = minute(stage, random.between(120, 370));
  if (random.chance(0.3)) {
    const marital = random.pick(['M', 'S', 'D', 'W']);
    const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: marital }];
    const body = gpPatient(person, { maritalStatus: { coding } });
    fhir(stage, { atMs }, { source: GP, method: 'PUT', path: `/Patient/${gpId(person)}`, body });
  }
  for (const condition of person.conditions) {
    if (!random.chance(0.25)) continue;
    const body = gpCondition(person, { ...condition, text: `${condition.text} (reviewed)` });
    const path = `/Condition/${gpId(person)}-c${condition.code}`;
    fhir(stage, { atMs: atMs + 60_000 }, { source: GP, method: 'PUT', path, body });
  }
}

/** A profile saved, then readings from home. */
export function appMorning(stage: Stage, person: SyntheticPerson, random: Random): void {
  const atMs = minute(stage, random.between(30, 240));
  fhir(stage, { atMs }, { source: APP, method: 'PUT', path: `/Patient/${appId(person)}`, body: appPatient(person) });
  for (let n = random.between(3, 8), at = atMs; n > 0; n--) {
    at += random.between(2, 22) * 60_000;
    const body = appObservation(person, reading(random), at - 30_000);
    fhir(stage, { atMs: at }, { source: APP, method: 'POST', path: '/Observation', body });
  }
}

/** Digits as a device shows them: trailing noughts are part of what was said. */
export function reading(random: Random): Measured {
  const tenths = (low: number, high: number) => {
    const value = String(random.between(low, high));
    return `${value.slice(0, -1)}.${value.slice(-1)}`;
  };
  return random.pick([
    () => ({ code: '8310-5', text: 'Body temperature', value: `${tenths(361, 384)}0`, unit: 'C', ucum: 'Cel' }),
    () => ({ code: '8867-4', text: 'Heart rate', value: String(random.between(52, 118)), unit: '/min', ucum: '/min' }),
    () => ({ code: '59408-5', text: 'Oxygen saturation', value: `${tenths(920, 995)}`, unit: '%', ucum: '%' }),
    () => ({ code: '29463-7', text: 'Body weight', value: `${tenths(480, 1180)}0`, unit: 'kg', ucum: 'kg' }),
    () => ({
      code: '8480-6',
      text: 'Systolic blood pressure',
      value: `${random.between(98, 176)}.0`,
      unit: 'mmHg',
      ucum: 'mm[Hg]',
    }),
  ])();
}

/** The clinic's last export before it falls silent, in minutes after the start. */
export const CLINIC_SILENT_AFTER = 225;

/** An export every few minutes from half past seven, alternately dropped as a file and posted, until there are no more. */
export function clinicMorning(stage: Stage, people: readonly SyntheticPerson[], seed: number): void {
  const random = seededRandom(seed).fork('clinic');
  let minutes = 90;
  for (let next = 0; next < people.length && minutes < CLINIC_SILENT_AFTER; ) {
    const size = random.between(1, 3);
    const rows = people.slice(next, next + size).map((person) => rowOf(person, stage, random));
    next += size;
    exportAt(stage, { atMs: minute(stage, minutes), text: clinicCsv(rows), asFile: random.chance(0.5) });
    minutes += random.between(2, 4);
  }
}

function rowOf(person: SyntheticPerson, stage: Stage, random: Random): ClinicRow {
  return {
    person,
    withHospitalNumber: random.chance(0.93),
    allergies: person.allergies[0]?.text ?? '',
    attended: stage.today.split('-').reverse().join('/'),
    notes: random.pick(['', '', 'Follow-up 6/12', 'Says "much better", bloods next time', 'DMARD review, see letter']),
  };
}

/** One export of the clinic, as a file in its folder or posted. */
export function exportAt(
  stage: Stage,
  file: { readonly atMs: number; readonly text: string; readonly asFile: boolean; readonly story?: string },
): void {
  const cue = { atMs: file.atMs, ...(file.story === undefined ? {} : { story: file.story }) };
  const count = stage.drafts.filter((draft) => draft.source === CLINIC).length + 1;
  const name = `clinic-${compactDate(stage.today)}-${String(count).padStart(3, '0')}`;
  if (file.asFile) dropped(stage, cue, { source: CLINIC, fileName: `${name}.csv`, text: file.text });
  else posted(stage, cue, { source: CLINIC, label: 'CSV', contentType: 'text/csv', key: name, text: file.text });
}
