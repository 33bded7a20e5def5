// Synthetic records for the search bench: from a seed, in the proportions of a hospital's year.
import type { JsonObject } from '../../server/src/base/json.ts';

const UCUM = 'http://unitsofmeasure.org';
const FAMILIES = 2_000;
const GIVENS = 400;
const CODES = 200;
const PRACTITIONERS = 500;
/** Of each patient: what a year leaves. */
const ENCOUNTERS = 3;
const OBSERVATIONS = 40;
const CONDITIONS = 3;
export const PER_PATIENT = 1 + ENCOUNTERS + OBSERVATIONS + CONDITIONS;
const SYLLABLES = [
  'ba',
  'den',
  'ko',
  'lar',
  'mi',
  'nor',
  'pe',
  'qua',
  'ris',
  'so',
  'tal',
  'u',
  'ven',
  'wy',
  'xan',
  'zo',
];

/** A repeatable stream of numbers from 0 to before 1 (mulberry32). */
export function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function word(number: number): string {
  let text = '';
  for (let left = number + 17; left > 0; left = Math.floor(left / SYLLABLES.length))
    text += SYLLABLES[left % SYLLABLES.length];
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function nhsNumber(patient: number): string {
  return `999${String(patient).padStart(7, '0')}`;
}

/** A CodeableConcept of one code. */
export const codeable = (system: string, code: string, display: string) => ({
  coding: [{ system, code, display }],
  text: display,
});

/** All resources of patient `number`, the patient first. */
export function resourcesOf(number: number): readonly JsonObject[] {
  const random = stream(number + 1);
  const below = (max: number) => Math.floor(random() * max);
  // The square makes few names and codes frequent, as they are.
  const skewed = (max: number) => Math.floor(random() ** 2 * max);
  const at = (days: number) => new Date(Date.UTC(2025, 0, 1) + Math.floor(days * 86_400_000)).toISOString();
  const id = `p${number}`;
  const subject = { reference: `Patient/${id}` };
  const patient: JsonObject = {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber(number) }],
    active: true,
    name: [{ use: 'official', family: word(skewed(FAMILIES)), given: [word(skewed(GIVENS)), word(skewed(GIVENS))] }],
    telecom: [{ system: 'phone', value: `01632 ${String(number).padStart(6, '0')}` }],
    gender: random() < 0.5 ? 'male' : 'female',
    birthDate: new Date(Date.UTC(1930 + below(95), below(12), 1 + below(28))).toISOString().slice(0, 10),
    address: [
      {
        line: [`${below(200)} ${word(below(300))} Lane`],
        city: word(below(100)),
        postalCode: `ZZ${below(99)} ${below(9)}ZZ`,
      },
    ],
    generalPractitioner: [{ reference: `Practitioner/g${below(PRACTITIONERS)}` }],
  };
  const resources: JsonObject[] = [patient];
  for (let n = 0; n < ENCOUNTERS; n += 1) {
    const start = random() * 365;
    resources.push({
      ...{
        resourceType: 'Encounter',
        id: `e${number}-${n}`,
        status: random() < 0.95 ? 'finished' : 'in-progress',
        subject,
      },
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: random() < 0.6 ? 'AMB' : 'IMP' },
      period: { start: at(start), end: at(start + random() * 4) },
      participant: [{ individual: { reference: `Practitioner/g${below(PRACTITIONERS)}` } }],
    });
  }
  for (let n = 0; n < OBSERVATIONS; n += 1) {
    const code = skewed(CODES);
    resources.push({
      ...{
        resourceType: 'Observation',
        id: `o${number}-${n}`,
        status: random() < 0.98 ? 'final' : 'preliminary',
        subject,
      },
      category: [
        codeable(
          'http://terminology.hl7.org/CodeSystem/observation-category',
          code % 3 === 0 ? 'vital-signs' : 'laboratory',
          code % 3 === 0 ? 'Vital signs' : 'Laboratory',
        ),
      ],
      code: codeable('http://loinc.org', `${10_000 + code}-${code % 10}`, `${word(code)} in blood`),
      encounter: { reference: `Encounter/e${number}-${below(ENCOUNTERS)}` },
      effectiveDateTime: at(random() * 365),
      valueQuantity: { value: Math.round(random() * 2_000) / 10, unit: 'mg/dL', system: UCUM, code: 'mg/dL' },
    });
  }
  for (let n = 0; n < CONDITIONS; n += 1) {
    const code = skewed(CODES);
    resources.push({
      ...{ resourceType: 'Condition', id: `c${number}-${n}`, subject, recordedDate: at(random() * 365) },
      clinicalStatus: codeable(
        'http://terminology.hl7.org/CodeSystem/condition-clinical',
        random() < 0.7 ? 'active' : 'resolved',
        'Active',
      ),
      code: codeable('http://snomed.info/sct', String(100_000_000 + code), `${word(code)} disease`),
    });
  }
  return resources;
}
