// Incidents of form: what cannot be read, or can be read and cannot be true. Nobody of the cast is harmed by them.
import { withWrongCheckDigit } from '../../people/index.ts';
import { type Adt, adt } from '../adt.ts';
import { clinicCsv } from '../clinic.ts';
import { gpPatient } from '../gp.ts';
import { exportAt } from '../routine/elsewhere.ts';
import { APPLIED, type Scene, type Script } from '../scene.ts';
import { CLINIC, GP, PAS } from '../sources.ts';
import { dropped, fhir, minute, mllp } from '../stage.ts';
import type { Expect, Story } from '../types.ts';

/** Readable enough to keep, not to use; which of the two a reader chooses, it must say so. */
const SET_ASIDE: Expect = { states: ['quarantined', 'rejected'] };
const USED_WITH_WARNING: Expect = { states: ['applied', 'quarantined'] };

type Spoil = (text: string) => string | Uint8Array;

/** A well-formed message, spoiled on its way out. */
function spoiled(
  scene: Scene,
  minutes: number,
  how: { message: Omit<Adt, 'occurredMs'>; spoil: Spoil; expect: Expect },
) {
  mllp(scene.stage, scene.cue(minutes, { expect: how.expect }), {
    source: PAS,
    label: `ADT^${how.message.trigger} spoiled`,
    write: (envelope) => how.spoil(adt({ ...how.message, occurredMs: minute(scene.stage, minutes) }, envelope)),
  });
}

type Case = {
  readonly tag: string;
  readonly minutes: number;
  readonly person: number;
  readonly title: string;
  readonly expectation: string;
  readonly expect: Expect;
  readonly spoil?: Spoil;
  readonly message?: (scene: Scene) => Partial<Adt>;
};

const CASES: readonly Case[] = [
  {
    tag: 'malformed-truncated-header',
    minutes: 84,
    person: 35,
    title: 'The connection broke after the first fields of MSH.',
    expectation: 'Stored as it came, quarantined, and the reason names the header.',
    expect: SET_ASIDE,
    spoil: (text) => text.slice(0, 16),
  },
  {
    tag: 'malformed-truncated-content',
    minutes: 86,
    person: 35,
    title: 'A message ends in the middle of PID.',
    expectation: 'What arrived is kept; it is used only as far as it can be read, or set aside.',
    expect: USED_WITH_WARNING,
    spoil: (text) => text.slice(0, text.indexOf('\rPID|') + 24),
  },
  {
    tag: 'malformed-no-message-type',
    minutes: 98,
    person: 36,
    title: 'MSH-9 is empty.',
    expectation: 'Quarantined: nobody guesses what was meant.',
    expect: SET_ASIDE,
    message: () => ({ msh: { 9: '' } }),
  },
  {
    tag: 'malformed-unknown-type',
    minutes: 103,
    person: 36,
    title: 'A message of a type that no standard knows.',
    expectation: 'Quarantined or ignored by a named rule, and counted.',
    expect: { states: ['quarantined', 'rejected', 'applied'] },
    message: () => ({ msh: { 9: 'ZZZ^Z99^ZZZ_Z99' } }),
  },
  {
    tag: 'malformed-bytes',
    minutes: 111,
    person: 37,
    title: 'Declared UTF-8, but the middle name holds bytes that are none.',
    expectation: 'The bytes are kept and reported with their offset.',
    expect: USED_WITH_WARNING,
    spoil: garble,
  },
  {
    tag: 'malformed-line-endings',
    minutes: 117,
    person: 38,
    title: 'Segments end with CR LF in one half and LF in the other.',
    expectation: 'Read, applied and reported.',
    expect: APPLIED,
    spoil: (text) => text.replaceAll('\r', '\r\n').replace(/\r\n(?=PD1|NK1)/g, '\n'),
  },
  {
    tag: 'malformed-birth-date',
    minutes: 123,
    person: 39,
    title: 'Born on 30 February.',
    expectation: 'The date is refused with its position; no date is invented from it.',
    expect: USED_WITH_WARNING,
    message: () => ({ pid: { 7: '20260230' } }),
  },
  {
    tag: 'malformed-nhs-number',
    minutes: 128,
    person: 40,
    title: 'An NHS number whose check digit is wrong.',
    expectation: 'Modulus 11 refuses it; it links nobody.',
    expect: USED_WITH_WARNING,
    message: (scene) => ({
      patient: { ...scene.person(40), nhsNumber: withWrongCheckDigit(scene.person(40).nhsNumber ?? '9990000018') },
    }),
  },
  {
    tag: 'filler-nhs-number',
    minutes: 133,
    person: 41,
    title: 'Two people registered under 9999999999.',
    expectation: 'A filler passes Modulus 11 and still links nobody.',
    expect: USED_WITH_WARNING,
    message: (scene) => ({ patient: { ...scene.person(41), nhsNumber: '9999999999' } }),
  },
  {
    tag: 'filler-nhs-number',
    minutes: 134,
    person: 42,
    title: 'Two people registered under 9999999999.',
    expectation: 'A filler passes Modulus 11 and still links nobody.',
    expect: USED_WITH_WARNING,
    message: (scene) => ({ patient: { ...scene.person(42), nhsNumber: '9999999999' } }),
  },
];

