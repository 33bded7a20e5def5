// Incidents of habit: clocks that change, segments of a vendor's own, files with counts, a feed that stops.
import { adt } from '../adt.ts';
import { segment } from '../hl7.ts';
import { compactDate } from '../london.ts';
import { CLINIC_SILENT_AFTER } from '../routine/elsewhere.ts';
import { visitOf } from '../routine/stays.ts';
import { APPLIED, type Scene, type Script } from '../scene.ts';
import { CLINIC, PAS, pasSubject } from '../sources.ts';
import { minute, sentBy } from '../stage.ts';
import type { Expect } from '../types.ts';

/** Local times of the nights on which British clocks changed: one hour that never was, one that was twice. */
const NEVER_WAS = '20250330013000';
const WAS_TWICE = '20251026013000';

const clockChange: Script = {
  tag: 'clock-change',
  registers: [],
  play: (scene) => {
    const patient = scene.person(11);
    [NEVER_WAS, WAS_TWICE].forEach((occurredStamp, index) => {
      const visit = visitOf(patient, scene.random, {
        number: `V25900${index + 1}`,
        admittedMs: Date.parse(index === 0 ? '2025-03-29T18:00:00Z' : '2025-10-25T17:00:00Z'),
        dischargedMs: Date.parse(index === 0 ? '2025-03-30T09:00:00Z' : '2025-10-26T10:00:00Z'),
      });
      scene.adt(180 + index, { trigger: 'A03', patient, visit, occurredStamp }, { expect: APPLIED });
    });
    return {
      title: 'Two old discharges are sent again, stamped in the hour that was skipped and in the hour that came twice.',
      expectation: 'The impossible time is flagged, the ambiguous one keeps both readings; neither is quietly moved.',
      outcomes: [],
    };
  },
};

const vendorSegments: Script = {
  tag: 'z-segments',
  registers: [],
  play: (scene) => {
    const patient = scene.person(55);
    const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 88) });
    const extra = [
      segment('ZU1', { 1: '20260301', 2: '11', 7: 'N', 12: '20260216' }),
      segment('ZU3', { 1: 'RXX', 5: '2' }),
      segment('ZPD', { 1: 'Interpreter needed', 2: 'BSL', 4: '""' }),
    ];
    scene.adt(88, { trigger: 'A01', patient, visit, extra }, { expect: APPLIED });
    return {
      title: 'The PAS adds segments of its own.',
      expectation: 'The rest is applied; each Z field stands in the loss account.',
      outcomes: [],
    };
  },
};

function batch(scene: Scene, minutes: number, file: { counted: number; numbers: readonly number[]; expect: Expect }) {
  const fileName = `night-census-${file.counted}.hl7`;
  sentBy(scene.stage, scene.cue(minutes, { expect: file.expect }), {
    source: PAS,
    label: `file ${fileName}`,
    way: { via: 'folder', fileName },
    write: ({ controlId, sentAt }) => {
      const messages = file.numbers.map((number, index) =>
        adt(
          { trigger: 'A31', patient: scene.person(number), occurredMs: minute(scene.stage, minutes - 5) },
          { controlId: `${controlId}-${index + 1}`, sentAt },
        ),
      );
      const envelope = { 2: '^~\\&', 3: 'RXX-PAS', 4: 'RXX', 7: compactDate(scene.stage.today) };
      const open = [segment('FHS', envelope), segment('BHS', envelope)].map(batchHeader).join('');
      return `${open}${messages.join('')}BTS|${file.counted}\rFTS|1\r`;
    },
  });
}

/** FHS and BHS, like MSH, have the field separator itself as their first field. */
function batchHeader(text: string): string {
  return `${text.replace(/^(FHS|BHS)\|\|/, '$1|')}\r`;
}

const countedFiles: Script = {
  tag: 'counted-files',
  registers: [],
  play: (scene) => {
    batch(scene, 33, { counted: 4, numbers: [56, 57, 58, 59], expect: APPLIED });
    batch(scene, 36, {
      counted: 5,
      numbers: [56, 57, 58, 60],
      expect: { states: ['quarantined', 'applied', 'rejected'] },
    });
    return {
      title: 'The night census comes as files; one says five messages and holds four.',
      expectation: 'Counts are checked: the file that does not add up is not taken on trust.',
      outcomes: [],
    };
  },
};

const sourceSilent: Script = {
  tag: 'source-silent',
  registers: [],
  play: (scene) => {
    const [patient] = [scene.person(60)];
    scene.adt(CLINIC_SILENT_AFTER, { trigger: 'A31', patient }, { expect: APPLIED });
    return {
      title: 'The old clinic stops exporting a little before ten, and says nothing about it.',
      expectation: 'The books show the source as silent; nobody has to notice an absence.',
      outcomes: [{ kind: 'silent', source: CLINIC }],
    };
  },
};

const unnamedVisit: Script = {
  tag: 'no-encounter-segment',
  registers: [],
  play: (scene) => {
    const patient = scene.person(22);
    const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 61) });
    scene.adt(61, { trigger: 'A01', patient, visit, allergies: patient.allergies }, { expect: APPLIED });
    scene.adt(134, { trigger: 'A08', patient }, { expect: { states: ['applied', 'quarantined'] } });
    return {
      title: 'An update about a visit comes without its visit.',
      expectation: 'What it says of the patient counts; a missing PV1 or AL1 takes nothing away.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Encounter',
          subject: pasSubject(patient.mrn),
          code: visit.number,
          status: ['in-progress'],
        },
      ],
    };
  },
};

export const ODDITY_STORIES: readonly Script[] = [
  clockChange,
  vendorSegments,
  countedFiles,
  sourceSilent,
  unnamedVisit,
];
