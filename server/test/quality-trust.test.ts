// A check that fails lowers the trust of its source by policy, as a recorded fact with its reason, opens a case, and is taken back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundlePolicy } from '../src/truth/index.ts';
import { at, type House, listAt, withHouse } from './harness.ts';
import { patient } from './messages.ts';

const POLICIES = new URL('../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
const DOUBTING = `${bundlePolicy(read('uk-default.v2.yaml'), read).replace(/^version: 2$/m, 'version: 3')}
quality:
  lowers:
    nhs-number-column: 60
    nhs-number-valid: 60
  opens-cases: true
  why: A column that is not what it is called says nothing of who somebody is.
`;

const post = (house: House, where: string, body: object) => house.http('POST', `/api/v1/policies${where}`, { body });

async function proposed(house: House): Promise<void> {
  const answer = await post(house, '', { body: DOUBTING, by: 'author', reason: 'doubt bad columns' });
  assert.equal(answer.status, 201, answer.text);
}

async function inForce(house: House): Promise<void> {
  await proposed(house);
  assert.equal((await post(house, '/uk-default@3/approve', { by: 'second', reason: 'agreed' })).status, 200);
  assert.equal((await post(house, '/uk-default@3/activate', { by: 'second', reason: 'agreed' })).status, 200);
}

async function say(house: House, [source, id]: readonly [string, string], born: string): Promise<void> {
  const identifier = [{ system: 'https://example.org/registry', value: 'R-1' }];
  const body = { resourceType: 'Patient', id, identifier, birthDate: born };
  const answer = await house.fhir('PUT', `/Patient/${id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
}

const explained = async (house: House, more = '') =>
  (await house.fhir('GET', `/Patient/gp-1/$explain?path=birthDate${more}`)).json;
const act = async (house: House) => {
  const answer = await house.http('POST', '/api/v1/quality/act', { body: {} });
  assert.equal(answer.status, 200, answer.text);
  await house.idle();
  return answer.json;
};

/** One person of whom two sources tell another birth date, and a source that sends another column as the NHS number. */
async function badColumn(house: House): Promise<void> {
  await say(house, ['gp', 'gp-1'], '1960-06-07');
  await say(house, ['app', 'app-1'], '1960-07-06');
  for (let n = 0; n < 33; n += 1) {
    const nhs = ['9990000018', '9990000026', '9990000034'][n] ?? String(9_990_000_010 + 10 * n);
    const body = patient(`p${n}`, { nhs, family: 'Quillfeather', born: '1960-06-07' });
    await house.fhir('PUT', `/Patient/p${n}`, { source: 'gp', body });
  }
  await house.idle();
}

test('what a rule about failing checks would do is told before it is in force, and nothing is lowered by asking', async () => {
  await withHouse(async (house) => {
    await proposed(house);
    await badColumn(house);
    let diff: unknown;
    do diff = (await house.http('GET', '/api/v1/policies/uk-default%403/diff')).json;
    while (at(diff, 'done') !== true);
    assert.deepEqual(listAt(diff, 'sources'), [{ source: 'gp', before: 75, after: 15 }]);
    const changed = listAt(diff, 'verdicts').map((one) => [at(one, 'element'), at(one, 'before'), at(one, 'after')]);
    assert.deepEqual(changed, [['birthDate', 'assumed', 'assumed']], 'another of the two dates would be shown');
    assert.deepEqual(listAt(await explained(house), 'values'), ['1960-06-07']);
  });
});

test('numbers of another column cost a source its trust, and a policy without the rule gives it back', async () => {
  await withHouse(async (house) => {
    await inForce(house);
    await badColumn(house);
    assert.deepEqual(listAt(await explained(house), 'values'), ['1960-06-07'], 'the practice is trusted more');
    const then = at(await explained(house), 'asOf');

    const acted = await act(house);
    assert.deepEqual(listAt(acted, 'lowered'), [{ source: 'gp', from: 75, to: 15 }]);
    const now = await explained(house);
    assert.deepEqual(listAt(now, 'values'), ['1960-07-06'], JSON.stringify(now));
    assert.match(String(at(now, 'text')), /trust of Practice was lowered from 75 to 15 by uk-default@3: .*NHS numbers/);
    assert.equal(at((await house.fhir('GET', '/Patient/gp-1')).json, 'birthDate'), '1960-07-06', 'served as decided');
    assert.deepEqual(listAt(await explained(house, `&_asOf=${then}`), 'values'), ['1960-06-07'], 'the past stands');
    const [open] = await house.cases();
    assert.equal(open?.kind, 'source-quality');
    assert.match(open?.summary ?? '', /source gp fails.*NHS numbers/);
    assert.deepEqual(listAt(await act(house), 'lowered'), [], 'once is enough');
    assert.equal((await house.cases()).length, 1);
    assert.equal((await house.fhir('GET', '/Patient/p5')).status, 200, 'nothing was taken away');

    const back = { by: 'second', reason: 'not like this' };
    assert.equal((await house.http('POST', '/api/v1/policies/roll-back', { body: back })).status, 200);
    assert.deepEqual(listAt(await act(house), 'lowered'), [{ source: 'gp', from: 15, to: 75 }]);
    assert.equal((await house.cases()).length, 0);
    assert.deepEqual(listAt(await explained(house), 'values'), ['1960-06-07']);
  });
});
