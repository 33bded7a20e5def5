// Why there is nothing, through the public edge: never asked, none recorded, or a source that cannot be heard; and copies of one origin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, withHouse } from './harness.ts';

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown };

async function put(house: House, source: string, body: Resource) {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

const patient = (id: string, mrn: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://example.org/mrn', value: mrn }],
});
const condition = (id: string, of: string) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: `Patient/${of}` },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '195967001', display: 'Asthma' }] },
});
const ALLERGY_ACTIVE = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
};
const explained = async (house: House, path: string, more = '') =>
  (await house.fhir('GET', `/Patient/p1/$explain?path=${path}${more}`)).json;
const later = (house: House, seconds: number) =>
  house.clock.set(new Date(Date.parse(house.clock.now()) + seconds * 1_000).toISOString());

test('no list: nobody records such things, nobody recorded one, or who would cannot be heard', async () => {
  await withHouse(async (house) => {
    await put(house, 'app', patient('p1', 'M1'));
    const first = await explained(house, 'AllergyIntolerance');
    assert.equal(at(first, 'absence'), 'never-asked');
    assert.match(String(at(first, 'text')), /None of the systems that send to us record anything/);

    for (let n = 0; n < 8; n += 1) {
      await put(house, 'gp', patient(`other-${n}`, `X${n}`));
      later(house, 60);
    }
    await put(house, 'gp', {
      ...{ resourceType: 'AllergyIntolerance', id: 'a1' },
      ...{ patient: { reference: 'Patient/other-1' }, code: { text: 'Latex' }, clinicalStatus: ALLERGY_ACTIVE },
    });
    const heard = await explained(house, 'AllergyIntolerance');
    assert.equal(at(heard, 'absence'), 'none-recorded');

    later(house, 21_600);
    await put(house, 'app', patient('p2', 'M2'));
    const silent = await explained(house, 'AllergyIntolerance');
    assert.equal(at(silent, 'absence'), 'source-unavailable');
    assert.match(String(at(silent, 'text')), /usually tells us, and has not been heard from since/);
    for (const then of [first, heard])
      assert.equal(
        at(await explained(house, 'AllergyIntolerance', `&_asOf=${at(then, 'asOf')}`), 'absence'),
        at(then, 'absence'),
      );
  });
});

test('what a Provenance names as the source of a copy makes the two one witness', async () => {
  await withHouse(async (house) => {
    await put(house, 'gp', patient('p1', 'M1'));
    await put(house, 'app', patient('p2', 'M1'));
    await put(house, 'gp', condition('c1', 'p1'));
    await put(house, 'app', condition('c2', 'p2'));
    const two = String(at(await explained(house, 'Condition/c1'), 'text'));
    assert.match(two, /2 sources say so independently/);
    const size = at(await explained(house, 'Condition/c1'), 'asOf');
    const provenance = {
      resourceType: 'Provenance',
      id: 'v1',
      target: [{ reference: 'Condition/c2' }],
      recorded: '2026-03-01T09:00:00Z',
      agent: [{ who: { display: 'Patient app' } }],
      entity: [{ role: 'source', what: { reference: 'Condition/c1' } }],
    };
    await put(house, 'app', provenance);
    const text = String(at(await explained(house, 'Condition/c1'), 'text'));
    assert.match(text, /comes from one origin, so it counts as one witness/);
    const then = String(at(await explained(house, 'Condition/c1', `&_asOf=${size}`), 'text'));
    assert.match(then, /2 sources say so independently/);
    await put(house, 'app', { ...provenance, entity: [{ role: 'revision', what: { reference: 'Condition/c1' } }] });
    assert.match(String(at(await explained(house, 'Condition/c1'), 'text')), /2 sources say so independently/);
  });
});
