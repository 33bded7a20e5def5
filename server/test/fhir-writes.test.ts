// FHIR writes beyond create and update: conditional ones, removals, patches, transactions that do several things at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

const SYSTEM = 'https://gp.example/id';
const organisation = (value: string, name = 'Mill Lane Surgery') => ({
  resourceType: 'Organization',
  identifier: [{ system: SYSTEM, value }],
  name,
});
const identifiedBy = (value: string) => `identifier=${SYSTEM}|${value}`;
const total = async (house: House, query: string) => listAt((await house.fhir('GET', query)).json, 'entry').length;
const code = (json: unknown) => at(json, 'issue.0.details.coding.0.code');

test('64 conditional creates at once leave one resource, which all of them are told of', async () => {
  await withHouse(async (house) => {
    const send = () =>
      house.fhir('POST', '/Organization', {
        source: 'gp',
        body: organisation('A1'),
        headers: { 'if-none-exist': identifiedBy('A1') },
      });
    const answers = await Promise.all(Array.from({ length: 64 }, send));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.equal(answers.filter(({ status }) => status === 200).length, 63);
    assert.equal(new Set(answers.map(({ json }) => at(json, 'id'))).size, 1);
    assert.equal(await total(house, `/Organization?${identifiedBy('A1')}`), 1);
    assert.equal((await house.books()).total.residual, 0);
  });
});

test('a conditional update makes, then updates; two that match are refused with what to do', async () => {
  await withHouse(async (house) => {
    const put = (name: string) =>
      house.fhir('PUT', `/Organization?${identifiedBy('A1')}`, { source: 'gp', body: organisation('A1', name) });
    const made = await put('First');
    const updated = await put('Second');
    assert.deepEqual([made.status, updated.status], [201, 200]);
    assert.equal(at(updated.json, 'id'), at(made.json, 'id'));
    assert.equal(at(updated.json, 'meta.versionId'), '2');
    await house.fhir('POST', '/Organization', { source: 'gp', body: organisation('A1') });
    const refused = await put('Third');
    assert.equal(refused.status, 412);
    assert.equal(code(refused.json), 'multiple-matches');
    const empty = await house.fhir('PUT', '/Organization', { source: 'gp', body: organisation('A1') });
    assert.equal(code(empty.json), 'condition-empty');
  });
});

test('a version that is not the current one is refused, and changes nothing', async () => {
  await withHouse(async (house) => {
    const made = await house.fhir('PUT', '/Organization/o1', {
      source: 'gp',
      body: { ...organisation('A1'), id: 'o1' },
    });
    assert.equal(made.status, 201, made.text);
    const put = (name: string, headers: { readonly [name: string]: string }) =>
      house.fhir('PUT', '/Organization/o1', { source: 'gp', body: { ...organisation('A1', name), id: 'o1' }, headers });
    assert.equal((await put('Second', { 'if-match': 'W/"1"' })).status, 200);
    const stale = await put('Third', { 'if-match': 'W/"1"' });
    assert.equal(stale.status, 412);
    assert.equal(code(stale.json), 'version-conflict');
    assert.equal((await put('Third', { 'if-none-match': '*' })).status, 412);
    assert.equal((await put('Third', { 'if-match': 'yesterday' })).status, 400);
    assert.equal(at((await house.fhir('GET', '/Organization/o1')).json, 'name'), 'Second');
  });
});

