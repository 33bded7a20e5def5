// Synthetic people: reproducible, plausible, and impossible to mistake for real ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  CAST_SIZE,
  generatePeople,
  isDramaNumber,
  isSyntheticNhsNumber,
  nextNhsNumber,
  seededRandom,
} from './index.ts';
import { checkDigit, withWrongCheckDigit } from './nhs-number.ts';

const today = '2026-03-02';
const people = generatePeople({ seed: 7, count: 300, today });

test('the same seed gives the same people, another seed gives others', () => {
  assert.deepEqual(generatePeople({ seed: 7, count: 300, today }), people);
  assert.notDeepEqual(generatePeople({ seed: 8, count: 300, today }), people);
});

test('a person does not depend on how many people are asked for', () => {
  assert.deepEqual(generatePeople({ seed: 7, count: 80, today }), people.slice(0, 80));
});

test('every NHS number is valid, of the 999 block, and given once', () => {
  const numbers = people.flatMap((person) => person.nhsNumber ?? []);
  assert.ok(numbers.length > 280);
  assert.ok(numbers.every(isSyntheticNhsNumber));
  assert.equal(new Set(numbers).size, numbers.length);
});

test('Modulus 11 agrees with published examples', () => {
  assert.equal(checkDigit('943476591'), 9);
  assert.equal(checkDigit('123456789'), undefined, 'a check digit of 10 is never issued');
  assert.equal(checkDigit('999000000'), undefined);
  assert.equal(checkDigit('999000001'), 8);
});

test('a spoiled check digit is never valid', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const number = nextNhsNumber(seededRandom(seed), new Set());
      assert.ok(isSyntheticNhsNumber(number));
      assert.ok(!isSyntheticNhsNumber(withWrongCheckDigit(number)));
    }),
  );
});

test('the filler 9999999999 is not taken for a synthetic number although it passes Modulus 11', () => {
  assert.equal(checkDigit('999999999'), 9);
  assert.equal(isSyntheticNhsNumber('9999999999'), false);
});

test('telephones ring nowhere, postcodes lead nowhere, mail goes nowhere', () => {
  for (const person of people) {
    for (const number of [person.mobile, person.landline])
      assert.ok(number === undefined || isDramaNumber(number), number);
    assert.match(person.address.postcode, /^ZZ99 [4-9][A-Z]{2}$/);
    assert.match(person.email ?? 'x@example.com', /@example\.(com|org|net)$/);
    assert.match(person.practice.code, /^ZZ\d{4}$/);
  }
});

test('a telephone number outside the drama ranges is recognised as one', () => {
  assert.equal(isDramaNumber('07700 900123'), true);
  assert.equal(isDramaNumber('+44 1632 960999'), true);
  assert.equal(isDramaNumber('07700 901000'), false);
  assert.equal(isDramaNumber('0113 496 0000'), false);
});

test('names that break systems are among them', () => {
  const names = people.map((person) => `${person.given.join(' ')} ${person.family}`);
  for (const part of ["O'Brien", 'Zoë', 'Ó Súilleabháin', 'Smythe-Harrington', 'Null', 'Ng', 'van der Merwe']) {
    assert.ok(
      names.some((name) => name.includes(part)),
      part,
    );
  }
  assert.ok(
    people.some((person) => person.given.length === 0),
    'somebody with one name',
  );
  assert.ok(
    names.some((name) => name.length > 60),
    'a very long name',
  );
});

test('twins share birth date, home and family name, and nothing that identifies', () => {
  const first = people.filter((person) => person.twin !== undefined && person.twin > person.number);
  assert.equal(first.length, 3);
  for (const twin of first) {
    const other = people[(twin.twin ?? 0) - 1];
    assert.ok(other);
    assert.equal(other.twin, twin.number);
    assert.deepEqual(
      [other.family, other.birthDate, other.address, other.sex],
      [twin.family, twin.birthDate, twin.address, twin.sex],
    );
    assert.notEqual(other.nhsNumber, twin.nhsNumber);
    assert.notEqual(other.mrn, twin.mrn);
    assert.notDeepEqual(other.given, twin.given);
  }
});

test('the cast are verified adults at the practice that sends', () => {
  for (const person of people.slice(0, CAST_SIZE)) {
    assert.equal(person.traceStatus, '01');
    assert.ok(person.nhsNumber !== undefined);
    assert.ok(person.birthDate < '2008', person.birthDate);
    assert.equal(person.practice.name, 'Mill Lane Surgery');
  }
});

test('nobody is born, and nothing is recorded, after today', () => {
  for (const person of people) {
    assert.ok(person.birthDate <= today);
    for (const allergy of person.allergies) {
      assert.ok(allergy.recorded <= today && allergy.recorded >= person.birthDate, allergy.recorded);
    }
    for (const condition of person.conditions)
      assert.ok(condition.onset <= today && condition.onset > person.birthDate);
  }
});

test('people share homes, and some have no number or an untraced one', () => {
  const households = new Set(people.map((person) => person.household));
  assert.ok(households.size > 150 && households.size < 270, String(households.size));
  assert.ok(people.some((person) => person.nhsNumber === undefined && person.traceStatus === '07'));
  assert.ok(people.some((person) => ['02', '03', '04'].includes(person.traceStatus)));
});

test('a random stream forked by one label is not moved by draws from another', () => {
  const one = seededRandom(3);
  const two = seededRandom(3);
  one.below(10);
  one.fork('other').below(5);
  const draw = (random: ReturnType<typeof seededRandom>) => Array.from({ length: 8 }, () => random.below(1000));
  assert.deepEqual(draw(one.fork('label')), draw(two.fork('label')));
  assert.notDeepEqual(draw(one.fork('label')), draw(one.fork('labem')));
});

test('draws stay in their bounds and reach all of them', () => {
  const random = seededRandom(11);
  const seen = new Set(Array.from({ length: 2000 }, () => random.between(3, 9)));
  assert.deepEqual([...seen].sort(), [3, 4, 5, 6, 7, 8, 9]);
  const sample = random.sample([1, 2, 3, 4, 5], 5);
  assert.deepEqual([...sample].sort(), [1, 2, 3, 4, 5]);
  assert.match(random.hex(12), /^[0-9a-f]{12}$/);
});
