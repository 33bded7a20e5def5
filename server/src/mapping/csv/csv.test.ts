// CSV by a declared map: rows to statements, cells accounted for, and what a file that does not fit is told.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { mapAs, statementsOf } from '../sample.ts';
import type { CsvMap, MappingResult, Source } from '../types.ts';
import { readRows } from './cells.ts';
import { readCsvDate } from './date.ts';

const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const MAP: CsvMap = {
  name: 'clinic-export',
  delimiter: ',',
  columns: {
    number: { to: 'Patient.identifier', system: 'https://clinic.example/Id/number' },
    nhs: { to: 'Patient.identifier', system: NHS },
    surname: { to: 'Patient.name.family' },
    forename: { to: 'Patient.name.given' },
    dob: { to: 'Patient.birthDate', format: 'DD/MM/YYYY' },
    sex: { to: 'Patient.gender', codes: { M: 'male', F: 'female', '': 'unknown' } },
    tel: { to: 'Patient.telecom.phone' },
    allergies: { to: 'AllergyIntolerance.code.text' },
    notes: { to: 'ignore' },
  },
};
const HEADER = 'number,nhs,surname,forename,dob,sex,tel,allergies,notes';

function send(rows: readonly string[], source: Partial<Source> = {}): MappingResult {
  const bytes = new TextEncoder().encode([HEADER, ...rows].map((row) => `${row}\r\n`).join(''));
  return mapAs({ format: 'csv', bytes }, { csvMap: MAP, ...source });
}

function reasons(result: MappingResult): readonly string[] {
  return result.issues.map((issue) => issue.reason);
}

suite('a row', () => {
  const result = send(['RH1,999 000 0018,Test,Ann Mary,15/01/1980,F,01632 960001,Penicillin; nkda,"said ""no"""']);
  const [patient, penicillin, none] = statementsOf(result);

  test('is a patient under its first identifier', () => {
    assert.equal(patient?.key, 'https://clinic.example/Id/number|RH1');
    assert.deepEqual(patient?.resource, {
      resourceType: 'Patient',
      identifier: [
        { system: 'https://clinic.example/Id/number', value: 'RH1' },
        { system: NHS, value: '9990000018' },
      ],
      name: [{ family: 'Test', given: ['Ann', 'Mary'] }],
      birthDate: '1980-01-15',
      gender: 'female',
      telecom: [{ system: 'phone', value: '01632 960001' }],
    });
    assert.equal(patient?.replaces, false);
  });

  test('says its allergies apart, and none known by its code', () => {
    assert.deepEqual(penicillin?.resource['code'], { text: 'Penicillin' });
    assert.deepEqual(none?.resource['code'], {
      coding: [{ system: 'http://snomed.info/sct', code: '409137002', display: 'No known drug allergy' }],
      text: 'nkda',
    });
    assert.equal(none?.subjectKey, patient?.key);
  });

  test('accounts for every cell', () => {
    const { populated, mapped, ignored, unmapped } = result.loss;
    assert.deepEqual({ populated, mapped, ignored, unmapped }, { populated: 9, mapped: 8, ignored: 1, unmapped: 0 });
    assert.equal(result.loss.entries[0]?.by, 'csv-map-ignore');
  });

  test('points at its cells', () => {
    const bytes = new TextEncoder().encode(`${HEADER}\r\nRH1,,Müller,Zoë,15/01/1980,,,,\r\n`);
    const [one] = statementsOf(mapAs({ format: 'csv', bytes }, { csvMap: MAP }));
    const origin = one?.origins.find((each) => each.path === 'birthDate');
    assert.equal(origin?.position, 'row 2 column dob');
    assert.equal(new TextDecoder().decode(bytes.slice(origin?.span.start, origin?.span.end)), '15/01/1980');
  });
});

test('an empty cell says nothing, unless the map gives it a meaning', () => {
  const [patient] = statementsOf(send(['RH1,,,,,,,,']));
  assert.deepEqual(
    patient?.said.map((one) => one.element),
    ['identifier', 'gender'],
  );
  assert.equal(patient?.resource['gender'], 'unknown');
});

for (const [name, row, expected] of [
  ['a date that does not exist', 'RH1,,,,31/02/1980,M,,,', 'date-unreadable'],
  ['a date the other way round', 'RH1,,,,1980-01-15,M,,,', 'date-unreadable'],
  ['a sex code without meaning', 'RH1,,,,,Q,,,', 'sex-code-unknown'],
  ['an NHS number that fails its check digit', 'RH1,9990000019,,,,M,,,', 'nhs-number-check-digit'],
  ['a filler NHS number', 'RH1,1111111111,,,,M,,,', 'nhs-number-filler'],
  ['no identifier', ',,Test,,,M,,,', 'row-without-identifier'],
  ['a cell too many', 'RH1,,,,,M,,,,', 'row-length'],
] as const) {
  test(`${name} is reported by row and the rest of the file stands`, () => {
    const result = send([row, 'RH2,,Other,,,F,,,']);
    assert.deepEqual(reasons(result), [expected]);
    assert.match(result.issues[0]?.expression ?? '', /^row 2/);
    assert.ok(statementsOf(result).some((one) => one.key.endsWith('|RH2')));
    assert.equal(result.loss.populated, result.loss.mapped + result.loss.ignored + result.loss.unmapped);
  });
}

