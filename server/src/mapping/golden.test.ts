// Whole receipts beside what is made of them, to the byte: vectors/mapping/{adt,csv,fhir}/<case>/expected.json. After a change that is meant,
// write them anew with UPDATE_VECTORS=1 and read the difference.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { mapAs, SAMPLE_SOURCE } from './sample.ts';
import type { CsvMap, MappingInput, MappingResult, Source } from './types.ts';

const VECTORS = new URL('../../../vectors/', import.meta.url);
type Golden = {
  readonly name: string;
  readonly format: MappingInput['format'];
  readonly file: string;
  readonly source?: Partial<Source>;
};

const read = (path: string) => readFileSync(new URL(path, VECTORS));
const csvMap = JSON.parse(read('mapping/csv/clinic/map.json').toString()) as CsvMap;
const CASES: readonly Golden[] = [
  { name: 'adt/admission', format: 'hl7v2', file: 'mapping/adt/admission/message.hl7' },
  { name: 'adt/american-admission', format: 'hl7v2', file: 'hl7v2/samples/adt-a01-full.hl7' },
  { name: 'adt/old-registration', format: 'hl7v2', file: 'hl7v2/samples/sample-v2.4-oru-r01-1.hl7' },
  { name: 'csv/clinic', format: 'csv', file: 'mapping/csv/clinic/file.csv', source: { csvMap } },
  { name: 'fhir/transaction', format: 'fhir-json', file: 'mapping/fhir/transaction/bundle.json' },
];

/** Origins as `path <- position [start, end)`; everything else as it is. */
function readable(result: MappingResult): unknown {
  const { loss, issues, outcome } = result;
  const entries = loss.entries.map(({ position, by }) => `${position}: ${by ?? 'unmapped'}`);
  const statements = result.outcome !== 'mapped' ? [] : result.statements;
  return {
    outcome,
    statements: statements.map(({ origins, resource: _same, ...statement }) => ({
      ...statement,
      origins: origins.map(({ path, position, span }) => `${path} <- ${position} [${span.start}, ${span.end})`),
    })),
    links: result.outcome === 'mapped' ? result.links : [],
    issues: issues.map(({ reason, severity, expression }) => `${severity} ${reason} ${expression ?? ''}`),
    loss: { ...loss, entries },
  };
}

for (const { name, format, file, source } of CASES) {
  test(`${name} is mapped as expected`, () => {
    const result = mapAs({ format, bytes: read(file) }, { ...SAMPLE_SOURCE, ...source });
    const made = JSON.parse(JSON.stringify(readable(result)));
    const path = new URL(`mapping/${name}/expected.json`, VECTORS);
    if (process.env['UPDATE_VECTORS'] === '1') writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`);
    assert.ok(existsSync(path), `${name}/expected.json`);
    assert.deepEqual(made, JSON.parse(readFileSync(path, 'utf8')));
    const statements = result.outcome === 'mapped' ? result.statements : [];
    for (const { text, resource } of statements)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(resource)));
  });
}
