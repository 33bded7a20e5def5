// One row of a CSV file to statements: the patient, and what the columns say beside.
import { decimal, type Json, type JsonObject } from '../../base/json.ts';
import type { Span } from '../../hl7v2/types.ts';
import type { Finding } from '../context.ts';
import { nhsNumber } from '../datatypes/nhs-number.ts';
import { NHS_NUMBER } from '../datatypes/systems.ts';
import { noKnownAllergy, SNOMED } from '../no-known-allergy.ts';
import type { CsvColumn } from '../types.ts';
import { readCsvDate } from './date.ts';
import { measureOf, type Target } from './target.ts';

/** A cell of a declared column. */
export type Value = {
  readonly name: string;
  readonly column: CsvColumn;
  readonly target: Target;
  readonly text: string;
  readonly span: Span;
};
/** A resource in the making: elements, and the cells each was made from. */
export type Saying = {
  readonly resourceType: string;
  readonly key: string;
  readonly elements: { [element: string]: Json };
  readonly uses: { readonly path: string; readonly value: Value }[];
};
export type RowRead = {
  readonly sayings: readonly Saying[];
  readonly findings: readonly Finding[];
  /** Cells set aside by rule. */
  readonly ignored: ReadonlyMap<Value, string>;
  readonly patientKey: string | undefined;
};
type Reading = { readonly row: number; readonly findings: Finding[]; readonly ignored: Map<Value, string> };

export function readRow(values: readonly Value[], row: number): RowRead {
  const reading: Reading = { row, findings: [], ignored: new Map() };
  for (const value of values)
    if (value.target.kind === 'ignore' && value.text !== '') reading.ignored.set(value, 'csv-map-ignore');
  const identifiers = values.filter((value) => value.target.kind === 'identifier' && value.text !== '');
  const key = keyOf(identifiers);
  if (key === undefined) {
    const message =
      'The row has no usable identifier, so it is not known whom it is about. It was left out; correct it and send it again.';
    find(reading, { reason: 'row-without-identifier', code: 'required', message });
    return { sayings: [], findings: reading.findings, ignored: reading.ignored, patientKey: undefined };
  }
  const patient: Saying = { resourceType: 'Patient', key, elements: {}, uses: [] };
  for (const value of identifiers) sayIdentifier(reading, patient, value);
  for (const value of values) sayOfPatient(reading, patient, value);
  const others = [...concepts(values, key), ...observations(reading, values, key)];
  return { sayings: [patient, ...others], findings: reading.findings, ignored: reading.ignored, patientKey: key };
}

/** The first identifier of the file's own order; the NHS number only when there is nothing else. */
function keyOf(identifiers: readonly Value[]): string | undefined {
  const own = identifiers.find((value) => value.column.system !== NHS_NUMBER);
  if (own !== undefined) return `${own.column.system ?? 'urn:vouch:csv'}|${own.text}`;
  for (const { text } of identifiers) {
    const number = nhsNumber(text);
    if (number.ok) return `${NHS_NUMBER}|${number.value}`;
  }
  return undefined;
}

type Trouble = { readonly reason: string; readonly code: string; readonly message: string };

function find(reading: Reading, { reason, code, message }: Trouble, value?: Value): void {
  const expression = value === undefined ? `row ${reading.row}` : `row ${reading.row} column ${value.name}`;
  reading.findings.push({ severity: 'warning', code, reason, message, expression, span: value?.span });
}

function append(saying: Saying, element: string, { entry, value }: { entry: JsonObject; value: Value }): void {
  const before = saying.elements[element];
  const list = Array.isArray(before) ? (before as readonly Json[]) : [];
  saying.elements[element] = [...list, entry];
  saying.uses.push({ path: `${element}[${list.length}].value`, value });
}

function sayIdentifier(reading: Reading, patient: Saying, value: Value): void {
  const { system } = value.column;
  if (system !== NHS_NUMBER) {
    append(patient, 'identifier', { entry: { ...(system === undefined ? {} : { system }), value: value.text }, value });
    return;
  }
  const number = nhsNumber(value.text);
  if (number.ok) {
    append(patient, 'identifier', { entry: { system, value: number.value }, value });
    return;
  }
  const message = 'This is not an NHS number (length, digits, check digit, or a filler), so it was not kept as one.';
  find(reading, { reason: `nhs-number-${number.reason}`, code: 'value', message }, value);
  if (number.reason === 'filler') reading.ignored.set(value, 'nhs-number-filler');
  else append(patient, 'identifier', { entry: { value: value.text }, value });
}

