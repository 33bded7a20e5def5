// Incidents of content: sources that contradict each other about one person.
import { at, NO_KNOWN_ALLERGY, PENICILLIN, type SyntheticPerson } from '../../people/index.ts';
import { measure, UE, withStatus } from '../analytes.ts';
import { appId, appPatient } from '../app.ts';
import { clinicCsv } from '../clinic.ts';
import { gpId, gpPatient, gpRecord, transaction } from '../gp.ts';
import { exportAt } from '../routine/elsewhere.ts';
import { registerAtHospital, registerAtPractice } from '../routine/registrations.ts';
import { sampleOf } from '../routine/results.ts';
import { visitOf } from '../routine/stays.ts';
import { APPLIED, as, type Scene, type Script } from '../scene.ts';
import { APP, appSubject, GP, gpSubject, pasSubject } from '../sources.ts';
import { fhir, minute } from '../stage.ts';

const british = (date: string) => date.split('-').reverse().join('/');

function attendsClinic(
  scene: Scene,
  minutes: number,
  { person, allergies = '' }: { readonly person: SyntheticPerson; readonly allergies?: string },
): void {
  const attended = british(scene.stage.today);
  const text = clinicCsv([{ person, withHospitalNumber: true, allergies, attended, notes: '' }]);
  exportAt(scene.stage, { atMs: minute(scene.stage, minutes), text, asFile: true, story: scene.tag });
}

function bloods(scene: Scene, minutes: number, patient: SyntheticPerson): void {
  const sample = sampleOf({ patient, ward: 'MAU' }, UE, { number: 9, collectedMs: minute(scene.stage, minutes - 40) });
  const items = withStatus(measure(UE, patient, scene.random), 'F');
  scene.report(minutes, { ...sample, status: 'F', items }, APPLIED);
}

/** Day and month exchanged, or the neighbouring day when both readings are the same. */
function dayAndMonthExchanged(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return Number(day) <= 12 && day !== month
    ? `${year}-${day}-${month}`
    : `${year}-${month}-${day === '03' ? '04' : '03'}`;
}

const birthDatesDisagree: Script = {
  tag: 'birth-date-three-ways',
  registers: [1],
  play: (scene) => {
    const person = as(scene.person(1), { birthDate: '1946-04-09' });
    registerAtHospital(scene.stage, minute(scene.stage, 1), person);
    registerAtPractice(scene.stage, minute(scene.stage, 20), person);
    const visit = visitOf(person, scene.random, { admittedMs: minute(scene.stage, 66), ward: 'MAU' });
    scene.adt(66, { trigger: 'A01', patient: person, visit }, { expect: APPLIED });
    attendsClinic(scene, 141, { person: as(person, { birthDate: dayAndMonthExchanged(person.birthDate) }) });
    bloods(scene, 163, as(person, { birthDate: '1964-04-09' }));
    return {
      title:
        'Birth date: the PAS and the practice say 9 April 1946, the clinic 4 September 1946, the laboratory 9 April 1964.',
      expectation: 'Not silently one of them: assumed by a named rule with the others set aside, or left to a person.',
      outcomes: [
        { kind: 'same-person', a: pasSubject(person.mrn), b: gpSubject(gpId(person)) },
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'birthDate',
          states: ['assumed', 'conflicting'],
          not: '1964-04-09',
        },
      ],
    };
  },
};

const birthDateMistyped: Script = {
  tag: 'birth-date-mistyped',
  registers: [],
  play: (scene) => {
    const person = scene.person(45);
    const typed = as(person, { birthDate: dayAndMonthExchanged(person.birthDate) });
    const cue = scene.cue(77, { expect: APPLIED });
    fhir(scene.stage, cue, { source: APP, method: 'PUT', path: `/Patient/${appId(typed)}`, body: appPatient(typed) });
    return {
      title: 'Somebody signs up in the app with a verified NHS number and mistypes their birth date.',
      expectation: 'Number and date do not agree, so nothing is linked: a near miss for a person to look at.',
      outcomes: [
        { kind: 'different-persons', a: pasSubject(person.mrn), b: appSubject(appId(person)) },
        { kind: 'case', subject: appSubject(appId(person)), caseKinds: ['possible-link', 'identity-veto'] },
      ],
    };
  },
};

const namesSwapped: Script = {
  tag: 'names-swapped',
  registers: [],
  play: (scene) => {
    const person = scene.person(7);
    const swapped = as(person, { family: person.given[0] ?? '', given: [person.family] });
    attendsClinic(scene, 147, { person: swapped });
    return {
      title: 'The clinic has family and given name the wrong way round.',
      expectation: 'The name of the more trusted sources is served, the swapped one set aside, and both can be seen.',
      outcomes: [
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'name',
          states: ['assumed', 'known', 'conflicting'],
          value: person.family,
        },
      ],
    };
  },
};

