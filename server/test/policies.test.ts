// A policy's life on a running server: proposed, tried, approved by somebody else, in force for everybody, and taken back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { bundlePolicy } from '../src/truth/index.ts';
import { at, type House, listAt, withHouse } from './harness.ts';

const POLICIES = new URL('../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
const SHIPPED = bundlePolicy(read('uk-default.v2.yaml'), read);
/** The same, but nobody is believed about a birth date over somebody else: what differs waits for a person. */
const STRICT = SHIPPED.replace(/^version: 2$/m, 'version: 3').replace(
  /^( +)birthDate:\n((?:\1 .*\n)+)/m,
  (_all, indent: string, body: string) =>
    `${indent}birthDate:\n${body.replace(/harm: H\d/, 'harm: H3').replace(/choose: .*\n/, 'choose: []\n')}`,
);
const AUTHOR = { by: 'author', reason: 'birth dates matter' };
const OTHER = { by: 'second', reason: 'agreed' };
const NAME = 'uk-default@3';

async function twoBirthDates(house: House): Promise<void> {
  const identifier = [{ system: 'https://example.org/registry', value: 'R-1' }];
  for (const [source, id, birthDate] of [
    ['gp', 'gp-1', '1960-06-07'],
    ['app', 'app-1', '1960-07-06'],
  ] as const) {
    const body = { resourceType: 'Patient', id, identifier, birthDate };
    const answer = await house.fhir('PUT', `/Patient/${id}`, { source, body });
    assert.ok(answer.status < 300, answer.text);
  }
}

const post = (house: House, where: string, body: object) => house.http('POST', `/api/v1/policies${where}`, { body });
const openCases = async (house: House) => listAt((await house.http('GET', '/api/v1/cases')).json, 'cases');

async function diffOf(house: House): Promise<unknown> {
  for (;;) {
    const answer = await house.http('GET', `/api/v1/policies/${encodeURIComponent(NAME)}/diff`);
    assert.equal(answer.status, 200, answer.text);
    if (at(answer.json, 'done') === true) return answer.json;
  }
}

suite('a policy', () => {
  test('is tried, approved by another, in force for everybody, and rolled back; the past stays as it was', async () => {
    await withHouse(async (house) => {
      assert.notEqual(STRICT, SHIPPED);
      await twoBirthDates(house);
      const before = (await house.fhir('GET', '/Patient/gp-1')).text;
      const then = at((await house.http('GET', '/api/v1/books')).json, 'index');
      assert.equal((await openCases(house)).length, 0);

      assert.equal((await post(house, '', { body: STRICT, ...AUTHOR })).status, 201);
      const tried = await diffOf(house);
      assert.equal(at(tried, 'persons.changed'), 1, JSON.stringify(tried));
      const [change] = listAt(tried, 'verdicts');
      assert.deepEqual([at(change, 'element'), at(change, 'after')], ['birthDate', 'conflicting']);
      assert.equal((await openCases(house)).length, 0, 'a trial changes nothing');

      assert.equal((await post(house, `/${NAME}/activate`, AUTHOR)).status, 400, 'not approved yet');
      const own = await post(house, `/${NAME}/approve`, AUTHOR);
      assert.match(own.text, /policy-second-person/);
      assert.equal((await post(house, `/${NAME}/approve`, OTHER)).status, 200);
      const activated = await post(house, `/${NAME}/activate`, OTHER);
      assert.equal(activated.status, 200, activated.text);
      assert.equal(at(activated.json, 'persons'), 1);
      assert.equal((await openCases(house)).length, 1, 'everybody is judged again');
      const explained = await house.fhir('GET', '/Patient/gp-1/$explain?path=birthDate');
      assert.equal(at(explained.json, 'state'), 'conflicting', explained.text.slice(0, 300));
      const past = await house.fhir('GET', `/Patient/gp-1/$explain?path=birthDate&_asOf=${then}`);
      assert.equal(at(past.json, 'state'), 'assumed', 'what was said then is what was said then');

      const back = await post(house, '/roll-back', { by: 'author', reason: 'too many cases' });
      assert.equal(at(back.json, 'name'), 'uk-default@2', back.text);
      assert.equal((await openCases(house)).length, 0);
      const after = (await house.fhir('GET', '/Patient/gp-1')).text;
      assert.deepEqual({ ...JSON.parse(after), meta: null }, { ...JSON.parse(before), meta: null });
      const list = (await house.http('GET', '/api/v1/policies')).json;
      assert.equal(at(list, 'active'), 'uk-default@2');
      assert.equal(listAt(list, 'policies').length, 2);
    });
  });

  test('that cannot be used, or is another text under a known name, is refused with its place', async () => {
    await withHouse(async (house) => {
      const broken = await post(house, '/check', { body: SHIPPED.replace('version: 2', 'version: two') });
      assert.equal(broken.status, 400);
      assert.match(broken.text, /\d+:\d+ /);
      const renamed = await post(house, '', {
        body: SHIPPED.replace('choose: [trust', 'choose: [recency, trust'),
        ...AUTHOR,
      });
      assert.equal(renamed.status, 400, renamed.text);
      assert.equal((await post(house, '/nobody@1/approve', OTHER)).status, 404);
    });
  });
});
