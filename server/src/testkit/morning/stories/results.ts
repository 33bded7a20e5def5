// Incidents of the laboratory: corrected, withdrawn because it was somebody else's, very large.
import { at } from '../../people/index.ts';
import { measure, numeric, POTASSIUM, UE, withStatus } from '../analytes.ts';
import type { ResultItem } from '../oru.ts';
import { sampleOf } from '../routine/results.ts';
import { visitOf } from '../routine/stays.ts';
import { APPLIED, type Scene, type Script } from '../scene.ts';
import { labSubject } from '../sources.ts';
import { minute } from '../stage.ts';

const PDF_CHARACTERS = 150_000;

const potassiumCorrected: Script = {
  tag: 'potassium-corrected',
  registers: [],
  play: (scene) => {
    const patient = scene.person(12);
    const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 55), ward: 'W07' });
    scene.adt(55, { trigger: 'A01', patient, visit }, { expect: APPLIED });
    const sample = sampleOf({ patient, ward: 'W07' }, UE, { number: 1, collectedMs: minute(scene.stage, 80) });
    const rest = measure(UE, patient, scene.random).filter((item) => item.code !== 'K');
    const wrong = numeric(POTASSIUM, 69, { flag: 'HH', comments: ['Telephoned to ward 07:52.'] });
    const right = numeric(POTASSIUM, 44, { comments: ['CORRECTED. Previously reported as 6.9: haemolysed sample.'] });
    scene.report(112, { ...sample, status: 'F', items: withStatus([wrong, ...rest], 'F') }, APPLIED);
    const corrected = [{ ...right, status: 'C' } as const, ...withStatus(rest, 'F')];
    scene.report(158, { ...sample, status: 'C', items: corrected }, APPLIED);
    return {
      title: 'A potassium of 6.9 is telephoned to the ward, then corrected to 4.4: the sample was haemolysed.',
      expectation: 'The corrected value replaces the wrong one, says so, and the old one stays in the history.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Observation',
          subject: labSubject(patient.mrn),
          code: '2823-3',
          status: ['corrected'],
        },
      ],
    };
  },
};

const wrongPatient: Script = {
  tag: 'wrong-patient-result',
  registers: [],
  play: (scene) => {
    const [wrong, right] = [scene.person(47), scene.person(48)];
    const sample = sampleOf({ patient: wrong, ward: 'CDU' }, UE, { number: 1, collectedMs: minute(scene.stage, 90) });
    const items = measure(UE, right, scene.random);
    scene.report(125, { ...sample, status: 'F', items: withStatus(items, 'F') }, APPLIED);
    const note = { comments: ['Wrong patient: result withdrawn.'] };
    const withdrawn = items.map((item): ResultItem => ({ ...item, ...note, value: '', status: 'W' }));
    scene.report(161, { ...sample, status: 'C', items: withdrawn }, APPLIED);
    const own = sampleOf({ patient: right, ward: 'CDU' }, UE, { number: 1, collectedMs: sample.collectedMs });
    scene.report(162, { ...own, status: 'F', items: withStatus(items, 'F') }, APPLIED);
    return {
      title: 'Two tubes exchanged: results are filed to the wrong person, withdrawn, and sent again for the right one.',
      expectation: 'Entered in error for the one, final for the other; nobody is served a value that is not theirs.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Observation',
          subject: labSubject(wrong.mrn),
          code: '2823-3',
          status: ['entered-in-error'],
        },
        {
          kind: 'resource-status',
          resourceType: 'Observation',
          subject: labSubject(right.mrn),
          code: '2823-3',
          status: ['final'],
        },
      ],
    };
  },
};

const largeMessage: Script = {
  tag: 'large-message',
  registers: [],
  play: (scene) => {
    const patient = scene.person(5);
    const panel = { ...UE, key: 'REP', text: 'Pathology report (PDF)', section: 'SP' };
    const sample = sampleOf({ patient, ward: 'W11' }, panel, { number: 2, collectedMs: minute(scene.stage, 95) });
    scene.report(168, { ...sample, status: 'F', items: [pdfItem(largePdf(scene))] }, APPLIED);
    return {
      title: 'A pathology report as PDF: one message of 200 kilobytes.',
      expectation: 'Stored, acknowledged and kept byte for byte, like any other.',
      outcomes: [],
    };
  },
};

const embeddedPdf: Script = {
  tag: 'embedded-pdf',
  registers: [],
  play: (scene) => {
    const patient = scene.person(3);
    const panel = { ...UE, key: 'REP', text: 'Clinic letter (PDF)', section: 'SP' };
    const sample = sampleOf({ patient, ward: 'OPD' }, panel, { number: 1, collectedMs: minute(scene.stage, 105) });
    scene.report(146, { ...sample, status: 'F', items: [pdfItem(smallPdf('Synthetic report'))] }, APPLIED);
    return {
      title: 'A report comes as an embedded PDF.',
      expectation: 'The document is kept as an attachment with its own type.',
      outcomes: [],
    };
  },
};

function pdfItem(pdf: string): ResultItem {
  const base64 = Buffer.from(pdf, 'latin1').toString('base64');
  return { type: 'ED', code: 'PDF', text: 'Report', value: `RXXLAB^AP^PDF^Base64^${base64}`, status: 'F' };
}

/** A one-page PDF that viewers open; offsets are counted, not guessed. */
export function smallPdf(text: string, padding = ''): string {
  const stream = `BT /F1 18 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = `%PDF-1.4\n${padding}`;
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  return `${body}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
}

function largePdf(scene: Scene): string {
  const line = `%${scene.random.hex(78)}\n`;
  return smallPdf('Synthetic histology report', line.repeat(Math.ceil(PDF_CHARACTERS / line.length)));
}

const unusualValues: Script = {
  tag: 'unusual-values',
  registers: [],
  play: (scene) => {
    const patient = scene.person(4);
    const sample = sampleOf({ patient, ward: 'W04' }, UE, { number: 1, collectedMs: minute(scene.stage, 83) });
    const common = { status: 'F' } as const;
    const items: readonly ResultItem[] = [
      { ...common, type: 'SN', code: 'TROP', text: 'Troponin T', loinc: '67151-1', value: '<^3', unit: 'ng/L' },
      { ...common, type: 'SN', code: 'TITRE', text: 'ANA titre', value: '^1^:^160' },
      { ...common, type: 'SN', code: 'EPI', text: 'Epithelial cells', value: '^5^-^10', unit: '/HPF' },
      { ...common, type: 'NM', code: 'GLU', text: 'Glucose', loinc: '14749-6', value: '5.20', unit: 'mmol/L' },
      { ...common, type: 'CE', code: 'ORG', text: 'Organism', loinc: '600-7', value: '112283007^Escherichia coli^SCT' },
      { ...common, type: 'TX', code: 'COM', text: 'Comment', value: 'Line one\\.br\\Line two with a \\F\\ in it' },
    ];
    scene.report(129, { ...sample, status: 'F', items, requestComment: 'Fasting? unknown' }, APPLIED);
    return {
      title: 'Results that are not plain numbers: comparators, titres, ranges, codes and text with escapes.',
      expectation: 'Each keeps its kind and its digits.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Observation',
          subject: labSubject(patient.mrn),
          code: at(items, 3).loinc ?? '',
          status: ['final'],
        },
      ],
    };
  },
};

export const RESULT_STORIES: readonly Script[] = [
  potassiumCorrected,
  wrongPatient,
  largeMessage,
  embeddedPdf,
  unusualValues,
];
