// Terminology in memory: what was written is read once, what does not fit is named, and what becomes free is used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withHouse } from '../../test/harness.ts';
import { holdTerminology } from './held-terminology.ts';

const system = (id: string, text: string) => ({
  resourceType: 'CodeSystem',
  id,
  url: `urn:${id}`,
  status: 'active',
  content: 'complete',
  concept: [{ code: 'a', definition: text }],
});

test('holds what fits, says what does not, and takes it when there is room', async () => {
  await withHouse(async (house) => {
    const put = async (id: string, sizeBytes: number) => {
      const answer = await house.fhir('PUT', `/CodeSystem/${id}`, {
        source: 'gp',
        body: system(id, 'x'.repeat(sizeBytes)),
      });
      assert.ok(answer.status < 300, answer.text);
    };
    const incidents: string[] = [];
    const held = holdTerminology({
      db: house.running.db,
      incident: (what) => incidents.push(what),
      sizeBytesMax: 10_000,
    });
    await put('one', 4_000);
    await put('two', 4_000);
    const first = await held.current();
    const one = first.codeSystem('urn:one');
    assert.equal(one?.url, 'urn:one');
    assert.equal((await held.check()).ok, true);
    await put('three', 4_000);
    const second = await held.current();
    assert.equal(second.codeSystem('urn:one'), one, 'what was parsed stays');
    assert.throws(() => second.codeSystem('urn:three'), { code: 'terminology-limit', where: 'urn:three' });
    assert.equal(second.codeSystem('urn:none'), undefined);
    assert.match(incidents.join(), /1 resources are stored and not loaded, such as CodeSystem\/three/);
    const check = await held.check();
    assert.deepEqual([check.ok, check.notice], [false, true]);
    assert.match(check.detail, /^3 code systems/);
    await house.fhir('DELETE', '/CodeSystem/two', { source: 'gp' });
    const third = await held.current();
    assert.equal(third.codeSystem('urn:three')?.url, 'urn:three');
    assert.equal(third.codeSystem('urn:two'), undefined);
    assert.equal((await held.check()).ok, true);
    await put('three', 9_000);
    await assert.rejects(async () => (await held.current()).codeSystem('urn:three'), { code: 'terminology-limit' });
    assert.equal((await held.current()).codeSystem('urn:one'), one);
  });
});

test('requests at the same time see what was written before they came', async () => {
  await withHouse(async (house) => {
    const held = holdTerminology({ db: house.running.db, incident: (what) => assert.fail(what) });
    for (let n = 0; n < 5; n += 1) {
      await house.fhir('PUT', `/CodeSystem/s${n}`, { source: 'gp', body: system(`s${n}`, 'x') });
      const seen = await Promise.all(Array.from({ length: 8 }, () => held.current()));
      for (const terminology of seen) assert.equal(terminology.codeSystem(`urn:s${n}`)?.url, `urn:s${n}`);
    }
  });
});
