// Searches as people build them: completion, hints, and what never gets into an address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCapabilities } from './capability.ts';
import {
  completions,
  cursorOf,
  divide,
  formOf,
  hintFor,
  isTelling,
  readPairs,
  valueCompletions,
  writePairs,
} from './query.ts';

const [PATIENT] = readCapabilities({
  rest: [
    {
      searchParam: [
        { name: '_id', type: 'token' },
        { name: '_has', type: 'string' },
      ],
      resource: [
        {
          type: 'Patient',
          searchInclude: ['*', 'Patient:organization'],
          searchRevInclude: ['Observation:subject'],
          searchParam: [
            { name: 'name', type: 'string' },
            { name: 'identifier', type: 'token' },
            { name: 'gender', type: 'token' },
            { name: 'birthdate', type: 'date' },
            { name: 'organization', type: 'reference' },
            { name: '_id', type: 'token' },
            { name: '_lastUpdated', type: 'date' },
          ],
          operation: [{ name: 'validate' }],
        },
      ],
    },
  ],
});
assert.ok(PATIENT);
const type = PATIENT;

test('a name is completed with the parameters the server lists, and with their modifiers', () => {
  const names = completions(type);
  for (const name of ['name', 'name:exact', 'gender:not', '_sort', '_include']) assert.ok(names.includes(name), name);
  assert.deepEqual(type.operations, ['validate']);
});

test('a value is completed where its values are known', () => {
  assert.deepEqual(valueCompletions(type, '_include'), ['*', 'Patient:organization']);
  assert.deepEqual(valueCompletions(type, '_revinclude:iterate'), ['Observation:subject']);
  assert.ok(valueCompletions(type, '_sort').includes('-birthdate'));
  assert.deepEqual(valueCompletions(type, 'gender:missing'), ['true', 'false']);
  assert.deepEqual(valueCompletions(type, 'gender'), []);
});

test('a hint follows the kind of the parameter', () => {
  assert.match(hintFor(type, 'birthdate'), /2026-03-02/);
  assert.match(hintFor(type, 'gender:not'), /system\|code/);
  assert.equal(hintFor(type, 'nonsense'), '');
});

for (const [name, telling] of [
  ['name', true],
  ['name:exact', true],
  ['identifier', true],
  ['birthdate', true],
  ['organization:identifier', true],
  ['organization.name', true],
  ['organization:Organization.name', true],
  ['gender:text', true],
  ['_has:Observation:patient:code', true],
  ['unheard-of', true],
  ['gender', false],
  ['organization', false],
  ['_id', false],
  ['_lastUpdated', false],
  ['_sort', false],
  ['_include:iterate', false],
] as const) {
  test(`${name} ${telling ? 'stays out of' : 'may stand in'} an address`, () => {
    assert.equal(isTelling(type, name), telling);
  });
}

test('a search is divided into what is in the address and what is kept, and nothing is lost', () => {
  const pairs = [
    ['gender', 'female'],
    ['name', 'Okonkwo'],
    ['_sort', '-birthdate'],
  ] as const;
  const { open, kept } = divide(type, pairs);
  assert.equal(writePairs(open), 'gender=female&_sort=-birthdate');
  assert.deepEqual(kept, [['name', 'Okonkwo']]);
  assert.deepEqual(readPairs(writePairs(pairs)), pairs);
});

test('a page asks for twenty unless told, and goes on by the cursor of the next link', () => {
  assert.equal(formOf([['gender', 'male']], undefined), 'gender=male&_count=20');
  assert.equal(formOf([['_count', '5']], 'x~1'), '_count=5&_after=x%7E1');
  assert.equal(cursorOf('/fhir/R4/Patient?gender=male&_after=x%7E1'), 'x~1');
  assert.equal(cursorOf(undefined), undefined);
});