/** Replaces two letters of the given name by bytes that UTF-8 does not have. */
function garble(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const at = bytes.indexOf('|', bytes.indexOf('\rPID|1||') + 8) + 2;
  bytes[at] = 0xff;
  bytes[at + 1] = 0xc0;
  return bytes;
}

function scriptOf(tag: string): Script {
  const cases = CASES.filter((c) => c.tag === tag);
  return {
    tag,
    registers: [],
    play: (scene) => {
      for (const c of cases) {
        const patient = scene.person(c.person);
        const message = { trigger: 'A31', patient, ...c.message?.(scene) };
        spoiled(scene, c.minutes, { message, spoil: c.spoil ?? ((text) => text), expect: c.expect });
      }
      const [first] = cases;
      return { title: first?.title ?? tag, expectation: first?.expectation ?? tag, outcomes: [] };
    },
  };
}

const badCsv: Script = {
  tag: 'malformed-csv',
  registers: [],
  play: (scene): Omit<Story, 'tag'> => {
    const attended = '02/03/2026';
    const row = { person: scene.person(43), withHospitalNumber: true, allergies: '', attended, notes: '' };
    const good = clinicCsv([row]);
    const shifted = good.replace(/\r\nRH(\d+),/, '\r\nRH$1,,,,');
    const cue = scene.cue(118, { expect: SET_ASIDE });
    dropped(scene.stage, cue, { source: CLINIC, fileName: 'clinic-shifted.csv', text: shifted });
    const impossible = good.replace(/\d\d\/\d\d\/\d{4}/, '31/02/1961');
    exportAt(scene.stage, { atMs: minute(scene.stage, 121), text: impossible, asFile: false, story: scene.tag });
    return {
      title: 'The clinic exports a row with three columns too many, and one with a birth date of 31 February.',
      expectation: 'The first file is set aside with the row number; the second date is refused, not guessed.',
      outcomes: [],
    };
  },
};

const badFhir: Script = {
  tag: 'malformed-fhir',
  registers: [],
  play: (scene): Omit<Story, 'tag'> => {
    const person = scene.person(44);
    const put = (minutes: number, body: string, http: readonly number[]) =>
      fhir(scene.stage, scene.cue(minutes, { expect: { http } }), {
        source: GP,
        method: 'PUT',
        path: `/Patient/mlg-9${minutes}`,
        body,
      });
    const text = JSON.stringify(gpPatient(person, { id: 'mlg-9142' }));
    put(142, text.slice(0, 180), [400, 422]);
    put(143, text.replace('mlg-9142', 'mlg-9143').replace(person.birthDate, '1961-02-31'), [400, 422]);
    put(144, text.replace('mlg-9142', 'mlg-9144').replace('"active":true', '"active":"perhaps"'), [400, 422]);
    return {
      title: 'The practice sends JSON that ends early, a birth date of 31 February, and a boolean that is a word.',
      expectation: 'Each is refused with the place of the mistake; nothing of it enters the record.',
      outcomes: [],
    };
  },
};

export const MALFORMED_STORIES: readonly Script[] = [
  ...[...new Set(CASES.map((c) => c.tag))].map(scriptOf),
  badCsv,
  badFhir,
];
