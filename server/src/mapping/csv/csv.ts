// A CSV receipt by its source's declared column map: one row at a time, and a loss account of every cell.
import { byteOffsets } from '../../fhir/json-text.ts';
import type { Span } from '../../hl7v2/types.ts';
import { type Finding, issueOf } from '../context.ts';
import { modeOf } from '../statement.ts';
import type { CsvMap, ElementSaid, LossEntry, MappingInput, MappingResult, StatementDraft } from '../types.ts';
import { type Cell, type Row, readRows } from './cells.ts';
import { type RowRead, readRow, type Saying, type Value } from './row.ts';
import { mapTroubles, targetOf } from './target.ts';

export function mapCsv(input: MappingInput): MappingResult {
  const { bytes, source } = input;
  const { csvMap } = source;
  if (csvMap === undefined) return refused(bytes, [noMap()]);
  const troubles = mapTroubles(csvMap);
  if (troubles.length > 0) return refused(bytes, [badMap(troubles)]);
  const file = decode(bytes);
  const [header, ...rows] = [...readRows(file.text, csvMap.delimiter)];
  const columns = header === undefined ? [] : header.cells.map((cell) => cell.text.trim());
  const misfit = headerTrouble(columns, csvMap, header && { header, file });
  if (misfit !== undefined) return refused(bytes, [misfit]);
  return mapRows({ input, file, csvMap, columns }, rows);
}

type File = { readonly text: string; readonly spanOf: (start: number, end: number) => Span; readonly assumed: boolean };
type Sheet = {
  readonly input: MappingInput;
  readonly file: File;
  readonly csvMap: CsvMap;
  readonly columns: readonly string[];
};

/** UTF-8, or what Windows programs of old write. */
function decode(bytes: Uint8Array): File {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const offset = byteOffsets(text, marked ? 3 : 0);
    return { text, assumed: false, spanOf: (start, end) => ({ start: offset(start), end: offset(end) }) };
  } catch {
    // Not UTF-8: every byte is a character.
    const text = new TextDecoder('windows-1252').decode(bytes);
    return { text, assumed: true, spanOf: (start, end) => ({ start, end }) };
  }
}

/** A declared column that the file lacks. Columns that the map does not know are no misfit: their cells are listed as unmapped. */
function headerTrouble(
  columns: readonly string[],
  map: CsvMap,
  first: { readonly header: Row; readonly file: File } | undefined,
): Finding | undefined {
  const have = new Set(columns.map(folded));
  const declared = Object.entries(map.columns)
    .filter(([, column]) => column.to !== 'ignore')
    .map(([name]) => name);
  const missing = declared.filter((name) => !have.has(folded(name)));
  const twice = columns.find((name, i) => name !== '' && columns.map(folded).indexOf(folded(name)) !== i);
  if (missing.length === 0 && twice === undefined) return undefined;
  const what = missing.length > 0 ? `lacks ${missing.map((name) => `"${name}"`).join(', ')}` : 'has a column twice';
  const message = `The first row does not fit the column map ${map.name}: it ${what}. Send the columns as declared, or change the map.`;
  const span = first && rowSpan(first.file, first.header);
  return { severity: 'error', code: 'structure', reason: 'csv-header-mismatch', message, expression: 'row 1', span };
}

function rowSpan(file: File, { cells }: Row): Span | undefined {
  const [first, last] = [cells[0], cells.at(-1)];
  return first === undefined || last === undefined ? undefined : file.spanOf(first.start, last.end);
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}

function mapRows(sheet: Sheet, rows: readonly Row[]): MappingResult {
  const statements: StatementDraft[] = [];
  const findings: Finding[] = sheet.file.assumed ? [charsetAssumed()] : [];
  const loss: LossEntry[] = [];
  rows.forEach((row, i) => {
    // The header is row 1, as spreadsheets count.
    const number = i + 2;
    const defect = rowDefect(sheet, row, number);
    if (defect !== undefined) {
      findings.push(defect);
      loss.push(
        ...row.cells
          .filter(isSaid)
          .map((cell, c) => unmapped(sheet, cell, `row ${number} column ${sheet.columns[c] ?? c + 1}`)),
      );
      return;
    }
    const values = valuesOf(sheet, row);
    const read = readRow(values, number);
    findings.push(...read.findings);
    const made = read.sayings.map((saying) => statementOf(sheet, saying, { number, patientKey: read.patientKey }));
    statements.push(...made.flatMap((one) => one.statement ?? []));
    const refusedByPolicy = new Map(made.flatMap((one) => [...one.setAside]));
    loss.push(...lossOfRow(sheet, row, { number, values, read, refusedByPolicy }));
  });
  const issues = findings.map(issueOf);
  return { outcome: 'mapped', statements, links: [], issues, loss: total(loss) };
}

function isSaid(cell: Cell): boolean {
  return cell.text.trim() !== '';
}

function rowDefect(sheet: Sheet, row: Row, number: number): Finding | undefined {
  const wrong = row.cells.length !== sheet.columns.length;
  if (!wrong && row.defect === undefined) return undefined;
  const reason = row.defect ?? 'row-length';
  const message =
    row.defect === undefined
      ? `Row ${number} has ${row.cells.length} cells and the header has ${sheet.columns.length}, so it is not known which cell is which. It was left out.`
      : `A quote opens in row ${number} and never closes. That row and all that follow were left out.`;
  const span = rowSpan(sheet.file, row);
  return { severity: 'error', code: 'structure', reason, message, expression: `row ${number}`, span };
}

