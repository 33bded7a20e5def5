// Data quality through the public edge: what fails is told, by source, and counting goes on from where it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, listAt, withHouse } from './harness.ts';
import { patient } from './messages.ts';

test('a column that holds no NHS numbers fails, by source, and tells nothing of a patient', async () => {
  await withHouse(async (house) => {
    for (let n = 0; n < 33; n += 1) {
      // Three of them pass the check digit by chance.
      const nhs = ['9990000018', '9990000026', '9990000034'][n] ?? String(9_990_000_010 + 10 * n);
      await house.fhir('PUT', `/Patient/p${n}`, {
        source: 'app',
        body: patient(`p${n}`, { nhs, family: 'Quillfeather', born: '1960-06-07' }),
      });
    }
    await house.idle();
    const answer = await house.http('GET', '/api/v1/quality?source=app');
    assert.equal(answer.status, 200, answer.text);
    const checks = listAt(answer.json, 'findings').map((one) => at(one, 'check'));
    assert.ok(
      checks.some((check) => check === 'nhs-number-column' || check === 'nhs-number-valid'),
      checks.join(),
    );
    assert.ok(!answer.text.includes('Quillfeather'));
    assert.equal(at(answer.json, 'countedTo'), at(answer.json, 'index'));
    assert.equal((await house.http('GET', '/api/v1/quality?source=app')).text, answer.text);
    assert.deepEqual(listAt((await house.http('GET', '/api/v1/quality?source=gp')).json, 'findings'), []);
    assert.equal((await house.http('GET', '/api/v1/quality?what=1')).status, 400);
  });
});
