// A policy's life on a running server: proposed, tried, approved by somebody else, in force for everybody, and taken back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { openDb } from '../src/base/db.ts';
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

async function put(
  house: House,
  source: string,
  body: { resourceType: string; id: string; [element: string]: unknown },
) {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
}

async function sizeOf(house: House): Promise<number> {
  await house.idle();
  return Number(at(await house.books(), 'index'));
}

/** Leaves of policies from a ledger size on, each with the name of the policy that came in force by it. */
async function factsOf(house: House, from: number): Promise<readonly string[]> {
  const db = openDb({ url: house.url });
  try {
    const { rows } = await db.query<{ name: string }>(
      `select coalesce(name, 'a fact without a policy') as name from ledger_leaf l left join policy_version p on p.id = l.index
       where l.index >= $1 and l.kind = (select kind from ledger_leaf join policy_version on id = index limit 1) order by l.index`,
      [from],
    );
    return rows.map(({ name }) => name);
  } finally {
    await db.close();
  }
}

const post = (house: House, where: string, body: object) => house.http('POST', `/api/v1/policies${where}`, { body });
const openCases = async (house: House) => listAt((await house.http('GET', '/api/v1/cases')).json, 'cases');

async function diffOf(house: House, name = NAME): Promise<unknown> {
  for (;;) {
    const answer = await house.http('GET', `/api/v1/policies/${encodeURIComponent(name)}/diff`);
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
      const sameAgain = await post(house, `/${NAME}/approve`, { ...OTHER, by: ' Author ' });
      assert.match(sameAgain.text, /policy-second-person/, 'a name is one person’s whatever its case and spaces');
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

  test('is tried on what everybody said: other verdicts, other reasons and cases by class, and what it does not bear on', async () => {
    await withHouse(async (house) => {
      await twoBirthDates(house);
      await put(house, 'gp', { resourceType: 'Patient', id: 'gp-2', birthDate: '1970-01-02' });
      for (const [source, id, lotNumber, day] of [
        ['gp', 'gp-1', 'A', '2025-03-01'],
        ['app', 'app-1', 'B', '2025-03-02'],
      ] as const)
        await put(house, source, {
          ...{
            resourceType: 'Immunization',
            id: `dose-${source}`,
            status: 'completed',
            patient: { reference: `Patient/${id}` },
          },
          ...{ vaccineCode: { coding: [{ system: 'http://snomed.info/sct', code: '10' }] }, lotNumber },
          occurrenceDateTime: day,
        });
      await post(house, '', { body: STRICT, ...AUTHOR });
      const tried = await diffOf(house);
      assert.deepEqual(at(tried, 'persons'), { compared: 2, changed: 2 });
      assert.deepEqual(at(tried, 'verdicts'), [
        { element: 'birthDate', harm: 'H3', before: 'assumed', after: 'conflicting', count: 1, examples: ['gp-1'] },
      ]);
      const [was, is] = [
        { rule: 'only-one-says', harm: 'H1' },
        { rule: 'only-one-says', harm: 'H3' },
      ];
      const reason = { element: 'birthDate', state: 'known', before: was, after: is, count: 1, examples: ['gp-2'] };
      assert.deepEqual(at(tried, 'reasons'), [reason]);
      assert.deepEqual(at(tried, 'cases'), { opened: 1, closed: 0, byHarm: [{ harm: 'H3', opened: 1, closed: 0 }] });
      assert.match(String(at(tried, 'unaffected.identity')), /nobody would be joined or parted/);
      assert.match(String(at(tried, 'unaffected.dispatches')), /no dispatch/);

      // Lists that are judged behind the commits are tried too, where the rules for them differ.
      const doses = SHIPPED.replace(/^version: 2$/m, 'version: 4').replace(
        /same-time: day( # A dose)/,
        'same-time: any$1',
      );
      assert.notEqual(doses, SHIPPED);
      await post(house, '', { body: doses, ...AUTHOR });
      const other = await diffOf(house, 'uk-default@4');
      const elements = new Set(listAt(other, 'verdicts').map((one) => at(one, 'element')));
      assert.deepEqual([...elements], ['Immunization']);
    });
  });

  test('is tried on lists that are decided when somebody asks, whose differences make no case', async () => {
    await withHouse(async (house) => {
      await twoBirthDates(house);
      for (const [source, patient, status] of [
        ['gp', 'gp-1', 'finished'],
        ['app', 'app-1', 'in-progress'],
      ] as const)
        await put(house, source, {
          ...{ resourceType: 'Encounter', id: `stay-${source}`, status, class: { code: 'IMP' } },
          ...{ subject: { reference: `Patient/${patient}` }, period: { start: '2026-03-01T08:00:00Z' } },
        });
      const stays = SHIPPED.replace(/^version: 2$/m, 'version: 5').replace(
        /choose: \[trust, recency\]( # The system that runs the ward)/,
        'choose: []$1',
      );
      assert.notEqual(stays, SHIPPED);
      await post(house, '', { body: stays, ...AUTHOR });
      const tried = await diffOf(house, 'uk-default@5');
      const told = listAt(tried, 'verdicts').map((one) => [at(one, 'element'), at(one, 'before'), at(one, 'after')]);
      assert.deepEqual(told, [['Encounter', 'none', 'conflicting']], JSON.stringify(tried));
      assert.deepEqual(at(tried, 'cases'), { opened: 0, closed: 0, byHarm: [] });
    });
  });

  test('that comes in force, or is rolled back, is one appended fact, and no answer of the past is another to the byte', async () => {
    await withHouse(async (house) => {
      await twoBirthDates(house);
      const size = await sizeOf(house);
      const past = async () =>
        Promise.all(
          [
            '/Patient/gp-1?',
            '/Patient/gp-1/$explain?path=birthDate&',
            '/Patient/gp-1/$explain?path=name&',
            '/Patient/gp-1/$everything?',
            '/Patient?birthdate=1960-06-07&',
          ].map(async (asked) => {
            const answer = await house.fhir('GET', `${asked}_asOf=${size}`);
            assert.equal(answer.status, 200, answer.text);
            return answer.text;
          }),
        );
      const before = await past();
      await post(house, '', { body: STRICT, ...AUTHOR });
      await post(house, `/${NAME}/approve`, OTHER);
      assert.equal(await sizeOf(house), size, 'steps before it is in force are no facts of the record');

      assert.equal(at((await post(house, `/${NAME}/activate`, OTHER)).json, 'persons'), 1);
      assert.deepEqual(await factsOf(house, size), [NAME]);
      assert.deepEqual(await past(), before);
      const strict = await sizeOf(house);
      const underStrict = (await house.fhir('GET', `/Patient/gp-1/$explain?path=birthDate&_asOf=${strict}`)).text;

      assert.equal((await post(house, '/roll-back', { by: 'author', reason: 'too many cases' })).status, 200);
      assert.deepEqual(await factsOf(house, size), [NAME, 'uk-default@2']);
      assert.deepEqual(await past(), before);
      const again = (await house.fhir('GET', `/Patient/gp-1/$explain?path=birthDate&_asOf=${strict}`)).text;
      assert.equal(again, underStrict, 'what was said under the policy that was rolled back stays as well');
    });
  });

  test('that concerns nobody adds nothing to the ledger but itself', async () => {
    await withHouse(async (house) => {
      await put(house, 'gp', { resourceType: 'Patient', id: 'gp-3', gender: 'female' });
      await post(house, '', { body: SHIPPED.replace(/^version: 2$/m, 'version: 5'), ...AUTHOR });
      await post(house, '/uk-default@5/approve', OTHER);
      const size = await sizeOf(house);
      const activated = await post(house, '/uk-default@5/activate', OTHER);
      assert.deepEqual([at(activated.json, 'persons'), await sizeOf(house)], [0, size + 1]);
      assert.equal((await post(house, '/roll-back', OTHER)).status, 200);
      assert.equal(await sizeOf(house), size + 2);
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
