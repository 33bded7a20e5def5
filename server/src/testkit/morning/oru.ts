// ORU^R01 results as a Welsh or English laboratory sends them: HL7 v2.5.1, Latin-1, capital letters, sex as M and F.

import type { PatientSaid } from './adt.ts';
import { components, type Envelope, escaped, repetitions, segment, wire } from './hl7.ts';
import { compactDate, stamp } from './london.ts';

export type ResultStatus = 'P' | 'F' | 'C' | 'W' | 'X' | 'D' | 'I';

/** One OBX with the comments that follow it. */
export type ResultItem = {
  readonly type: 'NM' | 'SN' | 'CE' | 'ST' | 'TX' | 'FT' | 'ED';
  /** Local code and text, then LOINC where one is known. */
  readonly code: string;
  readonly text: string;
  readonly loinc?: string;
  /** As it stands on the wire, already escaped: `4.1`, `<^5`, `112283007^Escherichia coli^SCT`. */
  readonly value: string;
  readonly unit?: string;
  readonly range?: string;
  readonly flag?: string;
  readonly status: ResultStatus;
  readonly comments?: readonly string[];
};

export type Report = {
  readonly patient: PatientSaid;
  readonly ward: string | undefined;
  readonly placer: string;
  readonly filler: string;
  readonly panel: readonly [string, string];
  readonly section: string;
  readonly specimen: readonly [string, string] | undefined;
  readonly collectedMs: number;
  readonly reportedMs: number;
  readonly status: ResultStatus;
  readonly items: readonly ResultItem[];
  readonly requestComment?: string;
  readonly pid?: { readonly [position: number]: string };
  readonly msh?: { readonly [position: number]: string };
};

const SEX = { male: 'M', female: 'F', other: 'O', unknown: 'U' } as const;
const MARKS = /[\u0300-\u036f]/g;
const NOT_ASCII_LETTERS: { readonly [letter: string]: string } = { Ł: 'L', Ø: 'O', İ: 'I', Ş: 'S', Đ: 'D' };

/** Laboratories print labels: capitals, no accents, a straight apostrophe. */
export function labelled(name: string): string {
  return name
    .toUpperCase()
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(/[ŁØİŞĐ]/g, (letter) => NOT_ASCII_LETTERS[letter] ?? letter);
}

export function oru(report: Report, envelope: Envelope): string {
  return wire([
    segment('MSH', {
      2: '^~\\&',
      3: 'RXX-LIMS',
      4: 'RXX',
      5: 'RXX-TIE',
      6: 'RXX',
      7: envelope.sentAt,
      9: 'ORU^R01^ORU_R01',
      10: envelope.controlId,
      11: 'P',
      12: '2.5.1',
      18: '8859/1',
      ...report.msh,
    }),
    pid(report),
    report.ward === undefined ? undefined : segment('PV1', { 1: '1', 2: 'I', 3: components(report.ward) }),
    segment('ORC', { 1: 'RE', 2: placer(report), 3: filler(report), 5: report.status === 'P' ? 'IP' : 'CM' }),
    obr(report),
    report.requestComment === undefined ? undefined : nte(report.requestComment, 0),
    ...report.items.flatMap((item, index) => [obx(item, index, report), ...(item.comments ?? []).map(nte)]),
    report.specimen === undefined ? undefined : spm(report.specimen, report.collectedMs),
  ]);
}

const placer = (report: Report) => components(report.placer, 'RXXORD');
const filler = (report: Report) => components(report.filler, 'RXXLAB');

function pid(report: Report): string {
  const p = report.patient;
  return segment('PID', {
    1: '1',
    3: repetitions(
      components(p.mrn, '', '', 'RXX', 'MR'),
      p.nhsNumber === undefined ? undefined : components(p.nhsNumber, '', '', 'NHS', 'NH'),
    ),
    5: components(labelled(p.family), labelled(p.given[0] ?? ''), '', '', '', '', 'L'),
    7: compactDate(p.birthDate),
    8: SEX[p.sex],
    32: p.traceStatus,
    ...report.pid,
  });
}

function obr(report: Report): string {
  return segment('OBR', {
    1: '1',
    2: placer(report),
    3: filler(report),
    4: components(report.panel[0], report.panel[1], 'RXXTEST'),
    7: stamp(report.collectedMs),
    14: stamp(report.collectedMs + 20 * 60_000),
    16: components('C7001', 'REQUESTER', 'A', '', '', 'Dr', '', '', 'GMC'),
    22: stamp(report.reportedMs),
    24: report.section,
    25: report.status,
  });
}

function obx(item: ResultItem, index: number, report: Report): string {
  return segment('OBX', {
    1: String(index + 1),
    2: item.type,
    3: components(item.code, item.text, 'RXXTEST', ...(item.loinc === undefined ? [] : [item.loinc, item.text, 'LN'])),
    5: item.value,
    6: item.unit === undefined ? undefined : components(item.unit),
    7: item.range === undefined ? undefined : escaped(item.range),
    8: item.flag,
    11: item.status,
    14: stamp(report.collectedMs),
  });
}

function nte(comment: string, index: number): string {
  return segment('NTE', { 1: String(index + 1), 2: 'L', 3: escaped(comment) });
}

function spm([code, text]: readonly [string, string], collectedMs: number): string {
  return segment('SPM', { 1: '1', 4: components(code, text, 'SCT'), 17: stamp(collectedMs) });
}