function valuesOf({ csvMap, columns, file }: Sheet, row: Row): readonly Value[] {
  const declared = new Map(Object.entries(csvMap.columns).map(([name, column]) => [folded(name), column]));
  return row.cells.flatMap((cell, i) => {
    const name = columns[i] ?? '';
    const column = declared.get(folded(name));
    const target = column && targetOf(column);
    if (column === undefined || target === undefined) return [];
    return [{ name, column, target, text: cell.text.trim(), span: file.spanOf(cell.start, cell.end) }];
  });
}

type Made = { readonly statement: StatementDraft | undefined; readonly setAside: ReadonlyMap<Value, string> };

function statementOf({ input }: Sheet, saying: Saying, at: { number: number; patientKey: string | undefined }): Made {
  const { resourceType, key, elements, uses } = saying;
  const modes = new Map(
    Object.keys(elements).map((element) => [
      element,
      modeOf(
        input.source,
        `${resourceType}.${element}`,
        KEPT_BY_TYPE.has(`${resourceType}.${element}`) ? { update: 'merge-by-type' } : {},
      ),
    ]),
  );
  const setAside = new Map<Value, string>();
  for (const { path, value } of uses) {
    const mode = modes.get(elementOf(path));
    if (mode === 'update-policy-ignore' || mode === 'not-owner') setAside.set(value, mode);
  }
  const said = [...modes].flatMap(([element, update]): ElementSaid[] =>
    update === 'snapshot' || update === 'merge-by-type' ? [{ element, action: 'set', update }] : [],
  );
  if (said.length === 0) return { statement: undefined, setAside };
  const kept = Object.fromEntries(said.map(({ element }) => [element, elements[element]]));
  const resource = { resourceType, ...kept };
  const origins = uses
    .filter(({ value }) => !setAside.has(value))
    .map(({ path, value }) => ({ path, position: `row ${at.number} column ${value.name}`, span: value.span }));
  const text = JSON.stringify(resource);
  const saidAt = input.receivedAt;
  const statement = {
    resourceType,
    key,
    subjectKey: at.patientKey,
    saidAt,
    replaces: false,
    text,
    resource,
    said,
    origins,
  };
  return { statement, setAside };
}

function elementOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

const KEPT_BY_TYPE = new Set(['Patient.identifier', 'Patient.name', 'Patient.address', 'Patient.telecom']);

type RowAccount = {
  readonly number: number;
  readonly values: readonly Value[];
  readonly read: RowRead;
  readonly refusedByPolicy: ReadonlyMap<Value, string>;
};

function lossOfRow(
  sheet: Sheet,
  row: Row,
  { number, values, read, refusedByPolicy }: RowAccount,
): readonly LossEntry[] {
  const targets = new Map(
    read.sayings.flatMap(({ resourceType, uses }) => uses.map(({ path, value }) => [value, `${resourceType}.${path}`])),
  );
  const byStart = new Map(values.map((value) => [value.span.start, value]));
  return row.cells.flatMap((cell, i): LossEntry[] => {
    if (!isSaid(cell)) return [];
    const span = sheet.file.spanOf(cell.start, cell.end);
    const value = byStart.get(span.start);
    const position = `row ${number} column ${sheet.columns[i] ?? i + 1}`;
    const rule = value && (refusedByPolicy.get(value) ?? read.ignored.get(value));
    if (rule !== undefined) return [{ position, disposition: 'ignored', by: rule, span }];
    const target = value && targets.get(value);
    if (target !== undefined) return [{ position, disposition: 'mapped', by: target, span }];
    return [{ position, disposition: 'unmapped', by: undefined, span }];
  });
}

function unmapped(sheet: Sheet, cell: Cell, position: string): LossEntry {
  return { position, disposition: 'unmapped', by: undefined, span: sheet.file.spanOf(cell.start, cell.end) };
}

function total(lines: readonly LossEntry[]): MappingResult['loss'] {
  const count = { mapped: 0, ignored: 0, unmapped: 0 };
  for (const line of lines) count[line.disposition]++;
  return { populated: lines.length, ...count, entries: lines.filter((line) => line.disposition !== 'mapped') };
}

function refused(bytes: Uint8Array, findings: readonly Finding[]): MappingResult {
  const span = { start: 0, end: bytes.length };
  const lines: LossEntry[] =
    bytes.length === 0 ? [] : [{ position: 'file', disposition: 'unmapped', by: undefined, span }];
  return { outcome: 'refused', issues: findings.map(issueOf), loss: total(lines) };
}

function noMap(): Finding {
  const message =
    'This source has no column map, so its CSV files cannot be read. Declare one, then retry this receipt.';
  return { severity: 'error', code: 'not-found', reason: 'csv-map-missing', message };
}

function badMap(troubles: readonly string[]): Finding {
  const message = `The column map of this source cannot be used: ${troubles.join('; ')}. Correct it, then retry this receipt.`;
  return { severity: 'error', code: 'invalid', reason: 'csv-map-unusable', message };
}

function charsetAssumed(): Finding {
  const message = 'The file is not UTF-8 text and was read as windows-1252.';
  return { severity: 'information', code: 'informational', reason: 'charset-assumed', message };
}