test('what is deleted is gone, is found no more, stays in its history, and can come back', async () => {
  await withHouse(async (house) => {
    const body = { ...organisation('A1'), id: 'o1' };
    await house.fhir('PUT', '/Organization/o1', { source: 'gp', body });
    assert.equal((await house.fhir('DELETE', '/Organization/o1', { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('DELETE', '/Organization/o1', { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('DELETE', '/Organization/never-was', { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('GET', '/Organization/o1')).status, 410);
    assert.equal(await total(house, `/Organization?${identifiedBy('A1')}`), 0);
    assert.equal((await house.fhir('GET', '/Organization/o1/_history/1')).status, 200);
    const again = await house.fhir('PUT', '/Organization/o1', { source: 'gp', body });
    assert.equal(at(again.json, 'meta.versionId'), '3');
    assert.equal(await total(house, `/Organization?${identifiedBy('A1')}`), 1);
    const where = await house.fhir('DELETE', `/Organization?${identifiedBy('A1')}`, { source: 'gp' });
    assert.equal(where.status, 204);
    assert.equal((await house.fhir('GET', '/Organization/o1')).status, 410);
    const books = await house.books();
    assert.deepEqual([books.total.residual, books.total.states.applied], [0, books.total.received]);
  });
});

test('a patient is taken away by who spoke of them, and by nobody else', async () => {
  await withHouse(async (house) => {
    const body = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Ash' }], birthDate: '1970-01-01' };
    await house.fhir('PUT', '/Patient/p1', { source: 'gp', body });
    const other = await house.fhir('DELETE', '/Patient/p1', { source: 'app' });
    assert.deepEqual([other.status, code(other.json)], [409, 'not-the-source']);
    assert.equal((await house.fhir('GET', '/Patient/p1')).status, 200);
    assert.equal((await house.fhir('DELETE', '/Patient/p1', { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('GET', '/Patient/p1')).status, 410);
    assert.equal((await house.fhir('PUT', '/Patient/p1', { source: 'gp', body })).status, 200);
    const made = await house.fhir('POST', '/Patient', { source: 'gp', body: { ...body, id: undefined } });
    const own = `/Patient/${at(made.json, 'id')}`;
    assert.equal((await house.fhir('DELETE', own, { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('GET', own)).status, 410);
    assert.equal(at((await house.fhir('GET', '/Patient/p1')).json, 'name.0.family'), 'Ash');
  });
});

test('a patch changes what it names and keeps the digits of everything else', async () => {
  await withHouse(async (house) => {
    const text =
      '{"resourceType":"Observation","id":"w1","status":"preliminary","code":{"text":"weight"},"valueQuantity":{"value":70.50,"unit":"kg"}}';
    assert.equal((await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: text })).status, 201);
    const json = await house.fhir('PATCH', '/Observation/w1', {
      source: 'gp',
      type: 'application/json-patch+json',
      body: '[{"op":"replace","path":"/status","value":"final"}]',
    });
    assert.equal(json.status, 200, json.text);
    assert.match(json.text, /"value":70\.50/);
    const parameters = {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: 'replace' },
            { name: 'path', valueString: 'Observation.code.text' },
            { name: 'value', valueString: 'body weight' },
          ],
        },
      ],
    };
    const path = await house.fhir('PATCH', '/Observation/w1', { source: 'gp', body: parameters });
    assert.equal(path.status, 200, path.text);
    assert.equal(at(path.json, 'code.text'), 'body weight');
    assert.equal(at(path.json, 'meta.versionId'), '3');
    const failing = await house.fhir('PATCH', '/Observation/w1', {
      source: 'gp',
      type: 'application/json-patch+json',
      body: '[{"op":"test","path":"/status","value":"preliminary"}]',
    });
    assert.ok(failing.status >= 400 && failing.status < 500, failing.text);
    assert.equal((await house.fhir('PATCH', '/Observation/w2', { source: 'gp', body: parameters })).status, 404);
  });
});

test('64 patches at once all count', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Organization/o1', { source: 'gp', body: { ...organisation('A1'), id: 'o1', alias: [] } });
    await house.fhir('PUT', '/Organization/o1', {
      source: 'gp',
      body: { ...organisation('A1'), id: 'o1', alias: ['0'] },
    });
    const send = (n: number) =>
      house.fhir('PATCH', '/Organization/o1', {
        source: 'gp',
        type: 'application/json-patch+json',
        body: JSON.stringify([{ op: 'add', path: '/alias/-', value: `alias ${n}` }]),
      });
    const answers = await Promise.all(Array.from({ length: 64 }, (_, n) => send(n)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map(() => 200),
    );
    assert.equal(listAt((await house.fhir('GET', '/Organization/o1')).json, 'alias').length, 65);
  });
});

test('a transaction creates under a condition, updates, deletes, points by search and reads, all at once', async () => {
  await withHouse(async (house) => {
    await house.fhir('POST', '/Organization', { source: 'gp', body: organisation('A1') });
    await house.fhir('PUT', '/Basic/gone', {
      source: 'gp',
      body: { resourceType: 'Basic', id: 'gone', code: { text: 'x' } },
    });
    const patient = { resourceType: 'Patient', name: [{ family: 'Ash' }] };
    const practitioner = { resourceType: 'Practitioner', identifier: [{ system: SYSTEM, value: 'D1' }] };
    const body = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:d',
          resource: practitioner,
          request: { method: 'POST', url: 'Practitioner', ifNoneExist: identifiedBy('D1') },
        },
        {
          fullUrl: 'urn:uuid:p',
          resource: {
            ...patient,
            generalPractitioner: [{ reference: 'urn:uuid:d' }],
            managingOrganization: { reference: `Organization?${identifiedBy('A1')}` },
          },
          request: { method: 'POST', url: 'Patient' },
        },
        { request: { method: 'DELETE', url: 'Basic/gone' } },
        { request: { method: 'GET', url: `Organization?${identifiedBy('A1')}` } },
      ],
    };
    const answer = await house.fhir('POST', '', { source: 'gp', body });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(
      [0, 1, 2, 3].map((n) => String(at(answer.json, `entry.${n}.response.status`)).slice(0, 3)),
      ['201', '201', '204', '200'],
    );
    const location = String(at(answer.json, 'entry.1.response.location')).replace(/\/_history.*/, '');
    const stored = await house.fhir('GET', `/${location}`);
    assert.match(String(at(stored.json, 'generalPractitioner.0.reference')), /^Practitioner\//);
    assert.match(String(at(stored.json, 'managingOrganization.reference')), /^Organization\//);
    assert.equal((await house.fhir('GET', '/Basic/gone')).status, 410);
    const again = await house.fhir('POST', '', {
      source: 'gp',
      body: { ...body, entry: body.entry.filter((_, n) => n < 2) },
    });
    assert.equal(String(at(again.json, 'entry.0.response.status')).slice(0, 3), '200', again.text);
    assert.equal(await total(house, `/Practitioner?${identifiedBy('D1')}`), 1);
  });
});

test('a transaction of which one part cannot be done does nothing', async () => {
  await withHouse(async (house) => {
    const body = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: organisation('B1'), request: { method: 'POST', url: 'Organization' } },
        {
          resource: {
            resourceType: 'Basic',
            code: { text: 'x' },
            subject: { reference: 'Patient?identifier=x|nobody' },
          },
          request: { method: 'POST', url: 'Basic' },
        },
      ],
    };
    const answer = await house.fhir('POST', '', { source: 'gp', body });
    assert.equal(answer.status, 412, answer.text);
    assert.equal(code(answer.json), 'reference-no-match');
    assert.equal(await total(house, `/Organization?${identifiedBy('B1')}`), 0);
  });
});

test('entries of a batch stand alone, whatever they ask', async () => {
  await withHouse(async (house) => {
    const body = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { resource: { ...organisation('A1'), id: 'o1' }, request: { method: 'PUT', url: 'Organization/o1' } },
        { request: { method: 'GET', url: 'Organization/nobody' } },
        { request: { method: 'DELETE', url: 'Organization/nobody' } },
        { request: { method: 'CONNECT', url: 'Organization' } },
        { request: { method: 'GET', url: 'Organization/../../../api/v1/books' } },
      ],
    };
    const answer = await house.fhir('POST', '', { source: 'gp', body });
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((n) => at(answer.json, `entry.${n}.response.status`)),
      ['201', '404', '204', '400', '400'],
    );
  });
});
