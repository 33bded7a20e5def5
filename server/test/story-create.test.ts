// Patients that are created, not updated: nobody gave them an id yet, and each is somebody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';

const named = (family: string) => ({ resourceType: 'Patient', name: [{ family }], birthDate: '1970-01-01' });
const familyOf = async (house: House, id: string) => at((await house.fhir('GET', `/${id}`)).json, 'name.0.family');

test('every POST of a Patient makes a patient of its own, whatever is alike about them', async () => {
  await withHouse(async (house) => {
    const ids: string[] = [];
    for (const family of ['Ash', 'Birch', 'Cedar']) {
      const created = await house.fhir('POST', '/Patient', { source: 'gp', body: named(family) });
      assert.equal(created.status, 201, created.text);
      ids.push(`Patient/${at(created.json, 'id')}`);
    }
    const families = await Promise.all(ids.map((id) => familyOf(house, id)));
    assert.deepEqual([new Set(ids).size, families], [3, ['Ash', 'Birch', 'Cedar']]);
  });
});

test('patients created at one time, in one commit, are told apart too', async () => {
  await withHouse(async (house) => {
    const families = Array.from({ length: 20 }, (_, n) => `Tree${n}`);
    const made = await Promise.all(
      families.map((family) => house.fhir('POST', '/Patient', { source: 'gp', body: named(family) })),
    );
    assert.equal(new Set(made.map(({ json }) => at(json, 'id'))).size, families.length);
  });
});

test('a transaction links what it creates to its own new patient, not to that of the transaction before', async () => {
  await withHouse(async (house) => {
    for (const family of ['Ash', 'Birch']) {
      const entry = [
        { fullUrl: 'urn:uuid:p', resource: named(family), request: { method: 'POST', url: 'Patient' } },
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { text: `of ${family}` },
            subject: { reference: 'urn:uuid:p' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
      ];
      const body = { resourceType: 'Bundle', type: 'transaction', entry };
      const answer = await house.fhir('POST', '', { source: 'gp', body });
      assert.equal(answer.status, 200, answer.text);
      const location = String(at(answer.json, 'entry.1.response.location'));
      const observation = await house.fhir('GET', `/${location.replace(/\/_history.*/, '')}`);
      assert.equal(await familyOf(house, String(at(observation.json, 'subject.reference'))), family);
    }
  });
});
