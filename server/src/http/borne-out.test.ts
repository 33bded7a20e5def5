// What a condition found by an identifier is looked at again: hashes can be made to meet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, listAt, withHouse } from '../../test/harness.ts';
import { bearsIdentifiers } from './borne-out.ts';

const text = JSON.stringify({
  resourceType: 'Organization',
  identifier: [{ system: 'urn:a', value: 'RX|1' }, { value: 'Plain, really' }],
});

test('an identifier is borne with its system, without one, in any case, and as one of several', () => {
  const bears = (...values: readonly string[]) =>
    bearsIdentifiers(values.map((value) => ['identifier', value] as const))(text);
  const yes = ['rx\\|1', 'urn:a|RX\\|1', '|plain\\, REALLY', 'urn:a|', 'x,urn:a|rx\\|1'];
  const no = ['rx', '|RX\\|1', 'urn:b|RX\\|1', 'urn:b|', 'x,y'];
  for (const value of yes) assert.ok(bears(value), value);
  for (const value of no) assert.ok(!bears(value), value);
  assert.ok(!bears('urn:a|', 'nothing'));
  assert.ok(bearsIdentifiers([['name', 'x']])(text));
});

test('a condition does not take a resource whose index says another’s identifier', async () => {
  await withHouse(async (house) => {
    const place = (id: string) => ({ resourceType: 'Organization', id, identifier: [{ value: `n-${id}` }], name: id });
    for (const id of ['a', 'b', 'c', 'd'])
      await house.fhir('PUT', `/Organization/${id}`, { source: 'gp', body: place(id) });
    await house.running.db.query(
      "update resource set search_terms = (select search_terms from resource where type = 'Organization' and id = 'a') where type = 'Organization' and id in ('b', 'c', 'd')",
    );
    const found = await house.fhir('GET', '/Organization?identifier=n-a');
    assert.equal(listAt(found.json, 'entry').length, 4, 'the index is as if hashes met');
    const headers = { 'if-none-exist': 'identifier=n-a' };
    const again = await house.fhir('POST', '/Organization', { source: 'gp', body: place('x'), headers });
    assert.deepEqual([again.status, at(again.json, 'id')], [200, 'a'], again.text);
    const gone = await house.fhir('DELETE', '/Organization?identifier=n-a', { source: 'gp' });
    assert.equal(gone.status, 204, gone.text);
    const reads = ['a', 'b', 'c', 'd'].map(async (id) => (await house.fhir('GET', `/Organization/${id}`)).status);
    assert.deepEqual(await Promise.all(reads), [410, 200, 200, 200]);
  });
});