const allergyAgainstNone: Script = {
  tag: 'allergy-against-none',
  registers: [8],
  play: (scene) => {
    const penicillin = { ...PENICILLIN, reaction: 'Anaphylaxis', criticality: 'high', recorded: '2009-06-11' } as const;
    const person = as(scene.person(8), { allergies: [penicillin] });
    registerAtHospital(scene.stage, minute(scene.stage, 1.5), as(person, { allergies: [] }));
    registerAtPractice(scene.stage, minute(scene.stage, 22), person);
    const visit = visitOf(person, scene.random, { admittedMs: minute(scene.stage, 92), ward: 'MAU' });
    scene.adt(92, { trigger: 'A01', patient: person, visit, allergies: [NO_KNOWN_ALLERGY] }, { expect: APPLIED });
    attendsClinic(scene, 152, { person, allergies: 'NKDA' });
    return {
      title: 'The practice knows of anaphylaxis after penicillin; the PAS and the clinic say “no known allergies”.',
      expectation: 'A negative never beats a positive: the allergy is served, and a person is asked.',
      outcomes: [
        { kind: 'same-person', a: pasSubject(person.mrn), b: gpSubject(gpId(person)) },
        {
          kind: 'resource-status',
          resourceType: 'AllergyIntolerance',
          subject: gpSubject(gpId(person)),
          code: PENICILLIN.code,
          status: ['active'],
        },
      ],
    };
  },
};

const telephoneRemoved: Script = {
  tag: 'null-is-not-silence',
  registers: [6],
  play: (scene) => {
    const person = as(scene.person(6), { landline: '01632 960711', mobile: undefined, email: undefined });
    registerAtHospital(scene.stage, minute(scene.stage, 0.5), person);
    const visit = visitOf(person, scene.random, { admittedMs: minute(scene.stage, 58) });
    scene.adt(58, { trigger: 'A01', patient: person, visit }, { expect: APPLIED });
    scene.adt(137, { trigger: 'A31', patient: as(person, { telephoneRemoved: true }) }, { expect: APPLIED });
    const quiet = as(person, { landline: undefined });
    scene.adt(171, { trigger: 'A08', patient: quiet, visit, pid: { 11: '' } }, { expect: APPLIED });
    return {
      title: 'One message removes the telephone with two quotation marks; the next simply sends no address.',
      expectation: 'The telephone is gone because the source said so; the address stays because nobody said anything.',
      outcomes: [
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'telecom',
          states: ['missing', 'known', 'assumed'],
          not: '960711',
        },
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'address',
          states: ['known', 'assumed'],
          value: person.address.postcode,
        },
      ],
    };
  },
};

const mojibake: Script = {
  tag: 'mojibake',
  registers: [],
  play: (scene) => {
    const person = scene.person(2);
    const broken = Buffer.from(at(person.given, 0), 'utf8').toString('latin1');
    const visit = visitOf(person, scene.random, { admittedMs: minute(scene.stage, 73) });
    scene.adt(73, { trigger: 'A01', patient: person, visit }, { expect: APPLIED });
    scene.adt(149, { trigger: 'A08', patient: as(person, { given: [broken] }), visit }, { expect: APPLIED });
    scene.adt(176, { trigger: 'A08', patient: person, visit }, { expect: APPLIED });
    const sample = sampleOf({ patient: person, ward: visit.ward }, UE, {
      number: 1,
      collectedMs: visit.admittedMs ?? 0,
    });
    const items = withStatus(measure(UE, person, scene.random), 'F');
    const units = items.map((item) => (item.unit === 'µmol/L' ? { ...item, unit: 'Âµmol/L' } : item));
    scene.report(115, { ...sample, status: 'F', items: units }, APPLIED);
    return {
      title: 'A program in the middle read UTF-8 as Latin-1: a name and a unit arrive as mojibake.',
      expectation:
        'Stored as sent; once the sender corrects itself the right name is served, and the history shows both.',
      outcomes: [
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'name',
          states: ['known', 'assumed'],
          value: at(person.given, 0),
          not: broken,
        },
      ],
    };
  },
};

const partialBirthDate: Script = {
  tag: 'birth-date-partial',
  registers: [46],
  play: (scene) => {
    const person = scene.person(46);
    registerAtHospital(scene.stage, minute(scene.stage, 2), person);
    const cue = scene.cue(24, { expect: APPLIED });
    const body = transaction(gpRecord(person, { birthDate: person.birthDate.slice(0, 7) }));
    fhir(scene.stage, cue, { source: GP, method: 'POST', path: '', body });
    const whole = gpPatient(person);
    const path = `/Patient/${gpId(person)}`;
    fhir(scene.stage, scene.cue(182, { expect: APPLIED }), { source: GP, method: 'PUT', path, body: whole });
    return {
      title: 'The practice knows a birth date only to the month, until somebody asks.',
      expectation: 'A month is kept as a month; when the day arrives, number and date agree and the records meet.',
      outcomes: [{ kind: 'same-person', a: pasSubject(person.mrn), b: gpSubject(gpId(person)) }],
    };
  },
};

export const VALUE_STORIES: readonly Script[] = [
  birthDatesDisagree,
  birthDateMistyped,
  namesSwapped,
  allergyAgainstNone,
  telephoneRemoved,
  mojibake,
  partialBirthDate,
];
