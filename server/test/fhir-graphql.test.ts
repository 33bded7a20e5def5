// $graphql over the real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';

const put = (house: House, resource: string) => {
  const { resourceType, id } = JSON.parse(resource) as { resourceType: string; id: string };
  return house.fhir('PUT', `/${resourceType}/${id}`, { source: 'gp', body: resource });
};
const ask = (house: House, query: string, variables?: object) =>
  house.fhir('POST', '/$graphql', { body: { query, variables }, type: 'application/json' });

async function stock(house: House): Promise<void> {
  await put(
    house,
    '{"resourceType":"Patient","id":"p1","name":[{"family":"Lark","given":["Zoë","Ann"]}],"contact":[{"name":{"family":"Brook"}}]}',
  );
  await put(
    house,
    '{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"Weight"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":1.50,"unit":"kg"}}',
  );
}

test('reads what is drawn: nested, through references, by search, with every digit', async () => {
  await withHouse(async (house) => {
    await stock(house);
    const read = await ask(house, '{ Patient(id: "p1") { id name { family given } contact { name { family } } } }');
    assert.deepEqual(at(read.json, 'data.Patient'), {
      id: 'p1',
      name: [{ family: 'Lark', given: ['Zoë', 'Ann'] }],
      contact: [{ name: { family: 'Brook' } }],
    });
    const found = await ask(house, 'query($of: String) { ObservationList(patient: $of, _count: "5") { id } }', {
      of: 'p1',
    });
    assert.deepEqual(at(found.json, 'data.ObservationList'), [{ id: 'o1' }], found.text);
    const through = await ask(
      house,
      '{ Observation(id: "o1") { valueQuantity { value } subject { resource { ... on Patient { name { family } } } } } }',
    );
    assert.equal(at(through.json, 'data.Observation.subject.resource.name.0.family'), 'Lark');
    assert.match(through.text, /"value":1\.50/);
    assert.equal(at((await ask(house, '{ Patient(id: "none") { id } }')).json, 'data.Patient'), null);
  });
});

test('starts at one resource, and by GET', async () => {
  await withHouse(async (house) => {
    await stock(house);
    const query = encodeURIComponent('{ name { family } }');
    const one = await house.fhir('GET', `/Patient/p1/$graphql?query=${query}`);
    assert.equal(one.text, '{"data":{"name":[{"family":"Lark"}]}}');
    assert.equal((await house.fhir('GET', `/Patient/none/$graphql?query=${query}`)).status, 404);
  });
});

test('says what is wrong with a query, and limits it', async () => {
  await withHouse(async (house) => {
    await stock(house);
    for (const query of [
      '{ Patient(id: "p1") { nmae } }',
      '{ Patient(',
      '{ PatientList(nmae: "x") { id } }',
      'mutation { x }',
    ]) {
      const answer = await ask(house, query);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(typeof at(answer.json, 'errors.0.message'), 'string', query);
    }
    const wrong = await ask(house, '{ PatientList(birthdate: "soon") { id } }');
    assert.match(String(at(wrong.json, 'errors.0.message')), /birthdate/);
    const deep = `{ Observation(id: "o1") ${'{ subject { resource { ... on Observation '.repeat(15)}`;
    assert.equal((await ask(house, deep)).status, 400);
    assert.equal((await house.fhir('GET', '/$graphql')).status, 400);
  });
});
