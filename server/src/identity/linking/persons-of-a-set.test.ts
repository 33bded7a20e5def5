// What keeps the records of a set apart or brings them together beyond the score of a pair: names that most of a person's records bear,
// records that say little, and how much a shared home says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { DECISION } from './decision.ts';
import { blocksFor, cluster, scoreAll } from './link-all.ts';
import { readModel } from './read-model.ts';
import { recordWith } from './record.testkit.ts';
import { ready, type Scorer, scorerOf, vetoesOf } from './score.ts';
import { train } from './train.ts';
import type { LinkageRecord } from './types.ts';

const shipped = scorerOf(
  readModel(readFileSync(new URL('../../../../policies/identity/uk-default.v1.json', import.meta.url), 'utf8')),
);
const HOME = { postcode: 'XA12 3CD', house: '12', street: ['Mill Road'], town: 'Borchester' };
const number = (value: string) => ({ nhsNumbers: [{ value, verified: false }] });
const born = (given: string, said: Partial<LinkageRecord> = {}) =>
  recordWith({ given: [given], family: 'Featherstonehaugh', birthDate: '1961-07-19', ...HOME, ...said });

function personsOf(records: readonly LinkageRecord[], scorer: Scorer): readonly number[] {
  const all = records.map((record) => ready(record, scorer));
  const { edges } = scoreAll(blocksFor(all), all, { scorer, wanted: () => true });
  return [...cluster(all, edges, { scorer }).personOf];
}

suite('a person one of whose records bears another name', () => {
  const [own, other] = [number('9990000018'), number('9990001867')];

  test('takes a record by the name that most bear', () => {
    const all = [born('Imran', own), born('Imran', own), born('Joyce', own), born('Imran')];
    assert.deepEqual(personsOf(all, shipped), [0, 0, 0, 0]);
  });

  test('does not take a twin by the name that one of them bears', () => {
    const all = [born('Imran', own), born('Imran', own), born('Joyce', own), born('Joyce', other)];
    assert.deepEqual(personsOf(all, shipped), [0, 0, 0, 3]);
  });
});

test('a slip for a common name is no twin, however often it is made', () => {
  const known = (surprise: number) => ({ average: 7_000, rare: 14_000, values: { emily: 4_000, emiyl: surprise } });
  const vetoesAt = (surprise: number) => {
    const scorer = scorerOf({ ...shipped.model, frequencies: { given: known(surprise) } });
    return vetoesOf(ready(born('Emily'), scorer), ready(born('Emiyl'), scorer));
  };
  assert.deepEqual(vetoesAt(9_500), []);
  assert.deepEqual(vetoesAt(5_000), ['twins']);
});

test('a record that says little carries no stranger into a person whose other records contradict', () => {
  const full = [
    born('Imran', number('9990000018')),
    born('Imran', number('9990000018')),
    born('Imran', number('9990000018')),
  ];
  const little = recordWith({ given: ['Imran'], ...HOME, phones: ['07700 900123'], ...number('9990000018') });
  const stranger = recordWith({
    given: ['Imran'],
    ...HOME,
    phones: ['07700 900123'],
    birthDate: '1988-02-03',
    family: 'Quill',
  });
  const lenient = scorerOf({ ...shipped.model, decision: { ...shipped.model.decision, link: 3_000, review: 0 } });
  const all = [...full, little, stranger].map((record) => ready(record, lenient));
  const edges = [
    { left: 0, right: 1, score: 30_000 },
    { left: 0, right: 2, score: 30_000 },
    { left: 0, right: 3, score: 20_000 },
    { left: 3, right: 4, score: 9_000 },
  ];
  const found = cluster(all, edges, { scorer: lenient });
  assert.deepEqual([...found.personOf], [0, 0, 0, 0, 4]);
  assert.deepEqual([...found.refused.values()], ['bridge']);
});

suite('what a home says', () => {
  const GIVEN = 'Amelia Betty Noah Imran Joyce Siobhan Lukasz Fatima George Hannah Arthur Poppy Rhys Aoife Owen'.split(
    ' ',
  );
  const FAMILIES = 'Watson Khan Smith Doherty Kowalski Patel Morgan Bright Ashby Norfield'.split(' ');
  const person = (at: number, home: number) =>
    recordWith({
      given: [GIVEN[at % GIVEN.length] ?? ''],
      family: FAMILIES[Math.floor(at / 3) % FAMILIES.length],
      birthDate: `${1930 + ((at * 7) % 80)}-0${1 + (at % 9)}-1${at % 10}`,
      postcode: `XA${1 + (home % 30)} ${home % 10}AB`,
      house: String(1 + (home % 90)),
      street: [
        `${FAMILIES[home % FAMILIES.length]} ${GIVEN[home % GIVEN.length]} Road ${String.fromCharCode(97 + (home % 26))}`,
      ],
      ...number(`99900${String(10_000 + at)}`),
    });
  const most = (homeOf: (at: number) => number) => {
    const people = Array.from({ length: 1200 }, (_, at) => person(at, homeOf(at)));
    return train([...people, ...people], { model: 'homes', version: 1 }).decision.householdMost;
  };

  test('is more where the records show nobody who shares one', () => {
    assert.ok(most((at) => at) > DECISION.householdMost + 1_000);
  });

  test('is no more than the program says where families live together', () => {
    assert.equal(
      most((at) => Math.floor(at / 3)),
      DECISION.householdMost,
    );
  });
});
