// What identity reads from a view, and what it refuses to read.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { identityOf } from './identity-of.ts';
import { linkingKeys, lookupKeys } from './lookup-keys.ts';
import { nhsNumber } from './nhs-number.ts';
import { viewOf } from './simulated-store.ts';

const NUMBERS = new URL('../../../vectors/identity/nhs-numbers.json', import.meta.url);
const STATUS = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland';

function read(patient: JsonObject, source = 'pas') {
  return identityOf(viewOf(patient), { id: 'pas/1' as SubjectId, source: source as SourceKey, firstSeen: 7 });
}

function traced(...statuses: readonly (readonly [system: string, code: string])[]): JsonObject {
  const extension = statuses.map(([system, code]) => ({
    url: STATUS,
    valueCodeableConcept: { coding: [{ system, code }] },
  }));
  return { identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018', extension }] };
}

describe('NHS numbers', () => {
  const vectors = JSON.parse(readFileSync(NUMBERS, 'utf8')) as { text: string; number?: string; why: string }[];
  for (const { text, number, why } of vectors) {
    test(`${number === undefined ? 'refused' : 'accepted'}: "${text}", ${why}`, () => {
      assert.equal(nhsNumber(text), number);
    });
  }
  test('no single wrong digit and no adjacent transposition goes undetected', () => {
    fc.assert(
      fc.property(fc.integer({ min: 999000000, max: 999999999 }), fc.nat(9), fc.nat(9), (stem, at, digit) => {
        const valid = [...'0123456789'].map((check) => `${stem}${check}`).find((text) => nhsNumber(text) !== undefined);
        if (valid === undefined) return;
        const wrong = valid.slice(0, at) + digit + valid.slice(at + 1);
        const swapped = valid.slice(0, at) + (valid[at + 1] ?? '') + valid[at] + valid.slice(at + 2);
        for (const other of [wrong, swapped]) if (other !== valid) assert.equal(nhsNumber(other), undefined, other);
      }),
    );
  });
});

describe('the identity of a subject', () => {
  test('is verified by status 01 of the current and of the retired code system only', () => {
    const retired = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus';
    const verified = (patient: JsonObject) => read(patient).identifiers[0]?.verified;
    assert.equal(verified(traced([ENGLAND, '01'])), true);
    assert.equal(verified(traced([retired, '01'])), true);
    assert.equal(verified(traced([ENGLAND, '02'])), false);
    assert.equal(verified(traced(['https://example.org/other', '01'])), false);
    assert.equal(verified(traced()), false);
    assert.equal(verified(traced([ENGLAND, '01'], [ENGLAND, '05'])), false);
  });

  test('takes the OID of the NHS number for the NHS number', () => {
    const oid = { system: 'urn:oid:2.16.840.1.113883.2.1.4.1', value: '999 000 0018' };
    assert.deepEqual(lookupKeys(read({ identifier: [oid] })), ['https://fhir.nhs.uk/Id/nhs-number|9990000018']);
  });

  test('prefers the official name and the home address, never an old one', () => {
    const identity = read({
      name: [
        { use: 'old', family: 'Before', given: ['Ann'] },
        { use: 'usual', family: 'Usual', given: ['Annie'] },
        { use: 'official', family: 'Smith', given: ['Ann', 'Marie'] },
      ],
      address: [
        { use: 'old', postalCode: 'ZZ1 1ZZ' },
        { use: 'work', postalCode: 'ZZ2 2ZZ' },
        { use: 'home', postalCode: 'zz3 3zz' },
      ],
    });
    assert.deepEqual([identity.family, identity.given, identity.postcode], ['Smith', 'Ann', 'ZZ33ZZ']);
  });

  test('leaves out identifiers that number an account, a visit or a family', () => {
    const identifier = ['AN', 'VN', 'MB', 'MR'].map((code) => ({
      system: `https://example.org/${code}`,
      value: '77123',
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] },
    }));
    assert.deepEqual(
      read({ identifier }).identifiers.map((one) => one.system),
      ['https://example.org/MR'],
    );
  });

  test('keeps a partial birth date and drops one that is not a date', () => {
    assert.equal(read({ birthDate: '1980' }).birthDate, '1980');
    assert.equal(read({ birthDate: '29/02/1980' }).birthDate, undefined);
  });

  test('survives any shape of view', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('identifier', 'name', 'birthDate', 'address', 'extension'), fc.jsonValue()),
        (said) => {
          const identity = read(JSON.parse(JSON.stringify(said)) as JsonObject);
          assert.equal(identity.id, 'pas/1');
          lookupKeys(identity);
        },
      ),
    );
  });
});

describe('lookup keys', () => {
  const patient = { name: [{ family: 'Ó Briain', given: ['Zoë'] }], birthDate: '1980-02-29', gender: 'female' };
  test('hold the folded demographics when these are complete', () => {
    assert.deepEqual(lookupKeys(read(patient)), ['urn:vouch:demographics|obriain|zoe|1980-02-29|female']);
    assert.deepEqual(lookupKeys(read({ ...patient, birthDate: '1980' })), []);
  });
  test('that link leave demographics out, and bind a local system to its source', () => {
    const identifier = [{ system: 'urn:vouch:source:legacy', value: '12' }];
    assert.deepEqual(linkingKeys(read({ ...patient, identifier }, 'legacy')), ['legacy|urn:vouch:source:legacy|12']);
  });
});
