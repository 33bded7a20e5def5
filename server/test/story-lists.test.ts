// Problems and medicines of several sources: a difference of dose is nobody's to settle by rule, and everybody can ask why.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { patient } from './messages.ts';

const NUMBER = '9990000026';

function ramipril(dose: number, person: string): object {
  return {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    subject: { reference: `Patient/${person}` },
    medicationCodeableConcept: { text: 'Ramipril 5mg capsules' },
    dosageInstruction: [
      {
        doseAndRate: [{ doseQuantity: { value: dose, unit: 'mg' } }],
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
      },
    ],
  };
}

async function prescribed(house: House, source: string, dose: number): Promise<string> {
  const id = `${source}-p`;
  const who = patient(id, { nhs: NUMBER, family: 'Wren', given: 'Ada', born: '1950-01-02' });
  const written = await house.fhir('PUT', `/Patient/${id}`, { source, body: who });
  assert.ok(written.status < 300, written.text);
  const body = { ...ramipril(dose, id), id: `${source}-m` };
  const said = await house.fhir('PUT', `/MedicationRequest/${source}-m`, { source, body });
  assert.ok(said.status < 300, said.text);
  return String(at(written.json, 'id'));
}

const conflicts = async (house: House) => (await house.cases()).filter((one) => one.kind === 'conflict');

suite('one medicine that two sources dose differently', () => {
  test('opens a case, is explained, and is settled by a ruling on exactly that difference', async () => {
    await withHouse(async (house) => {
      const id = await prescribed(house, 'gp', 5);
      assert.deepEqual(await conflicts(house), []);
      await prescribed(house, 'app', 10);
      const [found, ...others] = await conflicts(house);
      assert.ok(found !== undefined && others.length === 0);
      assert.match(found.element ?? '', /^MedicationStatement:[0-9a-f]{12}$/);
      assert.equal(found.harm, 'H2');
      assert.deepEqual(found.competitors.map((one) => one.source).sort(), ['app', 'gp']);

      const { json } = await house.http('GET', `/api/v1/persons/${id}`);
      const states = listAt(json, 'verdicts').map((one) => [at(one, 'element'), at(one, 'state')]);
      assert.deepEqual(states.slice(-2), [
        ['MedicationStatement', 'known'],
        [found.element, 'conflicting'],
      ]);

      const path = encodeURIComponent('MedicationRequest/gp-m');
      const why = await house.fhir('GET', `/Patient/${id}/$explain?path=${path}`);
      assert.equal(why.status, 200, why.text);
      assert.equal(at(why.json, 'state'), 'conflicting');
      assert.ok(
        listAt(why.json, 'whatWeKnow').includes(
          'They differ in the dose or how often it is taken. No rule may settle that.',
        ),
      );

      const ruling = {
        kind: 'choose',
        person: id,
        element: found.element,
        statement: found.competitors.find((one) => one.source === 'gp')?.statement,
        competingSet: found.competingSet,
        reason: 'Rang the patient.',
        by: 'dr-may',
      };
      assert.equal((await house.rule(ruling)).status, 201);
      assert.deepEqual(await conflicts(house), []);

      // The app changes its mind to a third dose: nobody ruled on that.
      house.clock.set('2026-03-02T09:00:00Z');
      const third = { ...ramipril(20, 'app-p'), id: 'app-m' };
      await house.fhir('PUT', '/MedicationRequest/app-m', { source: 'app', body: third });
      const [again] = await conflicts(house);
      assert.ok(again !== undefined && again.competingSet !== found.competingSet);
    });
  });

  test('is one line with two witnesses when they agree, and gone when one takes it away', async () => {
    await withHouse(async (house) => {
      const id = await prescribed(house, 'gp', 5);
      await prescribed(house, 'app', 5);
      assert.deepEqual(await conflicts(house), []);
      const why = await house.fhir('GET', `/Patient/${id}/$explain?path=MedicationStatement`);
      assert.equal(at(why.json, 'state'), 'known');
      assert.equal(listAt(why.json, 'values').length, 1);

      const other = { ...ramipril(40, 'app-p'), id: 'app-m' };
      await house.fhir('PUT', '/MedicationRequest/app-m', { source: 'app', body: other });
      assert.equal((await conflicts(house)).length, 1);
      await house.fhir('DELETE', '/MedicationRequest/app-m', { source: 'app' });
      assert.deepEqual(await conflicts(house), []);
    });
  });
});
