// Where a node is: its FHIRPath and its place in the JSON.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isObject, type JsonObject, parseFaithful } from '../base/json.ts';
import { compile, jsonPathOf, locationOf } from './index.ts';

const PATIENT: JsonObject = {
  resourceType: 'Patient',
  name: [{ given: ['A', 'B'] }, { given: ['C'], _given: [{ extension: [{ url: 'u', valueString: 'x' }] }] }],
  deceasedBoolean: false,
  contact: [{ name: { family: 'D' } }],
};
const OBSERVATION: JsonObject = {
  resourceType: 'Observation',
  component: [{ code: { text: 'a' }, valueQuantity: { value: 3 } }],
  contained: [{ resourceType: 'Patient', id: 'p', active: true }],
};

function locations(expression: string, resource: JsonObject): readonly (string | undefined)[] {
  const type = String(resource['resourceType']);
  return compile(expression, { type, mode: 'located' })(resource).map(locationOf);
}

test('a located node tells its path with the places in lists', () => {
  assert.deepEqual(locations('Patient.name.given', PATIENT), [
    'Patient.name[0].given[0]',
    'Patient.name[0].given[1]',
    'Patient.name[1].given[0]',
  ]);
  assert.deepEqual(locations('contact.name.family', PATIENT), ['Patient.contact[0].name.family']);
  assert.deepEqual(locations("name.given.extension('u').value", PATIENT), [
    'Patient.name[1].given[0].extension[0].value.ofType(string)',
  ]);
});

test('a choice is located by its type', () => {
  assert.deepEqual(locations('deceased', PATIENT), ['Patient.deceased.ofType(boolean)']);
  assert.deepEqual(locations('component.value.ofType(Quantity).value', OBSERVATION), [
    'Observation.component[0].value.ofType(Quantity).value',
  ]);
});

test('filters, subsets, functions and resources keep the place', () => {
  assert.deepEqual(locations("name.where(given = 'C').given", PATIENT), ['Patient.name[1].given[0]']);
  assert.deepEqual(locations('name.last().given[0] | name.first().given.tail()', PATIENT), [
    'Patient.name[1].given[0]',
    'Patient.name[0].given[1]',
  ]);
  assert.deepEqual(locations('contained.active', OBSERVATION), ['Observation.contained[0].active']);
  assert.deepEqual(locations('%resource.name.family | descendants().ofType(boolean)', PATIENT), [
    'Patient.deceased.ofType(boolean)',
  ]);
  assert.deepEqual(locations("name.given & 'x'", { resourceType: 'Patient' }), [undefined]);
});

test('the place in JSON names properties as they are written', () => {
  const [node] = compile('component.value', { type: 'Observation', mode: 'located' })(OBSERVATION);
  assert.ok(node);
  assert.deepEqual(jsonPathOf(node), ['component', 0, 'valueQuantity']);
});

test('a focus node is continued', () => {
  const [name] = compile('name', { type: 'Patient', mode: 'located' })(PATIENT);
  assert.ok(name);
  const given = compile('given', { type: 'HumanName', mode: 'located' });
  assert.deepEqual(given(name.value, {}, name).map(locationOf), [
    'Patient.name[0].given[0]',
    'Patient.name[0].given[1]',
  ]);
});

test('without places nodes carry none', () => {
  assert.deepEqual(compile('name.given', { type: 'Patient' })(PATIENT).map(locationOf), [
    undefined,
    undefined,
    undefined,
  ]);
});

test('a primitive is a focus with its companion', () => {
  const birthDate = compile("extension('u').value", { type: 'date' });
  const companion = { extension: [{ url: 'u', valueCode: 'c' }] };
  const focus = { value: undefined, companion, type: 'date', parent: undefined, name: undefined, index: -1 };
  assert.deepEqual(
    birthDate(undefined, {}, focus).map(({ value, type }) => [value, type]),
    [['c', 'code']],
  );
});

test('decimals keep the digits of the text, and compare by value', () => {
  const parsed = parseFaithful('{"resourceType":"Observation","valueQuantity":{"value":1.50,"code":"mg"}}');
  assert.ok(isObject(parsed));
  const [node] = compile('value.value', { type: 'Observation' })(parsed);
  assert.equal(JSON.stringify(node?.value), '1.50');
  assert.deepEqual(compile('value.value = 1.5', { type: 'Observation' })(parsed)[0]?.value, true);
  assert.deepEqual(compile('value.value > 1.499999999999999999999', { type: 'Observation' })(parsed)[0]?.value, true);
});
