// A source's own Patient as a linkage record, and what its score says field by field.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { SourceKey, SubjectId } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { linkageRecordOf, ready, scorerOf, train, waterfall } from '../index.ts';
import { NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import type { SubjectIdentity } from '../types.ts';
import { recordWith } from './record.testkit.ts';

const IDENTITY: SubjectIdentity = {
  id: 'a' as SubjectId,
  source: 'rxx-pas' as SourceKey,
  firstSeen: 1,
  identifiers: [
    { system: NHS_NUMBER_SYSTEM, value: '9990000018', verified: true },
    { system: 'https://rxx.example/Id/number', value: 'H1', verified: true },
    { system: 'urn:vouch:source:mrn', value: '7', verified: true },
  ],
  birthDate: '1980-04-09',
  family: 'Watson',
  given: 'Noah',
  gender: 'male',
  postcode: 'XA123CD',
  pseudo: false,
};
const PATIENT: JsonObject = {
  name: [
    { use: 'maiden', family: 'Before' },
    { use: 'official', family: 'Watson', given: ['Noah', 'James'] },
  ],
  address: [
    { use: 'old', line: ['1 Elsewhere'] },
    { use: 'home', line: ['12 Mill Road'], city: 'Borchester', postalCode: 'XA12 3CD' },
  ],
  telecom: [
    { system: 'phone', value: '07700 900123' },
    { system: 'email', value: 'noah@mail.example' },
    { system: 'phone', value: '01632 960001', use: 'old' },
  ],
};

suite('a Patient', () => {
  const record = linkageRecordOf((element) => PATIENT[element], IDENTITY);

  test('gives what is current, and only identifiers that mean one person beyond their source', () => {
    assert.deepEqual(
      record,
      recordWith({
        given: ['Noah', 'James'],
        family: 'Watson',
        birthDate: '1980-04-09',
        sex: 'male',
        postcode: 'XA123CD',
        street: ['12 Mill Road'],
        town: 'Borchester',
        phones: ['07700 900123'],
        emails: ['noah@mail.example'],
        nhsNumbers: [{ value: '9990000018', verified: true }],
        identifiers: ['https://rxx.example/Id/number|H1'],
      }),
    );
  });

  test('is explained by a bar for each field that both sides speak of', () => {
    const scorer = scorerOf(train([record, recordWith({ family: 'Khan' })], { model: 'two', version: 1 }));
    const other = recordWith({ given: ['Noah'], family: 'Watson', birthDate: '1980-09-04' });
    const { bars, vetoes } = waterfall(ready(record, scorer), ready(other, scorer), scorer);
    assert.deepEqual(
      bars.map(({ field, level }) => [field, level]),
      [
        ['prior', 'before any comparison'],
        ['given', 'same'],
        ['family', 'same'],
        ['birthDate', 'one-digit'],
      ],
    );
    assert.deepEqual(vetoes, []);
  });
});
