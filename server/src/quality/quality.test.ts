// Data quality: what is counted, what is found, and that counting on comes to the same as counting anew.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { SourceKey } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { nhsNumber } from '../identity/index.ts';
import { addStatement, agree, type Counted, type Counting, countersOf, find, trustAfter } from './index.ts';

const NHS_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
const NHS = {
  isValid: (text: string) => nhsNumber(text) !== undefined,
  isSystem: (system: string) => system === NHS_SYSTEM,
};
const SECRET = 'Quillfeather';
const pas = 'pas' as SourceKey;

function said(resource: JsonObject, window = '2026-03'): Counted {
  return { source: pas, type: String(resource['resourceType']), window, resource };
}

function count(all: readonly Counted[], counting: Counting = new Map()): Counting {
  for (const one of all) addStatement(counting, one, NHS);
  return counting;
}

const found = (all: readonly Counted[]) => find(countersOf(count(all)), []);
const checksOf = (all: readonly Counted[]) => found(all).map((one) => `${one.check} ${one.element}`);

const patient = (more: JsonObject = {}): JsonObject => ({
  resourceType: 'Patient',
  name: [{ family: SECRET }],
  birthDate: '1960-06-07',
  gender: 'female',
  identifier: [],
  address: [{ city: SECRET }],
  ...more,
});
const numbered = (value: string): Counted => said(patient({ identifier: [{ system: NHS_SYSTEM, value }] }));
const potassium = (value: number, unit: string, window: string): Counted =>
  said({ resourceType: 'Observation', code: { coding: [{ code: '2823-3' }] }, valueQuantity: { value, unit } }, window);
const many = (of: number, make: (n: number) => Counted): readonly Counted[] =>
  Array.from({ length: of }, (_, n) => make(n));

suite('data quality', () => {
  test('NHS numbers of which one in eleven passes are told to be another column', () => {
    const column = many(550, (n) => numbered(String(9_000_000_000 + n * 7)));
    const [finding] = found(column);
    assert.equal(finding?.check, 'nhs-number-column');
    assert.match(finding?.sentence ?? '', /another column/);
    assert.deepEqual(checksOf(many(40, () => numbered('9990000018'))), []);
    assert.deepEqual(checksOf([...many(40, () => numbered('9990000018')), ...many(10, () => numbered('9990000019'))]), [
      'nhs-number-valid identifier',
    ]);
  });

  test('few of anything are not judged', () => {
    assert.deepEqual(checksOf(many(29, () => numbered('1234567890'))), []);
  });

  test('an element that is hardly given, and one that stopped coming, are found', () => {
    const { birthDate: _without, ...bare } = patient();
    assert.deepEqual(checksOf(many(40, () => said(bare))), ['completeness birthDate']);
    const stopped = [...many(40, () => said(patient(), '2026-02')), ...many(40, () => said(bare, '2026-03'))];
    assert.ok(checksOf(stopped).includes('completeness-drop birthDate'));
  });

  test('a date of birth that is often 1 January is notable', () => {
    assert.deepEqual(checksOf(many(40, (n) => said(patient({ birthDate: n < 4 ? '1960-01-01' : '1960-06-07' })))), [
      'birth-date-default birthDate',
    ]);
  });

  test('a unit that nobody sent before, and values that moved, are found', () => {
    const before = many(60, (n) => potassium(4 + (n % 2) / 2, 'mmol/L', '2026-02'));
    assert.deepEqual(checksOf([...before, ...many(60, () => potassium(4, 'mg/dL', '2026-03'))]), [
      'unit-drift unit 2823-3',
    ]);
    assert.deepEqual(checksOf([...before, ...many(60, () => potassium(40, 'mmol/L', '2026-03'))]), [
      'value-drift size 2823-3 mmol/L',
    ]);
    assert.deepEqual(checksOf([...before, ...many(60, () => potassium(4, 'mmol/L', '2026-03'))]), []);
  });

  test('sources that often disagree are named with how often', () => {
    const voices = (n: number) => [
      { source: pas, elements: { birthDate: '1960-06-07' } },
      { source: 'gp' as SourceKey, elements: { birthDate: n < 10 ? '1960-06-07' : '1960-06-08', gender: 'female' } },
    ];
    const agreements = agree(
      Array.from({ length: 40 }, (_, n) => voices(n)),
      (_element, a, b) => a === b,
    );
    assert.deepEqual(agreements, [{ source: 'gp', other: 'pas', element: 'birthDate', same: 10, compared: 40 }]);
    assert.match(find([], agreements)[0]?.sentence ?? '', /10 of 40 people/);
  });

  test('a failing check lowers trust once, by what the policy says, and never below nothing', () => {
    const rules = { lowers: { 'unit-drift': 30, 'nhs-number-column': 80 }, opensCases: false };
    assert.equal(trustAfter(60, ['unit-drift', 'unit-drift'], rules), 30);
    assert.equal(trustAfter(60, ['unit-drift', 'nhs-number-column'], rules), 0);
    assert.equal(trustAfter(60, ['value-drift'], rules), 60);
  });

  test('findings carry counts and codes, never what was said of a patient', () => {
    const told = JSON.stringify([
      countersOf(count([...many(40, () => numbered(SECRET)), said(patient({ gender: `${SECRET} ${SECRET}` }))])),
      found([
        ...many(40, () => potassium(1, `${SECRET} per ${SECRET}`, '2026-02')),
        ...many(40, () => potassium(1, 'mmol/L', '2026-03')),
      ]),
    ]);
    assert.ok(!told.includes(SECRET));
  });

  test('counting on, in any order, comes to the same as counting anew', () => {
    const one = fc.oneof(
      fc.tuple(fc.constantFrom('9990000018', '1234567890'), fc.nat(2)).map(([value, month]) => ({
        ...numbered(value),
        window: `2026-0${month + 1}`,
      })),
      fc
        .tuple(fc.nat(50), fc.constantFrom('mmol/L', 'mg/dL'), fc.nat(2))
        .map(([value, unit, month]) => potassium(value, unit, `2026-0${month + 1}`)),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.nat(60), (all, cut) => {
        const on = count(all.slice(cut), count(all.slice(0, cut)));
        assert.deepEqual(countersOf(on), countersOf(count(all)));
        assert.deepEqual(countersOf(count([...all].reverse())), countersOf(count(all)));
      }),
    );
  });
});
