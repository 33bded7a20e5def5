// "Why are these one person?" through the public edge: what sources say, which rule or person decided, and what was taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

function patient(id: string, more: object = {}) {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://example.org/mrn', value: 'M-77' }],
    name: [{ family: 'Brook', given: ['Tom'] }],
    birthDate: '1951-02-03',
    ...more,
  };
}

async function put(house: House, source: string, body: { id: string }): Promise<void> {
  const answer = await house.fhir('PUT', `/Patient/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

const mrn = (value: string) => [{ system: 'https://example.org/mrn', value }];

const why = async (house: House, path: string) => (await house.http('GET', `/api/v1/persons/${path}`)).json;

test('a link by a shared number is told with who says it, and after an unmerge that it was and who took it back', async () => {
  await withHouse(async (house) => {
    await put(house, 'gp', patient('gp-1'));
    await put(house, 'app', patient('app-1'));
    const one = await why(house, 'gp-1/explain');
    assert.equal(at(one, 'answer'), 'one-person');
    assert.deepEqual(
      listAt(one, 'links').map((link) => [at(link, 'rule'), at(link, 'standing')]),
      [['same-identifier', 'joins']],
    );
    assert.match(
      String(at(one, 'text')),
      /What we know.*record gp-1, says: numbers .*M-77.*What we assume.*same-identifier/s,
    );
    assert.equal(((await why(house, 'app-1/explain')) as { person: string }).person, 'gp-1');
    const size = Number(at(one, 'asOf'));
    const then = (await house.http('GET', `/api/v1/persons/gp-1/explain?asOf=${size}`)).text;

    const ruled = await house.rule({
      kind: 'not-same',
      a: 'gp-1',
      b: 'app-1',
      reason: 'twin brothers',
      by: 'Dr Example',
    });
    assert.equal(ruled.status, 201, ruled.text);
    await put(house, 'app', patient('app-1', { gender: 'male' }));
    const after = await why(house, 'gp-1/explain');
    assert.match(String(at(after, 'text')), /no other record is linked.*Dr Example: twin brothers.*no longer holds/s);
    const two = await why(house, 'gp-1/explain?with=app-1');
    assert.deepEqual([at(two, 'answer'), at(two, 'other')], ['two-persons', 'app-1']);
    assert.match(String(at(two, 'text')), /decided to be/);
    assert.equal((await house.http('GET', `/api/v1/persons/gp-1/explain?asOf=${size}`)).text, then);
    assert.equal((await house.http('GET', '/api/v1/persons/nobody/explain')).status, 404);
    assert.equal((await house.http('GET', '/api/v1/persons/gp-1/explain?whit=app-1')).status, 400);
  });
});

test('two who nearly meet a rule are told as waiting for a person, with the case', async () => {
  await withHouse(async (house) => {
    await put(house, 'gp', patient('gp-1', { identifier: mrn('A'), gender: 'male' }));
    await put(house, 'app', patient('app-1', { identifier: mrn('B'), gender: 'male' }));
    const two = await why(house, 'gp-1/explain?with=app-1');
    const [open] = await house.cases();
    assert.deepEqual(listAt(two, 'openCases'), [open?.id]);
    assert.match(String(at(two, 'text')), /name, date of birth and sex agree, but no number does/);
  });
});
