// When two values are the same, and the order in which one says more than another.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decimal, type Json } from '../base/json.ts';
import { EQUIVALENCES, equivalenceOf } from './equivalence.ts';

function relation(name: string, a: Json, b: Json): 'same' | 'refines' | 'different' {
  const { canonical, refines } = equivalenceOf(name);
  const [x, y] = [canonical(a), canonical(b)];
  return x === y ? 'same' : refines(x, y) ? 'refines' : 'different';
}

const table: readonly (readonly [string, Json, Json, string])[] = [
  ['date-precision', '1980-05-01', '1980-05', 'refines'],
  ['date-precision', '1980', '1980-05', 'different'],
  ['date-precision', '1980-05-01', '198', 'different'],
  ['date-precision', '2026-07-01T00:30:00+01:00', '2026-06-30T23:30:00Z', 'different'],
  ['date-precision', '2026-07-01T10:30:00+01:00', '2026-07-01T09:30:00Z', 'same'],
  ['deceased', '2026-01-15', true, 'refines'],
  ['deceased', '2026-01-15', false, 'different'],
  ['deceased', true, false, 'different'],
  ['administrative-gender', 'male', 'unknown', 'refines'],
  ['administrative-gender', 'other', 'male', 'different'],
  ['name', { family: "O'BRIEN", given: ['Zoë'] }, { family: 'O’Brien', given: ['zoe'] }, 'same'],
  ['name', { family: 'Smith', given: ['Jo', 'Ann'] }, { family: 'Smith', given: ['Jo'] }, 'refines'],
  ['name', { family: 'Smith', given: ['Joann'] }, { family: 'Smith', given: ['Jo'] }, 'different'],
  ['name', { family: 'Smith', given: ['Jo'] }, { family: 'Smith' }, 'refines'],
  ['name', { text: 'Jo Smith' }, { text: 'JO  SMITH' }, 'same'],
  ['telecom', { system: 'email', value: 'A@B.example' }, { system: 'email', value: 'a@b.example' }, 'same'],
  ['telecom', { system: 'phone', value: '0044 113 496 0000' }, { system: 'phone', value: '0113-496-0000' }, 'same'],
  ['telecom', { system: 'phone', value: '+33 1 23' }, { system: 'phone', value: '0033 1 23' }, 'same'],
  ['telecom', { system: 'phone', value: '0113' }, { system: 'sms', value: '0113' }, 'different'],
  [
    'address',
    { line: ['Flat 1, 2 High St.'], postalCode: 'ls1 1aa' },
    { line: ['Flat 1', '2 High St'], postalCode: 'LS1 1AA' },
    'same',
  ],
  [
    'address',
    { line: ['1 High St'], postalCode: 'LS1 1AA' },
    { line: ['2 High St'], postalCode: 'LS1 1AA' },
    'different',
  ],
  ['identifier', { system: 'a', value: '999 000 0018' }, { system: 'a', value: '9990000018' }, 'same'],
  ['identifier', { system: 'a', value: '1' }, { system: 'b', value: '1' }, 'different'],
  [
    'reference',
    { reference: 'A/1', identifier: { system: 's', value: 'Y1' } },
    { reference: 'A/2', identifier: { system: 's', value: 'Y1' } },
    'same',
  ],
  [
    'coding',
    { coding: [{ system: 's', code: '1' }], text: 'x' },
    { coding: [{ system: 's', code: '1' }], text: 'y' },
    'same',
  ],
  [
    'coding',
    { coding: [{ system: 'http://snomed.info/sct', code: '1' }] },
    {
      coding: [
        { system: 'local', code: 'A' },
        { system: 'http://snomed.info/sct', code: '1' },
      ],
    },
    'same',
  ],
  ['coding', { coding: [{ system: 'a', code: '1' }] }, { coding: [{ system: 'b', code: '1' }] }, 'different'],
  ['quantity', { value: 0.5, unit: 'g' }, { value: 500, unit: 'mg' }, 'same'],
  ['quantity', { value: 4.1, unit: 'mmol/L' }, { value: 4100, code: 'umol/L' }, 'same'],
  ['quantity', { value: 125, unit: 'micrograms' }, { value: 125, unit: 'mg' }, 'different'],
  ['quantity', { value: 125, unit: 'mcg' }, { value: 0.125, unit: 'mg' }, 'same'],
  ['quantity', { value: 7.1, unit: '10*9/L' }, { value: 7.1, unit: 'x10E9/L' }, 'same'],
  ['quantity', { value: 5, unit: 'mmol/L' }, { value: 90, unit: 'mg/dL' }, 'different'],
  ['quantity', { value: 1, unit: 'Mg' }, { value: 1, unit: 'mg' }, 'different'],
  ['quantity', { value: 5, unit: 'mg/L', comparator: '<' }, { value: 5, unit: 'mg/L' }, 'different'],
  ['quantity', { value: 5, unit: 'unit' }, { value: 5, unit: '[iU]' }, 'different'],
  ['quantity', { coding: [{ system: 's', code: 'POS' }] }, { coding: [{ system: 's', code: 'NEG' }] }, 'different'],
  ['quantity', 'Positive', 'Negative', 'different'],
  ['quantity', true, false, 'different'],
  [
    'dosage',
    [{ doseAndRate: [{ doseQuantity: { value: 1, unit: 'g' } }], timing: { code: { text: 'twice daily' } } }],
    [
      {
        doseAndRate: [{ doseQuantity: { value: 1000, unit: 'mg' } }],
        timing: { repeat: { frequency: 1, period: 12, periodUnit: 'h' } },
      },
    ],
    'same',
  ],
  ['dosage', [{ text: 'One at night' }], [{ text: 'one  at NIGHT' }], 'same'],
  ['dosage', [{ text: 'One at night' }], [{ text: 'Two at night' }], 'different'],
  [
    'dosage',
    [{ doseAndRate: [{ doseQuantity: { value: 1, unit: 'g' } }], asNeededBoolean: true }],
    [{ doseAndRate: [{ doseQuantity: { value: 1, unit: 'g' } }] }],
    'different',
  ],
  ['case-folded', 'Leeds', 'LEEDS ', 'same'],
  ['exact', { a: 1, b: 2 }, { b: 2, a: 1 }, 'same'],
];

