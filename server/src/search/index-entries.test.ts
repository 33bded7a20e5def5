// What is indexed: every type compiles, nothing odd breaks it, and units mean what UCUM says.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseFaithful } from '../base/json.ts';
import { RESOURCE_TYPES } from '../fhir/index.ts';
import { rangeOfDate } from './date-range.ts';
import { fold } from './fold.ts';
import { indexEntries } from './index-entries.ts';
import { parametersOf } from './parameters.ts';
import { UCUM, UNITS } from './units.ts';

test('every type has an extractor, and every parameter a number of its own', () => {
  const ids = new Set<number>();
  for (const type of RESOURCE_TYPES) {
    assert.deepEqual(indexEntries(type, { resourceType: type }).dates, [], type);
    for (const { id, components } of Object.values(parametersOf(type))) {
      for (const one of [id, ...(components ?? []).map((component) => component.id)]) {
        assert.ok(!ids.has(one) && one > 0 && one < 2 ** 15, `${type} ${one}`);
        ids.add(one);
      }
    }
  }
  assert.ok(ids.size > 2_000, `${ids.size}`);
});

test('content of any shape is indexed without failing', () => {
  const names = [
    'name',
    'code',
    'coding',
    'value',
    'subject',
    'identifier',
    'period',
    'component',
    'meta',
    'tag',
    'extension',
    'telecom',
    'valueQuantity',
    'reference',
    'system',
  ];
  const tree = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('x', '', 'Patient/1', '2026-13', '2026'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(
      fc.constantFrom('Patient', 'Observation', 'Group', 'List', 'ValueSet'),
      fc.dictionary(fc.constantFrom(...names), tree),
      (type, content) => {
        indexEntries(type, parseJson({ resourceType: type, id: '1', ...content }));
      },
    ),
  );
});

function parseJson(value: object) {
  const parsed = parseFaithful(JSON.stringify(value));
  assert.ok(typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed));
  return parsed as { readonly [name: string]: typeof parsed };
}

test('numbers are indexed however their digits were written', () => {
  const body = (value: string) =>
    parseJson(JSON.parse('{"a":1}')) &&
    parseFaithful(`{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":${value}}]}`);
  for (const text of ['0.50', '5e-1', '0.5']) {
    const resource = body(text);
    assert.ok(typeof resource === 'object' && resource !== null && !Array.isArray(resource));
    assert.deepEqual(
      indexEntries('RiskAssessment', resource as { readonly [name: string]: typeof resource }).numbers.map(
        (one) => one.low,
      ),
      [0.5],
      text,
    );
  }
});

test('units that mean the same have one canonical form', () => {
  const canonical = (code: string) => UNITS.canonical(UCUM, code);
  for (const [value, unit, other, same] of [
    [1_000, 'mg', 'g', 1],
    [5.4, 'mmol/L', 'umol/L', 5_400],
    [37, 'Cel', '[degF]', 98.6],
    [120, 'mm[Hg]', 'kPa', 15.998_64],
    [60, '/min', 'Hz', 1],
    [180, '[lb_av]', 'kg', 81.646_626_6],
    [1, 'L/h', 'mL/min/{1.73_m2}', 1_000 / 60],
    [7, '10*9/L', '10*3/uL', 7],
    [1, 'ug/(kg.min)', 'mg/kg/h', 0.06],
  ] as const) {
    const [a, b] = [canonical(unit), canonical(other)];
    assert.equal(a?.unit, b?.unit, unit);
    assert.equal(a?.convert(value), b?.convert(same), unit);
  }
  assert.notEqual(canonical('mmol/L')?.unit, canonical('10*9/L')?.unit);
  for (const unknown of ['widgets', '(mg', 'Cel/min', 'x'.repeat(200), '{'])
    assert.equal(canonical(unknown), undefined, unknown);
  assert.equal(UNITS.canonical('http://example.org', 'mg'), undefined);
});

test('a date covers what it leaves open, and dates that do not exist are none', () => {
  const width = (text: string) => {
    const range = rangeOfDate(text);
    return range === undefined ? undefined : range.to - range.from;
  };
  const day = 86_400_000;
  assert.deepEqual(
    [
      '2024',
      '2024-02',
      '2024-02-29',
      '2024-02-29T10Z',
      '2024-02-29T10:00Z',
      '2024-02-29T10:00:00Z',
      '2024-02-29T10:00:00.1Z',
      '2024-02-29T10:00:00.123456Z',
    ].map(width),
    [366 * day, 29 * day, day, 3_600_000, 60_000, 1_000, 100, 1],
  );
  assert.equal(rangeOfDate('0050-01-01')?.from, Date.parse('0050-01-01T00:00:00Z'));
  for (const none of ['2023-02-29', '2024-13', '2024-00', '24', '2024-1-1', '2024-02-29T25:00Z', 'x'])
    assert.equal(rangeOfDate(none), undefined, none);
});

test('texts are folded once for all', () => {
  assert.deepEqual(['  Zoë\t O’Brien-Smith, ', 'ÅSA', 'straße', 'ﬁ', '***', 'St. Mary'].map(fold), [
    'zoe obrien smith',
    'asa',
    'straße',
    'fi',
    '***',
    'st mary',
  ]);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
});
