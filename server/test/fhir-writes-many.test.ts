// Writes of several resources: deletes by a search, and how transactions and batches answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, withHouse } from './harness.ts';

const code = (json: unknown) => at(json, 'issue.0.details.coding.0.code');

test('a conditional delete takes away all that match, up to a limit, and all of them or none', async () => {
  await withHouse(async (house) => {
    const basic = (n: number, text: string) => ({ resourceType: 'Basic', id: `b${n}`, code: { text } });
    for (const n of [1, 2, 3])
      await house.fhir('PUT', `/Basic/b${n}`, { source: 'gp', body: basic(n, n < 3 ? 'old' : 'new') });
    const gone = await house.fhir('DELETE', '/Basic?code:text=old', { source: 'gp' });
    assert.equal(gone.status, 204, gone.text);
    const reads = [1, 2, 3].map(async (n) => (await house.fhir('GET', `/Basic/b${n}`)).status);
    assert.deepEqual(await Promise.all(reads), [410, 410, 200]);
    assert.equal((await house.fhir('DELETE', '/Basic?code:text=old', { source: 'gp' })).status, 204);
    const entry = Array.from({ length: 101 }, (_, n) => ({
      resource: { resourceType: 'Basic', code: { text: 'many' }, id: undefined, language: `en-x-${n}` },
      request: { method: 'POST', url: 'Basic' },
    }));
    await house.fhir('POST', '', { source: 'gp', body: { resourceType: 'Bundle', type: 'transaction', entry } });
    const many = await house.fhir('DELETE', '/Basic?code:text=many', { source: 'gp' });
    assert.deepEqual([many.status, code(many.json)], [412, 'multiple-matches'], many.text);
    const both = await house.fhir('POST', '', {
      source: 'gp',
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { request: { method: 'DELETE', url: 'Basic?code:text=new' } },
          { resource: basic(3, 'newer'), request: { method: 'PUT', url: 'Basic/b3' } },
        ],
      },
    });
    assert.deepEqual([both.status, code(both.json)], [400, 'entry-twice'], both.text);
    assert.equal((await house.fhir('GET', '/Basic/b3')).status, 200);
  });
});

test('what became of a transaction is told whatever is preferred, with resources or outcomes where they are asked for', async () => {
  await withHouse(async (house) => {
    for (const [type, status] of [
      ['transaction', '201 Created'],
      ['batch', '201'],
    ]) {
      const entry = [
        { resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } },
      ];
      const ask = async (prefer: string) =>
        (
          await house.fhir('POST', '', {
            source: 'gp',
            headers: { prefer },
            body: { resourceType: 'Bundle', type, entry },
          })
        ).json;
      for (const [prefer, resource] of [
        ['return=minimal', undefined],
        ['return=representation', 'Basic'],
      ] as const) {
        const told = await ask(prefer);
        assert.equal(at(told, 'entry.0.response.status'), status, `${type} ${prefer}`);
        assert.match(String(at(told, 'entry.0.response.location')), /Basic\/[^/]+\/_history\/1$/);
        assert.equal(at(told, 'entry.0.resource.resourceType'), resource, `${type} ${prefer}`);
      }
      const told = await ask('return=OperationOutcome');
      const outcome = at(told, 'entry.0.response.outcome');
      assert.equal(at(outcome, 'resourceType'), 'OperationOutcome', JSON.stringify(told));
    }
  });
});

test('what a transaction reads stands in its place, by whatever method, beside entries that change nothing', async () => {
  await withHouse(async (house) => {
    const basic = { resourceType: 'Basic', id: 'b1', code: { text: 'kept' } };
    const put = { resource: basic, request: { method: 'PUT', url: 'Basic/b1' } };
    const send = (entry: readonly object[]) =>
      house.fhir('POST', '', { source: 'gp', body: { resourceType: 'Bundle', type: 'transaction', entry } });
    await send([put]);
    const read = (method: string) => ({ request: { method, url: 'Basic/b1' } });
    const mixed = await send([read('GET'), put, read('HEAD')]);
    assert.equal(mixed.status, 200, mixed.text);
    const told = [0, 1, 2].map((n) => [
      at(mixed.json, `entry.${n}.response.status`),
      at(mixed.json, `entry.${n}.resource.id`),
    ]);
    assert.deepEqual(told, [
      ['200', 'b1'],
      ['200 OK', undefined],
      ['200', undefined],
    ]);
    const heads = await send([read('HEAD'), { request: { method: 'HEAD', url: 'Basic/none' } }]);
    const statuses = [0, 1].map((n) => at(heads.json, `entry.${n}.response.status`));
    assert.deepEqual(statuses, ['200', '404'], heads.text);
    const ask = (url: string, resource?: object) => ({ request: { method: 'POST', url }, resource });
    const gender = { name: 'url', valueUri: 'http://hl7.org/fhir/ValueSet/administrative-gender' };
    const operations = await send([
      ask('ValueSet/$expand', { resourceType: 'Parameters', parameter: [gender] }),
      { resource: { ...basic, id: 'b2' }, request: { method: 'PUT', url: 'Basic/b2' } },
      ask('Basic/_search?code:text=kept'),
    ]);
    assert.equal(at(operations.json, 'entry.0.resource.expansion.total'), 4, operations.text);
    assert.equal(at(operations.json, 'entry.1.response.status'), '201 Created');
    assert.equal(at(operations.json, 'entry.2.resource.total'), 2);
    const writing = await send([ask('Basic/b1/$meta-add', { resourceType: 'Parameters' })]);
    assert.deepEqual([writing.status, code(writing.json)], [400, 'entry-target']);
  });
});

test('a transaction deletes all that one condition finds, beside what else it does', async () => {
  await withHouse(async (house) => {
    const basic = (id: string, text: string) => ({ resourceType: 'Basic', id, code: { text } });
    for (const id of ['a', 'b', 'c'])
      await house.fhir('PUT', `/Basic/${id}`, { source: 'gp', body: basic(id, id < 'c' ? 'old' : 'new') });
    const entry = [
      { request: { method: 'DELETE', url: 'Basic?code:text=old' } },
      { resource: basic('d', 'new'), request: { method: 'PUT', url: 'Basic/d' } },
    ];
    const answer = await house.fhir('POST', '', {
      source: 'gp',
      body: { resourceType: 'Bundle', type: 'transaction', entry },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(
      [at(answer.json, 'entry.0.response.status'), at(answer.json, 'entry.1.response.status')],
      ['204 No Content', '201 Created'],
      answer.text,
    );
    const none = [
      { request: { method: 'DELETE', url: 'Basic?code:text=older' } },
      ...entry,
      { request: { method: 'GET', url: 'Basic/d' } },
    ];
    const empty = await house.fhir('POST', '', {
      source: 'gp',
      body: { resourceType: 'Bundle', type: 'transaction', entry: none },
    });
    assert.deepEqual(
      [0, 1, 2, 3].map((n) => at(empty.json, `entry.${n}.response.status`)),
      ['204 No Content', '204 No Content', '200 OK', '200'],
      empty.text,
    );
    const history = await house.fhir('GET', '/Basic/_history');
    const told = [0, 1, 2].map(
      (n) => `${at(history.json, `entry.${n}.request.method`)} ${at(history.json, `entry.${n}.request.url`)}`,
    );
    assert.deepEqual(told.toSorted(), ['DELETE Basic/a', 'DELETE Basic/b', 'PUT Basic/d']);
  });
});