describe('equivalence', () => {
  for (const [name, a, b, expected] of table) {
    it(`${name}: ${JSON.stringify(a)} and ${JSON.stringify(b)} are ${expected}`, () =>
      assert.equal(relation(name, a, b), expected));
  }

  it('takes a measure for the same in any unit of its kind, and for another when a digit differs', () => {
    const prefixes = [
      ['k', 3],
      ['', 0],
      ['m', -3],
      ['u', -6],
      ['n', -9],
    ] as const;
    const unit = fc.constantFrom('g', 'L', 'mol', 'g/L');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        unit,
        fc.constantFrom(...prefixes),
        (digits, base, [prefix, power]) => {
          const there: Json = { value: decimal(`${digits}e${-power}`), unit: `${prefix}${base}` };
          assert.equal(relation('quantity', { value: digits, unit: base }, there), 'same');
          assert.equal(relation('quantity', { value: digits + 1, unit: base }, there), 'different');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refinement is a strict partial order', () => {
    const date = fc.constantFrom('1980', '1981', '1980-05', '1980-05-01', '1980-05-01T10:00:00Z', '198');
    const value = fc.oneof<fc.Arbitrary<Json>[]>(
      date,
      fc.boolean(),
      fc.constantFrom('male', 'unknown'),
      fc.record({ family: date, given: fc.array(date, { maxLength: 2 }) }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...EQUIVALENCES), fc.tuple(value, value, value), (name, [a, b, c]) => {
        const { canonical, refines } = equivalenceOf(name);
        const [x, y, z] = [canonical(a), canonical(b), canonical(c)];
        assert.ok(!refines(x, x));
        assert.ok(!(refines(x, y) && refines(y, x)));
        if (refines(x, y) && refines(y, z)) assert.ok(refines(x, z));
      }),
      { numRuns: 500 },
    );
  });
});
