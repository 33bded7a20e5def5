// FHIR values in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../api/types.ts';
import { elementLabel, nhsNumber, systemLabel } from './labels.ts';
import { entries, get, nextPage } from './read.ts';
import { sayValue } from './say.ts';

type Row = readonly [what: string, value: Json, element: string | undefined, said: readonly string[]];
const ROWS: readonly Row[] = [
  ['a name', { family: 'Okonkwo', given: ['Amara', 'Jane'], prefix: ['Ms'] }, 'name', ['OKONKWO, Amara Jane (Ms)']],
  ['a former name', { use: 'old', family: 'Ode' }, 'name', ['ODE – old name']],
  ['a name as text', { text: 'Baby Smith' }, 'name', ['Baby Smith']],
  ['an address', { line: ['1 High St'], city: 'York', postalCode: 'YO1 1AA' }, 'address', ['1 High St, York, YO1 1AA']],
  ['a mobile', { system: 'phone', use: 'mobile', value: '07700900123' }, 'telecom', ['Mobile 07700900123']],
  ['an e-mail', { system: 'email', value: 'a@example.org' }, 'telecom', ['E-mail a@example.org']],
  [
    'a verified NHS number',
    {
      system: 'https://fhir.nhs.uk/Id/nhs-number',
      value: '9990000018',
      extension: [
        {
          url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
          valueCodeableConcept: { coding: [{ code: '01' }] },
        },
      ],
    },
    'identifier',
    ['NHS number 999 000 0018 – verified'],
  ],
  ['a hospital number', { system: 'https://fhir.rxx.example/Id/mrn', value: 'R1' }, 'identifier', ['mrn R1']],
  ['a birth date', '1961-03-12', 'birthDate', ['12 March 1961']],
  ['a year of birth', '1961', 'birthDate', ['1961']],
  ['sex', 'female', 'gender', ['Female']],
  ['a death as a fact', true, 'deceased[x]', ['Died']],
  ['a death as a date', '2026-03-01', 'deceased[x]', ['Died 1 March 2026']],
  ['being alive', false, 'deceased[x]', ['Alive']],
  [
    'a practice',
    { reference: 'Organization/x', display: 'Riverside Surgery' },
    'generalPractitioner',
    ['Riverside Surgery'],
  ],
  ['a code', { coding: [{ code: '1', display: 'One' }] }, undefined, ['One']],
  ['a code with text', { text: 'Uno', coding: [{ code: '1', display: 'One' }] }, undefined, ['Uno']],
  ['a quantity', { value: '5.10', unit: 'mmol/L', system: 'http://unitsofmeasure.org' }, undefined, ['5.10 mmol/L']],
  ['a quantity below a limit', { comparator: '<', value: 5, unit: 'mg/L' }, undefined, ['<5 mg/L']],
  [
    'an allergy',
    { resourceType: 'AllergyIntolerance', code: { text: 'Penicillin' } },
    'AllergyIntolerance',
    ['Penicillin'],
  ],
  [
    'an abbreviated allergy',
    { resourceType: 'AllergyIntolerance', code: { text: 'NKDA', coding: [{ display: 'No known drug allergy' }] } },
    'AllergyIntolerance',
    ['NKDA (No known drug allergy)'],
  ],
  ['a period', { start: '2026-03-01', end: '2026-03-02' }, undefined, ['1 March 2026 to 2 March 2026']],
  ['a list', ['a', 'b'], undefined, ['a', 'b']],
  ['a list that repeats itself', ['a', 'b', 'a'], undefined, ['a', 'b']],
  [
    'a number that only one source verified',
    [
      { system: 'urn:x:mrn', value: '7' },
      { use: 'official', system: 'urn:x:mrn', value: '7' },
    ],
    'identifier',
    ['mrn 7'],
  ],
  ['an extension', { url: 'u', valueCodeableConcept: { text: 'Verified' } }, 'extension', ['Verified']],
  [
    'an extension of extensions',
    { url: 'u', extension: [{ url: 'v', valueDate: '2026-03-01' }] },
    undefined,
    ['1 March 2026'],
  ],
  ['nothing', null, undefined, []],
  ['something unforeseen', { odd: 1 }, undefined, ['{"odd":1}']],
];

for (const [what, value, element, said] of ROWS) {
  test(`${what} is said in words`, () => assert.deepEqual(sayValue(value, element), said));
}

test('elements and identifier systems have names people use', () => {
  assert.equal(elementLabel('deceased[x]'), 'Death');
  assert.equal(elementLabel('Patient.generalPractitioner'), 'GP');
  assert.equal(elementLabel('multipleBirthInteger'), 'Multiple birth integer');
  assert.equal(systemLabel('https://fhir.nhs.uk/Id/nhs-number'), 'NHS number');
  assert.equal(nhsNumber('12345'), '12345');
});

test('resources of a search are read, and an outcome among them is not taken for one', () => {
  const bundle = {
    entry: [
      { resource: { resourceType: 'Patient', id: 'a' } },
      { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } },
    ],
  };
  assert.deepEqual(entries(bundle), [{ resourceType: 'Patient', id: 'a' }]);
  assert.deepEqual(entries(undefined), []);
  assert.equal(get(bundle, 'entry', 7, 'resource'), undefined);
});

test('the next page is asked of our own origin, whatever host the link names', () => {
  const bundle = { link: [{ relation: 'next', url: 'http://elsewhere:1/fhir/R4/Patient?_count=2&page=x' }] };
  assert.equal(nextPage(bundle), '/fhir/R4/Patient?_count=2&page=x');
  assert.equal(nextPage({ link: [{ relation: 'next', url: 'http://elsewhere/evil' }] }), undefined);
});
