// Six in the morning: the PAS sends everybody it knows, the practice everybody registered there. They do not quite agree.
import { MILL_LANE, type Random, type SyntheticPerson, seededRandom } from '../../people/index.ts';
import { adt, type PatientSaid } from '../adt.ts';
import { gpRecord, transaction } from '../gp.ts';
import { GP, PAS } from '../sources.ts';
import { fhir, minute, mllp, type Stage } from '../stage.ts';

/** What the PAS has on file: now and then an old address or telephone. */
export function pasView(person: SyntheticPerson, random: Random): PatientSaid {
  const movedSince = random.chance(0.08);
  const newPhone = random.chance(0.12);
  return {
    ...person,
    ...(movedSince ? { address: { ...person.address, lines: [`${random.between(1, 90)} Old Brewery Yard`] } } : {}),
    ...(newPhone ? { mobile: undefined } : {}),
  };
}

export function registerAtHospital(stage: Stage, atMs: number, person: PatientSaid): void {
  mllp(
    stage,
    { atMs },
    {
      source: PAS,
      label: 'ADT^A28',
      write: (envelope) => adt({ trigger: 'A28', patient: person, occurredMs: atMs }, envelope),
    },
  );
}

export function registerAtPractice(stage: Stage, atMs: number, person: SyntheticPerson): void {
  fhir(stage, { atMs }, { source: GP, method: 'POST', path: '', body: transaction(gpRecord(person)) });
}

/** Everybody but those whose registration is part of a story. */
export function registrations(
  stage: Stage,
  people: readonly SyntheticPerson[],
  told: { readonly seed: number; readonly elsewhere: ReadonlySet<number> },
): void {
  for (const person of people) {
    if (told.elsewhere.has(person.number)) continue;
    const random = seededRandom(told.seed).fork(`registration ${person.number}`);
    registerAtHospital(stage, minute(stage, (person.number * 40) / people.length), pasView(person, random));
    if (person.practice.code === MILL_LANE.code) {
      registerAtPractice(stage, minute(stage, 4 + random.below(600) / 10), person);
    }
  }
}
