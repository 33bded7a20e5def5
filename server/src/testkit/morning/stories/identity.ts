// Incidents of identity: who is who, who was thought to be whom, and who is nobody yet.
import { at, PENICILLIN, type SyntheticPerson } from '../../people/index.ts';
import type { PatientSaid } from '../adt.ts';
import { measure, UE, withStatus } from '../analytes.ts';
import { clinicCsv, clinicId } from '../clinic.ts';
import { gpId, gpPatient } from '../gp.ts';
import { compactDate } from '../london.ts';
import { exportAt } from '../routine/elsewhere.ts';
import { registerAtHospital, registerAtPractice } from '../routine/registrations.ts';
import { report, sampleOf } from '../routine/results.ts';
import { visitOf } from '../routine/stays.ts';
import { APPLIED, as, type Script } from '../scene.ts';
import { clinicSubject, GP, gpSubject, labSubject, MRN_SYSTEM, PAS, pasSubject } from '../sources.ts';
import { fhir, minute, ruled } from '../stage.ts';
import type { Expect } from '../types.ts';

/** Somebody the PAS holds under a second number, as a clerk in a hurry registers them: no NHS number, no telephone. */
function registeredAgain(person: SyntheticPerson, more: Partial<PatientSaid> = {}): PatientSaid {
  return as(person, { mrn: `RX2${person.mrn.slice(3)}`, withoutNhsNumber: true, mobile: undefined, ...more });
}

/** A person may have to decide first. */
const HELD: Expect = {
  states: ['held', 'applied', 'quarantined'],
};

const wrongMerge: Script = {
  tag: 'wrong-merge',
  registers: [],
  play: (scene) => {
    const kept = scene.person(15);
    const differently = { birthDate: '1988-11-30', address: scene.person(16).address, landline: undefined };
    const other = registeredAgain(kept, differently);
    const visit = visitOf(other, scene.random, {
      number: 'V2690015',
      admittedMs: minute(scene.stage, 70),
      ward: 'W07',
    });
    scene.adt(70, { trigger: 'A01', patient: other, visit, allergies: [PENICILLIN] }, { expect: APPLIED });
    scene.adt(102, { trigger: 'A40', patient: kept, retiredMrn: other.mrn }, { expect: APPLIED });
    scene.adt(140, { trigger: 'A08', patient: other, visit: { ...visit, ward: 'W11' } }, { expect: APPLIED });
    scene.adt(156, { trigger: 'A31', patient: as(kept, { landline: '01632 960404' }) }, { expect: APPLIED });
    ruled(scene.stage, scene.cue(205, { expect: APPLIED }), {
      kind: 'not-same',
      a: { source: PAS, key: `${MRN_SYSTEM}|${kept.mrn}` },
      b: { source: PAS, key: `${MRN_SYSTEM}|${other.mrn}` },
      reason: 'Same name only: birth dates differ by years, and the man on W11 says he was never at Mill Lane.',
      by: 'records-manager',
    });
    scene.adt(
      221,
      { trigger: 'A08', patient: other, visit: { ...visit, ward: 'W11', bed: 'B3' } },
      { expect: APPLIED },
    );
    return {
      title: 'Two men of the same name are merged by a clerk; both are written about before anybody notices.',
      expectation: 'One ruling parts them, and everything is as if they had never been merged.',
      outcomes: [{ kind: 'different-persons', a: pasSubject(kept.mrn), b: pasSubject(other.mrn) }],
    };
  },
};

const rightMerge: Script = {
  tag: 'right-merge',
  registers: [],
  play: (scene) => {
    const outcomes = [49, 50, 51].map((number, index) => {
      const person = scene.person(number);
      const twice = registeredAgain(person);
      const start = 85 + index * 17;
      registerAtHospital(scene.stage, minute(scene.stage, start), twice);
      const old = index === 2;
      const trigger = old ? 'A34' : 'A40';
      scene.adt(start + 45, { trigger, patient: person, retiredMrn: twice.mrn }, { expect: APPLIED });
      if (index === 0) scene.adt(start + 46, { trigger: 'A31', patient: person }, { expect: APPLIED });
      return { kind: 'same-person', a: pasSubject(person.mrn), b: pasSubject(twice.mrn) } as const;
    });
    return {
      title: 'Three people were registered twice; the PAS merges them, once in the manner of long ago (A34).',
      expectation: 'Links, not copies: each is one person, and what either number says is theirs.',
      outcomes,
    };
  },
};

const mergeAgainstVeto: Script = {
  tag: 'merge-against-veto',
  registers: [],
  play: (scene) => {
    const [one, two] = [scene.person(17), scene.person(18)];
    scene.adt(119, { trigger: 'A40', patient: one, retiredMrn: two.mrn }, { expect: HELD });
    return {
      title: 'Twin sisters with nearly the same name are merged, though each has a verified NHS number of her own.',
      expectation: 'Two different verified numbers are a veto: no merge without a person, and a case says why.',
      outcomes: [
        { kind: 'different-persons', a: pasSubject(one.mrn), b: pasSubject(two.mrn) },
        { kind: 'case', subject: pasSubject(one.mrn), caseKinds: ['identity-veto', 'possible-link', 'held'] },
      ],
    };
  },
};

