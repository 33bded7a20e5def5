// Lists that are judged behind the commits: two sources that differ are shown as conflicting at once, and become a case soon after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { at, type House, listAt, withHouse } from './harness.ts';

type Resource = { readonly resourceType: string; readonly id: string; readonly [element: string]: unknown };

async function put(house: House, source: string, body: Resource): Promise<void> {
  const answer = await house.fhir('PUT', `/${body.resourceType}/${body.id}`, { source, body });
  assert.ok(answer.status < 300, answer.text);
  await house.idle();
}

const patient = (id: string): Resource => ({
  ...{ resourceType: 'Patient', id, identifier: [{ system: 'https://example.org/mrn', value: 'M1' }] },
});
const flag = (id: string, of: string, code: string): Resource => ({
  ...{ resourceType: 'Flag', id, status: 'active', subject: { reference: `Patient/${of}` } },
  code: { coding: [{ system: 'http://snomed.info/sct', code }] },
});
const result = (id: string, of: string, value: number): Resource => ({
  ...{ resourceType: 'Observation', id, status: 'final', subject: { reference: `Patient/${of}` } },
  identifier: [{ type: { coding: [{ code: 'FILL' }] }, system: 'https://lab.example/Id/report', value: 'R-17' }],
  code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
  effectiveDateTime: '2026-03-01T08:00:00Z',
  valueQuantity: { value, unit: 'g/L', system: 'http://unitsofmeasure.org', code: 'g/L' },
});
const verdicts = async (house: House) =>
  listAt((await house.http('GET', '/api/v1/persons/p1')).json, 'verdicts').map((one) => [
    String(at(one, 'element')).split(':')[0],
    at(one, 'state'),
  ]);

async function casesWhen(house: House, isSo: (elements: readonly string[]) => boolean) {
  for (let tries = 0; tries < 200; tries += 1) {
    const cases = await house.cases();
    if (isSo(cases.map((one) => one.element ?? ''))) return cases;
    await pause(50);
  }
  throw new Error(`open are ${(await house.cases()).map((one) => one.element).join(', ')}`);
}

async function twoSources(house: House): Promise<void> {
  await put(house, 'gp', patient('p1'));
  await put(house, 'app', patient('p2'));
}

test('for and against resuscitation are both shown, become a case, and a ruling settles it', async () => {
  await withHouse(async (house) => {
    await twoSources(house);
    await put(house, 'gp', flag('f1', 'p1', '450476008'));
    await put(house, 'app', flag('f2', 'p2', '450475007'));
    const told = await verdicts(house);
    assert.ok(
      told.some(([element, state]) => element === 'ResuscitationStatus' && state === 'conflicting'),
      String(told),
    );
    const [open] = await casesWhen(house, (all) => all.some((one) => one.startsWith('ResuscitationStatus')));
    assert.equal(open?.harm, 'H3');
    const whole = (await house.http('GET', `/api/v1/cases/${open?.id}`)).json;
    assert.equal(listAt(whole, 'conflict.sides').length, 2, JSON.stringify(whole));
    // Another word about the person leaves the case as it is.
    await put(house, 'gp', { ...patient('p1'), gender: 'male' });
    assert.equal((await house.cases()).length, 1);
    const ruled = await house.rule({
      ...{ kind: 'both-valid', person: 'p1', element: open?.element, competingSet: open?.competingSet },
      ...{ reason: 'one is for this admission', by: 'Dr Example' },
    });
    assert.equal(ruled.status, 201, ruled.text);
    await casesWhen(house, (all) => all.length === 0);
  });
});

test('one result with two values is a case, and none when the copy is put right or the two are parted', async () => {
  await withHouse(async (house) => {
    await twoSources(house);
    await put(house, 'gp', result('r1', 'p1', 130));
    await put(house, 'app', result('r2', 'p2', 103));
    await casesWhen(house, (all) => all.some((one) => one.startsWith('Observation:')));
    assert.ok((await verdicts(house)).some(([element, state]) => element === 'Observation' && state === 'conflicting'));
    await put(house, 'app', result('r2', 'p2', 130));
    await casesWhen(house, (all) => all.length === 0);
    await put(house, 'app', result('r2', 'p2', 113));
    await casesWhen(house, (all) => all.length === 1);
    const parted = await house.rule({ kind: 'not-same', a: 'p1', b: 'p2', reason: 'brothers', by: 'Dr Example' });
    assert.equal(parted.status, 201, parted.text);
    await casesWhen(house, (all) => all.length === 0);
  });
});

const PERSONS = 44;

test('whoever is looked at together with others comes to what is shown of each alone', async () => {
  await withHouse(async (house) => {
    const numbers = Array.from({ length: PERSONS }, (_, n) => n);
    // In turn: flags that differ, results that differ, results that agree, and a person of one record only.
    const said = (source: string) => (n: number) => {
      const [id, other] = [`${source}-p${n}`, source === 'app'];
      const about = { ...patient(id), identifier: [{ system: 'https://example.org/mrn', value: `M${n}` }] };
      const entry = [
        flag(`${source}-f${n}`, id, other ? '450475007' : '450476008'),
        result(`${source}-r${n}`, id, other ? 103 : 130),
        result(`${source}-r${n}`, id, 120),
        flag(`${source}-f${n}`, id, '450476008'),
      ][n % 4];
      return n % 4 === 3 && other ? [] : [about, ...(entry === undefined ? [] : [entry])];
    };
    const say = async (source: string, resources: readonly Resource[]) => {
      const entry = resources.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      }));
      const body = { resourceType: 'Bundle', type: 'transaction', entry };
      const answer = await house.fhir('POST', '', { source, body });
      assert.equal(answer.status, 200, answer.text);
      await house.idle();
    };
    for (const source of ['gp', 'app']) await say(source, numbers.flatMap(said(source)));
    const alone = new Set<string>();
    for (const n of numbers) {
      const shown = listAt((await house.http('GET', `/api/v1/persons/gp-p${n}`)).json, 'verdicts');
      for (const one of shown)
        if (at(one, 'state') === 'conflicting') alone.add(`${n} ${String(at(one, 'element')).split(':')[0]}`);
    }
    assert.equal(alone.size, PERSONS / 2, [...alone].join('\n'));
    const open = await casesWhen(house, (all) => all.length >= alone.size);
    const together = open.map(({ persons, element = '' }) => {
      const number = persons
        .map((id) => /^Patient\/(?:gp|app)-p(\d+)$/.exec(id)?.[1])
        .find((found) => found !== undefined);
      return `${number} ${element.split(':')[0]}`;
    });
    assert.deepEqual(together.sort(), [...alone].sort());

    // Looked at again, for what changes none of it, each beside the open cases of others.
    await say(
      'gp',
      numbers.map((n) => flag(`gp-x${n}`, `gp-p${n}`, '225365006')),
    );
    await watched(house);
    assert.deepEqual(ids(await house.cases()), ids(open));
  });
});

const ids = (cases: readonly { readonly id: string }[]) => cases.map(({ id }) => id).sort();

async function watched(house: House): Promise<void> {
  await house.idle();
  for (let tries = 0; tries < 200; tries += 1) {
    const checks = listAt((await house.http('GET', '/api/v1/health')).json, 'checks');
    const watch = checks.find((check) => at(check, 'name') === 'watch');
    if (at(watch, 'detail') === 'long lists are judged up to the newest entry') return;
    await pause(50);
  }
  throw new Error('the watch does not come to the newest entry');
}
