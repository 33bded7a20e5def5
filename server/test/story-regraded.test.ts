// An open question about two records is as urgent as what is known of both: what comes later of either counts, and what is taken back too.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';
import { patient } from './messages.ts';

async function put(house: House, source: string, body: { readonly resourceType: string; readonly id: string }) {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
}

const who = (id: string) => ({
  ...patient(id, { family: 'Wren', given: 'Ada', born: '1950-01-02' }),
  id,
  resourceType: 'Patient',
});
const allergy = (id: string, person: string, substance: object) => ({
  ...{ resourceType: 'AllergyIntolerance', id, patient: { reference: `Patient/${person}` }, code: substance },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
});
const NONE = { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }], text: 'No known allergy' };
const PENICILLIN = { coding: [{ system: 'http://snomed.info/sct', code: '764146007' }], text: 'Penicillin' };

async function question(house: House) {
  const open = (await house.cases()).filter(({ kind }) => kind === 'possible-link');
  assert.equal(open.length, 1, JSON.stringify(open));
  const { id, harm } = open[0] ?? assert.fail('no case');
  const { json } = await house.http('GET', `/api/v1/cases/${id}`);
  return { id, harm, json, told: JSON.stringify(at(json, 'case.handling') ?? at(json, 'handling') ?? json) };
}

suite('an open question about two records', () => {
  test('is graver once either side has an allergy, and graver still when the other side denies it', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp', who('one'));
      await put(house, 'app', who('other'));
      const before = await question(house);
      await put(house, 'gp', allergy('a', 'one', PENICILLIN));
      const grave = await question(house);
      assert.equal(grave.id, before.id);
      assert.notEqual(grave.told, before.told);
      await put(house, 'app', allergy('b', 'other', NONE));
      const denied = await question(house);
      assert.equal(denied.id, before.id);
      assert.notEqual(denied.told, grave.told);
      assert.match(denied.told, /contradict/);
    });
  });
});