const twinNumberBorrowed: Script = {
  tag: 'twin-number-borrowed',
  registers: [],
  play: (scene) => {
    const [one, two] = [scene.person(19), scene.person(20)];
    const asWritten = { ...two, nhsNumber: one.nhsNumber };
    const attended = scene.stage.today.split('-').reverse().join('/');
    const row = { person: asWritten, withHospitalNumber: false, allergies: '', attended, notes: 'twin' };
    exportAt(scene.stage, {
      atMs: minute(scene.stage, 137),
      text: clinicCsv([row]),
      asFile: false,
      story: scene.tag,
    });
    return {
      title: 'The clinic writes one twin’s NHS number on the other twin’s card.',
      expectation: 'An unverified number links nobody by itself, however well the birth date fits: a person decides.',
      outcomes: [
        { kind: 'different-persons', a: pasSubject(one.mrn), b: clinicSubject(clinicId(two)) },
        { kind: 'case', subject: clinicSubject(clinicId(two)), caseKinds: ['possible-link'] },
      ],
    };
  },
};

const labelsExchanged: Script = {
  tag: 'two-verified-numbers',
  registers: [],
  play: (scene) => {
    const [owner, other] = [scene.person(21), scene.person(52)];
    const patient = as(owner, { nhsNumber: other.nhsNumber });
    const sample = sampleOf({ patient, ward: 'CDU' }, UE, { number: 3, collectedMs: minute(scene.stage, 130) });
    const items = withStatus(measure(UE, owner, scene.random), 'F');
    const cue = scene.cue(154, { expect: HELD });
    report(scene.stage, cue, { ...sample, status: 'F', items });
    return {
      title: 'A request form carries name and hospital number of one patient and the NHS number of another.',
      expectation: 'The identifiers contradict each other, so nobody gets the result by accident.',
      outcomes: [
        { kind: 'different-persons', a: pasSubject(owner.mrn), b: pasSubject(other.mrn) },
        {
          kind: 'case',
          subject: labSubject(owner.mrn),
          caseKinds: ['identity-veto', 'possible-link', 'held', 'conflict'],
        },
      ],
    };
  },
};

const unknownInEmergency: Script = {
  tag: 'unknown-then-identified',
  registers: [],
  play: (scene) => {
    const person = scene.person(53);
    const mrn = 'RX190053';
    const address = { lines: [], city: '', county: '', postcode: '' };
    const given = at(['Foxtrot', 'Tango', 'Juliet'], scene.random.below(3));
    const unknown = as(person, { mrn, pseudo: true, family: 'UNKNOWN', given: [given], address, nextOfKin: undefined });
    const standIn = { ...unknown, sex: 'unknown', birthDate: '1900-01-01', title: '', withoutNhsNumber: true } as const;
    const atMs = minute(scene.stage, 96);
    const visit = visitOf(standIn, scene.random, {
      number: 'V2690053',
      patientClass: 'E',
      ward: 'ED',
      admittedMs: atMs,
    });
    scene.adt(96, { trigger: 'A04', patient: standIn, visit, pid: { 7: '' } }, { expect: APPLIED });
    const sample = sampleOf({ patient: standIn, ward: 'ED' }, UE, { number: 4, collectedMs: atMs });
    const items = withStatus(measure(UE, person, scene.random), 'F');
    scene.report(116, { ...sample, status: 'F', items, pid: { 7: '', 31: 'Y', 32: '03' } }, APPLIED);
    const identified = as(person, { mrn });
    scene.adt(151, { trigger: 'A08', patient: identified, visit, pid: { 31: 'N' } }, { expect: APPLIED });
    scene.adt(166, { trigger: 'A40', patient: person, retiredMrn: mrn }, { expect: APPLIED });
    return {
      title: 'Somebody unconscious arrives without a name, has bloods taken, and is recognised an hour later.',
      expectation: 'A stand-in meets nobody by likeness; once identified, what was found belongs to the person.',
      outcomes: [{ kind: 'same-person', a: pasSubject(person.mrn), b: pasSubject(mrn) }],
    };
  },
};

const deathThenVisit: Script = {
  tag: 'death-then-visit',
  registers: [54],
  play: (scene) => {
    const person = scene.person(54);
    registerAtHospital(scene.stage, minute(scene.stage, 3), person);
    registerAtPractice(scene.stage, minute(scene.stage, 25), person);
    const admittedMs = minute(scene.stage, -600);
    const visit = visitOf(person, scene.random, { admittedMs, ward: 'ICU' });
    scene.adt(48, { trigger: 'A01', patient: person, visit }, { expect: APPLIED });
    const diedAt = `${compactDate(scene.stage.today)}0715`;
    const gone = { ...visit, dischargedMs: minute(scene.stage, 76), disposition: '4' };
    scene.adt(79, { trigger: 'A03', patient: as(person, { diedAt }), visit: gone }, { expect: APPLIED });
    const deceasedDateTime = `${scene.stage.today}T07:15:00+00:00`;
    const body = gpPatient(person, { deceasedDateTime });
    const put = { source: GP, method: 'PUT', path: `/Patient/${gpId(person)}`, body } as const;
    fhir(scene.stage, scene.cue(191, { expect: APPLIED }), put);
    const alive = visitOf(person, scene.random, {
      number: 'V2690054',
      patientClass: 'O',
      ward: 'OPD',
      admittedMs: minute(scene.stage, 213),
    });
    scene.adt(213, { trigger: 'A04', patient: person, visit: alive }, { expect: HELD });
    return {
      title: 'Somebody dies in the morning, the practice is told, and attends a clinic at half past nine.',
      expectation: 'A death followed by an attended visit is a contradiction that no rule decides: a person must look.',
      outcomes: [
        { kind: 'same-person', a: pasSubject(person.mrn), b: gpSubject(gpId(person)) },
        {
          kind: 'case',
          subject: pasSubject(person.mrn),
          caseKinds: ['conflict', 'identity-veto', 'possible-link', 'held'],
        },
      ],
    };
  },
};

export const IDENTITY_STORIES: readonly Script[] = [
  wrongMerge,
  rightMerge,
  mergeAgainstVeto,
  twinNumberBorrowed,
  labelsExchanged,
  unknownInEmergency,
  deathThenVisit,
];
