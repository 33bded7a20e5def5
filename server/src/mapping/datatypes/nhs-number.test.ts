// The golden vectors of the NHS number, and the two properties its check digit is there for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { checkDigit, nhsNumber, verificationStatus, verificationStatusExtension } from './nhs-number.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../../vectors/mapping/nhs-number.json', import.meta.url), 'utf8'),
) as { text: string; why: string }[];

for (const { text, why, ...expected } of vectors) {
  test(`the NHS number '${text}' is read as its vector says: ${why}`, () => {
    assert.deepEqual(nhsNumber(text), expected);
  });
}

const testNumber = fc
  .integer({ min: 0, max: 999_999 })
  .map((n) => `999${String(n).padStart(6, '0')}`)
  .filter((stem) => checkDigit(stem) !== undefined)
  .map((stem) => stem + checkDigit(stem));

test('every number of the test range with its own check digit is accepted', () => {
  fc.assert(
    fc.property(testNumber, (number) => {
      fc.pre(number !== '9999999999');
      assert.equal(nhsNumber(number).ok, true);
    }),
  );
});

test('one wrong digit is always found', () => {
  fc.assert(
    fc.property(testNumber, fc.nat(9), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
      const wrong = [...number].map((d, i) => (i === at ? String((Number(d) + by) % 10) : d)).join('');
      assert.equal(nhsNumber(wrong).ok, false);
    }),
  );
});

test('two neighbouring digits swapped are always found', () => {
  fc.assert(
    fc.property(testNumber, fc.nat(8), (number, at) => {
      const digits = [...number];
      const [a = '', b = ''] = digits.slice(at, at + 2);
      fc.pre(a !== b);
      digits.splice(at, 2, b, a);
      assert.equal(nhsNumber(digits.join('')).ok, false);
    }),
  );
});

test('a verification status is known by its value, with and without the NSTS prefix', () => {
  assert.equal(verificationStatus('NSTS01'), '01');
  assert.equal(verificationStatus('08'), '08');
  for (const other of ['', '00', '09', 'NSTS09', 'PDS1', 'AL', '1']) assert.equal(verificationStatus(other), undefined);
});

test('a verification status becomes the UK Core extension with the current code system', () => {
  assert.deepEqual(verificationStatusExtension('01'), {
    url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
    valueCodeableConcept: {
      coding: [
        {
          system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
          code: '01',
          display: 'Number present and verified',
        },
      ],
    },
  });
});
