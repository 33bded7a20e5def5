// The table of units: what is coded, what stays text, and that no spelling has two meanings.
import assert from 'node:assert/strict';
import test from 'node:test';
import { said, samplePart, sampleReading } from './sample.ts';
import table from './units.json' with { type: 'json' };
import { readUnit, ucumCode } from './units.ts';

test('the spellings of UK laboratories reach their UCUM code', () => {
  const expected: { readonly [unit: string]: string } = {
    'g/l': 'g/L',
    '10^9/L': '10*9/L',
    'x10E9/L': '10*9/L',
    '\u00b5mol/l': 'umol/L',
    '\u03bcmol/l': 'umol/L',
    mmHg: 'mm[Hg]',
    'mmol/l': 'mmol/L',
    '°C': 'Cel',
  };
  for (const [unit, code] of Object.entries(expected)) assert.equal(ucumCode(unit), code, unit);
});

test('no spelling stands for two units, and every code stands for itself', () => {
  const seen = new Set<string>();
  for (const [code, aliases] of Object.entries(table.units)) {
    assert.ok(aliases.includes(code), code);
    for (const alias of aliases) {
      assert.ok(!seen.has(alias), alias);
      seen.add(alias);
    }
  }
});

test('a unit that is not listed stays text without a code, and is reported', () => {
  const reading = sampleReading();
  for (const unit of ['furlongs', 'G/L', 'MMOL/l', 'C']) {
    assert.deepEqual(said(readUnit(reading, samplePart(unit))).json, { unit });
  }
  assert.deepEqual(new Set(reading.issues.map((issue) => issue.reason)), new Set(['unit-unknown']));
});

test('a unit that the sender calls UCUM keeps the code the sender gave', () => {
  assert.deepEqual(said(readUnit(sampleReading(), samplePart('{copies}/mL^copies per mL^UCUM'))), {
    json: { unit: 'copies per mL', system: 'http://unitsofmeasure.org', code: '{copies}/mL' },
    from: ['ZZZ-1.2 unit', 'ZZZ-1.3 system', 'ZZZ-1.1 code'],
  });
});

test('a unit whose caret was not escaped is put together again', () => {
  assert.deepEqual(said(readUnit(sampleReading(), samplePart('10^9/L'))), {
    json: { unit: '10^9/L', system: 'http://unitsofmeasure.org', code: '10*9/L' },
    from: ['ZZZ-1.1 unit', 'ZZZ-1.2 unit'],
  });
});
