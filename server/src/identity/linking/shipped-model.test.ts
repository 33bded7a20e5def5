// The model that is shipped: its file is what the program would write, and it tells the obvious cases apart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { readModel, writeModel } from './read-model.ts';
import { recordWith } from './record.testkit.ts';
import { ready, score, scorerOf } from './score.ts';
import type { LinkageRecord } from './types.ts';

const text = readFileSync(new URL('../../../../policies/identity/uk-default.v1.json', import.meta.url), 'utf8');
const model = readModel(text);
const scorer = scorerOf(model);
const { link, review } = model.decision;
const of = (left: Partial<LinkageRecord>, right: Partial<LinkageRecord>) =>
  score(ready(recordWith(left), scorer), ready(recordWith(right), scorer), scorer);

const MARGARET = {
  given: ['Margaret', 'Mary'],
  family: "O'Brien",
  birthDate: '1950-07-21',
  sex: 'female',
  postcode: 'XA12 3CD',
  street: ['12 Mill Road'],
};

suite('the shipped model', () => {
  test('has the bytes that the program writes', () => assert.equal(writeModel(model), text));

  test('links one person who moved and goes by a nickname, given a number or an address', () => {
    const number = { nhsNumbers: [{ value: '9990000018', verified: false }] };
    const moved = { given: ['Peggy'], family: 'OBRIEN', birthDate: '1950-07-21', postcode: 'XB1 1AA' };
    assert.ok(of({ ...MARGARET, ...number }, { ...moved, ...number }) >= link);
    assert.ok(of(MARGARET, { ...MARGARET, given: ['Peggy'], birthDate: '1950-07-12' }) >= review);
  });

  test('does not link a father and a son of one name in one house, nor two of a common name', () => {
    const father = {
      given: ['David'],
      family: 'Smith',
      birthDate: '1950-07-21',
      postcode: 'XA12 3CD',
      street: ['12 Mill Road'],
    };
    assert.ok(of(father, { ...father, birthDate: '1981-02-03' }) < link);
    assert.ok(of({ given: ['David'], family: 'Smith' }, { given: ['David'], family: 'Smith' }) < review);
  });

  test('names no value that few bear', () => {
    for (const table of Object.values(model.frequencies)) {
      const least = Math.max(...Object.values(table.values));
      assert.ok(least <= 1000 * Math.log2(model.trainedOn.records / 5) + 1);
    }
  });
});