function sayOfPatient(reading: Reading, patient: Saying, value: Value): void {
  const { target, text, column } = value;
  if (target.kind === 'gender') sayGender(reading, patient, value);
  else if (text === '') return;
  else if (target.kind === 'birthDate' || target.kind === 'deceased') sayDate(reading, patient, value);
  else if (target.kind === 'telecom') {
    const { system, use } = target;
    append(patient, 'telecom', { entry: { system, value: text, ...(use === undefined ? {} : { use }) }, value });
  } else if (target.kind === 'part') {
    const entries = patient.elements[target.element];
    const entry = Array.isArray(entries) ? (entries[0] as JsonObject) : {};
    const said = column.codes?.[text] ?? text;
    patient.elements[target.element] = [{ ...entry, [target.part]: target.list ? splitList(target.part, said) : said }];
    patient.uses.push({ path: `${target.element}[0].${target.part}${target.list ? '[0]' : ''}`, value });
  }
}

// Given names are parted by blanks; a line of an address is kept as it was written.
function splitList(part: string, text: string): readonly string[] {
  return part === 'given' ? text.split(/\s+/) : [text];
}

const GENDERS = ['male', 'female', 'other', 'unknown'];

function sayGender(reading: Reading, patient: Saying, value: Value): void {
  const said = value.column.codes?.[value.text] ?? value.text.toLowerCase();
  if (said === '') return;
  if (!GENDERS.includes(said)) {
    const message = 'The column map has no meaning for this code, so sex was left as it was. Add the code to the map.';
    find(reading, { reason: 'sex-code-unknown', code: 'code-invalid', message }, value);
    return;
  }
  patient.elements['gender'] = said;
  patient.uses.push({ path: 'gender', value });
}

function sayDate(reading: Reading, patient: Saying, value: Value): void {
  const element = value.target.kind === 'birthDate' ? 'birthDate' : 'deceasedDateTime';
  const date = readCsvDate(value.text, value.column.format ?? 'YYYY-MM-DD');
  if (date === undefined) {
    const message = `This is not a day written as ${value.column.format ?? 'YYYY-MM-DD'}, so it was left out.`;
    find(reading, { reason: 'date-unreadable', code: 'value', message }, value);
    return;
  }
  patient.elements[element] = date;
  patient.uses.push({ path: element, value });
}

/** Several allergies or problems in one cell are parted by semicolons. */
function concepts(values: readonly Value[], patientKey: string): readonly Saying[] {
  return values.flatMap((value) => {
    const { target } = value;
    if (target.kind !== 'concept') return [];
    const texts = value.text
      .split(';')
      .map((text) => text.trim())
      .filter((text) => text !== '');
    return texts.map((text) => conceptSaying(target.resourceType, text, { patientKey, value }));
  });
}

type ConceptPlace = { readonly patientKey: string; readonly value: Value };

function conceptSaying(
  resourceType: 'AllergyIntolerance' | 'Condition',
  text: string,
  { patientKey, value }: ConceptPlace,
): Saying {
  const allergy = resourceType === 'AllergyIntolerance';
  const none = allergy ? noKnownAllergy(text) : undefined;
  const coding = none === undefined ? {} : { coding: [{ system: SNOMED, code: none.code, display: none.display }] };
  const status = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';
  const reference = { reference: `key:Patient|${patientKey}` };
  return {
    resourceType,
    key: `${patientKey}|csv|${resourceType}|${text.toUpperCase()}`,
    elements: {
      ...(allergy ? { clinicalStatus: { coding: [{ system: status, code: 'active' }] } } : {}),
      code: { ...coding, text },
      [allergy ? 'patient' : 'subject']: reference,
    },
    uses: [{ path: 'code.text', value }],
  };
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

function observations(reading: Reading, values: readonly Value[], patientKey: string): readonly Saying[] {
  const dated = values.find((value) => value.target.kind === 'observation-date' && value.text !== '');
  const at = dated && readCsvDate(dated.text, dated.column.format ?? 'YYYY-MM-DD');
  return values.flatMap((value) => {
    const measure = value.target.kind === 'observation' ? measureOf(value.column) : undefined;
    if (measure === undefined || value.text === '') return [];
    if (at === undefined || !NUMBER.test(value.text)) {
      const message = 'A measurement needs a number and a readable day in the row; it was left out.';
      find(reading, { reason: 'measurement-unreadable', code: 'value', message }, value);
      return [];
    }
    const { code, unit, display } = measure;
    const coding = {
      ...(value.column.system === undefined ? {} : { system: value.column.system }),
      code,
      ...(display === undefined ? {} : { display }),
    };
    return [
      {
        resourceType: 'Observation',
        key: `${patientKey}|csv|Observation|${code}|${at}`,
        elements: {
          status: 'final',
          code: { coding: [coding] },
          subject: { reference: `key:Patient|${patientKey}` },
          effectiveDateTime: at,
          valueQuantity: { value: decimal(value.text), ...(unit === undefined ? {} : { unit }) },
        },
        uses: [
          { path: 'valueQuantity.value', value },
          ...(dated === undefined ? [] : [{ path: 'effectiveDateTime', value: dated }]),
        ],
      },
    ];
  });
}