test('a filler is never an NHS number, and a wrong one keeps no system', () => {
  assert.equal(JSON.stringify(statementsOf(send(['RH1,1111111111,,,,M,,,']))).includes('1111111111'), false);
  const [patient] = statementsOf(send(['RH1,9990000019,,,,M,,,']));
  assert.match(patient?.text ?? '', /,\{"value":"9990000019"\}\]/);
});

test('a quote that never closes is reported', () => {
  assert.deepEqual(reasons(send(['RH2,,Other,,,F,,,', 'RH1,,"Test,,,M,,,'])), ['quote-not-closed']);
});

test('a file that lacks a declared column is refused', () => {
  const result = mapAs(
    { format: 'csv', bytes: new TextEncoder().encode('number,surname\r\n1,Test\r\n') },
    { csvMap: MAP },
  );
  assert.equal(result.outcome, 'refused');
  assert.deepEqual(reasons(result), ['csv-header-mismatch']);
  assert.match(result.issues[0]?.message ?? '', /"dob"/);
});

test('columns that the map does not know are listed as unmapped', () => {
  const bytes = new TextEncoder().encode(`${HEADER},shoe\r\nRH1,,,,,M,,,,43\r\n`);
  const result = mapAs({ format: 'csv', bytes }, { csvMap: MAP });
  assert.deepEqual(
    result.loss.entries.map((entry) => entry.position),
    ['row 2 column shoe'],
  );
});

test('a source without a map, or with one that cannot be used, is told so', () => {
  assert.deepEqual(reasons(mapAs({ format: 'csv', bytes: new TextEncoder().encode('a\n1') })), ['csv-map-missing']);
  const columns = { a: { to: 'Patient.shoeSize' } };
  const bad = mapAs(
    { format: 'csv', bytes: new TextEncoder().encode('a\n1') },
    { csvMap: { name: 'x', delimiter: ',', columns } },
  );
  assert.deepEqual(reasons(bad), ['csv-map-unusable']);
});

test('a file of a Windows program of old is read and reported', () => {
  const bytes = Buffer.from(`${HEADER}\r\nRH1,,M\u00fcller,,,M,,,\r\n`, 'latin1');
  const result = mapAs({ format: 'csv', bytes }, { csvMap: MAP });
  assert.deepEqual(reasons(result), ['charset-assumed']);
  assert.deepEqual(statementsOf(result)[0]?.resource['name'], [{ family: 'Müller' }]);
});

test('the policy of the source holds for columns too', () => {
  const result = send(['RH1,,Test,,,M,0163,,'], {
    updatePolicy: { 'Patient.telecom': 'ignore', 'Patient.name': 'owner-only' },
  });
  const said = statementsOf(result)[0]?.said.map((one) => one.element);
  assert.deepEqual(said, ['identifier', 'gender']);
  assert.deepEqual(result.loss.entries.map((entry) => entry.by).sort(), ['not-owner', 'update-policy-ignore']);
});

test('measurements keep their digits', () => {
  const csvMap: CsvMap = {
    name: 'weights',
    delimiter: ';',
    columns: {
      id: { to: 'Patient.identifier', system: 'https://clinic.example/Id/number' },
      day: { to: 'Observation.effectiveDateTime', format: 'DD-MMM-YYYY' },
      kg: { to: 'Observation.valueQuantity', system: 'http://loinc.org', format: 'code=29463-7;unit=kg' },
    },
  };
  const result = mapAs(
    { format: 'csv', bytes: new TextEncoder().encode('id;day;kg\n1;02-Mar-2026;70.50\n') },
    { csvMap },
  );
  assert.match(
    statementsOf(result)[1]?.text ?? '',
    /"effectiveDateTime":"2026-03-02","valueQuantity":\{"value":70.50,"unit":"kg"\}/,
  );
});

test('two-digit years and days that do not exist are no dates', () => {
  assert.equal(readCsvDate('29/02/2024', 'DD/MM/YYYY'), '2024-02-29');
  assert.equal(readCsvDate('29/02/2023', 'DD/MM/YYYY'), undefined);
  assert.equal(readCsvDate('01/02/80', 'DD/MM/YYYY'), undefined);
  assert.equal(readCsvDate('1/2/1980', 'DD/MM/YYYY'), '1980-02-01');
  assert.equal(readCsvDate('1980-02-01 00:00:00', 'YYYY-MM-DD'), '1980-02-01');
});

test('cells are those that a well-known CSV reader finds, each where it stands', () => {
  const cell = fc.oneof(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' x', 'é') }), fc.constant('z'));
  const quoted = cell.map((one) =>
    /[",\r\n]/.test(one) || one.startsWith(' ') ? `"${one.replaceAll('"', '""')}"` : one,
  );
  const row = fc.array(quoted, { minLength: 2, maxLength: 4 }).map((cells) => cells.join(','));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
      const text = rows.map((one) => one + end).join('');
      const found = [...readRows(text, ',')];
      assert.deepEqual(
        found.map((one) => one.cells.map((each) => each.text)),
        parse(text, { relax_column_count: true }),
      );
      for (const { cells } of found)
        for (const { text: value, start, end: stop } of cells)
          assert.equal(
            text
              .slice(start, stop)
              .replace(/^"([\s\S]*)"$/, '$1')
              .replaceAll('""', '"'),
            value,
          );
    }),
  );
});
