// $export: the record as NDJSON, as of one moment, whatever is written while it is fetched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { at, type House, listAt, withHouse } from './harness.ts';

const ASYNC = { prefer: 'respond-async' };
const patient = (id: string, family = 'Lark') => ({ resourceType: 'Patient', id, name: [{ family }] });
const put = (house: House, resource: { resourceType: string; id: string; [member: string]: unknown }) =>
  house.fhir('PUT', `/${resource.resourceType}/${resource.id}`, { source: 'gp', body: resource });
const weight = (id: string, of: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: `Patient/${of}` },
});

async function stock(house: House): Promise<void> {
  for (const id of ['p1', 'p2', 'p3']) await put(house, patient(id));
  await put(house, weight('o1', 'p1'));
  await put(house, weight('o2', 'p2'));
  await put(house, { resourceType: 'Organization', id: 'g1', name: 'Mill Lane' });
  await put(house, {
    resourceType: 'Group',
    id: 'few',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/p1' } }],
  });
}

async function begin(house: House, path: string): Promise<string> {
  const begun = await house.fhir('GET', path, { headers: ASYNC });
  assert.equal(begun.status, 202, begun.text);
  return String(begun.headers.get('content-location'));
}

async function manifestOf(house: House, status: string): Promise<unknown> {
  for (let turn = 0; turn < 200; turn += 1) {
    const answer = await house.http('GET', status, { headers: { accept: 'application/json' } });
    if (answer.status === 200) return answer.json;
    assert.equal(answer.status, 202, answer.text);
    assert.match(answer.headers.get('x-progress') ?? '', /^\d+ of \d+ types, \d+ resources$/);
    await wait(20);
  }
  return assert.fail('the export does not end');
}

/** `Type/id` of each line of all files. */
async function exported(house: House, manifest: unknown): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const file of listAt(manifest, 'output')) {
    const answer = await house.http('GET', String(at(file, 'url')), { headers: { accept: 'application/fhir+ndjson' } });
    assert.equal(answer.headers.get('content-type'), 'application/fhir+ndjson');
    const own = answer.text.trimEnd().split('\n');
    assert.equal(own.length, at(file, 'count'));
    lines.push(...own);
  }
  return lines.map((line) => `${at(JSON.parse(line), 'resourceType')}/${at(JSON.parse(line), 'id')}`).toSorted();
}

test('holds what was there when it began, in one line each', async () => {
  await withHouse(async (house) => {
    await stock(house);
    await house.fhir('PUT', '/Basic/pretty', {
      source: 'gp',
      body: '{\n  "resourceType": "Basic",\r\n  "id": "pretty", "code": {"text": "a\\nb"}\n}',
    });
    await house.fhir('DELETE', '/Observation/o2', { source: 'gp' });
    const status = await begin(house, '/$export');
    await put(house, patient('p4'));
    await put(house, { resourceType: 'Organization', id: 'g1', name: 'Renamed' });
    await house.fhir('DELETE', '/Observation/o1', { source: 'gp' });
    const manifest = await manifestOf(house, status);
    const expected = [
      'Basic/pretty',
      'Group/few',
      'Observation/o1',
      'Organization/g1',
      'Patient/p1',
      'Patient/p2',
      'Patient/p3',
    ];
    assert.deepEqual(await exported(house, manifest), expected);
    const organisations = listAt(manifest, 'output').find((file) => at(file, 'type') === 'Organization');
    assert.match((await house.http('GET', String(at(organisations, 'url')))).text, /Mill Lane/);
    assert.deepEqual([at(manifest, 'requiresAccessToken'), listAt(manifest, 'error')], [false, []]);
    assert.match(String(at(manifest, 'request')), /\/fhir\/R4\/\$export$/);
    assert.deepEqual(await manifestOf(house, status), manifest);
  });
});

test('of types, since a time, of patients, and of a group', async () => {
  await withHouse(async (house) => {
    await stock(house);
    house.clock.set('2026-03-02T09:00:00Z');
    await put(house, patient('p2', 'Brook'));
    for (const [path, expected] of [
      ['/$export?_type=Organization,Patient', ['Organization/g1', 'Patient/p1', 'Patient/p2', 'Patient/p3']],
      ['/$export?_since=2026-03-02T08:30:00Z', ['Patient/p2']],
      [
        '/Patient/$export?_type=Patient,Observation',
        ['Observation/o1', 'Observation/o2', 'Patient/p1', 'Patient/p2', 'Patient/p3'],
      ],
      ['/Group/few/$export?_type=Patient,Observation', ['Observation/o1', 'Patient/p1']],
    ] as const)
      assert.deepEqual(await exported(house, await manifestOf(house, await begin(house, path))), expected, path);
  });
});

test('a download that broke off goes on where it was', async () => {
  await withHouse(async (house) => {
    await stock(house);
    const manifest = await manifestOf(house, await begin(house, '/$export?_type=Patient'));
    const url = String(at(manifest, 'output.0.url'));
    const whole = (await house.http('GET', url)).text;
    const rest = await house.http('GET', url, { headers: { range: 'bytes=40-' } });
    assert.deepEqual([rest.status, rest.text], [206, whole.slice(40)]);
    assert.equal(rest.headers.get('content-range'), `bytes 40-${whole.length - 1}/${whole.length}`);
  });
});

test('what cannot be exported is refused', async () => {
  await withHouse(async (house) => {
    await stock(house);
    for (const [path, headers, status] of [
      ['/$export', {}, 400],
      ['/$export?_outputFormat=csv', ASYNC, 400],
      ['/$export?_type=Patients', ASYNC, 400],
      ['/Patient/$export?_type=Organization', ASYNC, 400],
      ['/$export?_typeFilter=x', ASYNC, 400],
      ['/$export?_since=then', ASYNC, 400],
      ['/Group/none/$export', ASYNC, 404],
      ['/_export/nothing', {}, 404],
      ['/_export/nothing/Patient', {}, 404],
    ] as const) {
      const answer = await house.fhir('GET', path, { headers });
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      assert.equal(at(answer.json, 'resourceType'), 'OperationOutcome');
    }
    const status = await begin(house, '/$export');
    assert.equal((await house.http('DELETE', status)).status, 202);
  });
});

test('filters, elements and patients that are asked for are what the files hold', async () => {
  await withHouse(async (house) => {
    await stock(house);
    await put(house, { ...weight('o3', 'p3'), status: 'preliminary' });
    const filter = new URLSearchParams({ _typeFilter: 'Observation?status=preliminary,Patient?name=lark&_id=p2' });
    const filtered = await manifestOf(house, await begin(house, `/$export?_type=Patient,Observation&${filter}`));
    assert.deepEqual(await exported(house, filtered), ['Observation/o3', 'Patient/p2']);
    const own = {
      resourceType: 'SearchParameter',
      status: 'active',
      code: 'state',
      base: ['Observation'],
      type: 'token',
    };
    const told = { url: 'https://example.org/state', name: 'State', description: 'State' };
    await put(house, { ...own, ...told, id: 'state', expression: 'Observation.status' });
    while (!(await house.fhir('GET', '/SearchParameter/state/$status')).text.includes('"complete"')) await house.idle();
    const byOwn = await begin(house, '/$export?_type=Observation&_typeFilter=Observation%3Fstate=preliminary');
    assert.deepEqual(await exported(house, await manifestOf(house, byOwn)), ['Observation/o3']);
    const parts = await manifestOf(
      house,
      await begin(house, '/$export?_type=Patient,Observation&_elements=Patient.birthDate,id'),
    );
    assert.equal((await exported(house, parts)).length, 6);
    for (const file of listAt(parts, 'output')) {
      const [first] = (await house.http('GET', String(at(file, 'url')))).text.split('\n').map((line) => line);
      const one: unknown = JSON.parse(first ?? '');
      assert.equal(at(one, 'name'), undefined);
      assert.equal(at(one, 'meta.tag.0.code'), 'SUBSETTED');
      assert.equal(at(one, 'resourceType') === 'Observation', at(one, 'status') === 'final');
    }
    const parameter = [{ name: 'patient', valueReference: { reference: 'Patient/p2' } }];
    const begun = await house.fhir('POST', '/Patient/$export', {
      headers: ASYNC,
      body: { resourceType: 'Parameters', parameter },
    });
    assert.equal(begun.status, 202, begun.text);
    const one = await manifestOf(house, String(begun.headers.get('content-location')));
    assert.deepEqual(await exported(house, one), ['Observation/o2', 'Patient/p2']);
  });
});

test('an export that is asked for wrongly is refused by the name of the parameter', async () => {
  await withHouse(async (house) => {
    await stock(house);
    const ask = async (method: string, path: string, body?: object) => {
      const { status, json } = await house.fhir(method, path, {
        headers: ASYNC,
        ...(body === undefined ? {} : { body }),
      });
      return `${status} ${at(json, 'issue.0.expression.0')}`;
    };
    const patient = (reference: string) => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'patient', valueReference: { reference } }],
    });
    assert.equal(await ask('GET', '/$export?includeAssociatedData=x'), '400 includeAssociatedData');
    assert.equal(await ask('GET', '/$export?_summary=true'), '400 _summary');
    assert.equal(await ask('GET', '/$export?_typeFilter=Observation'), '400 _typeFilter');
    assert.equal(await ask('GET', '/$export?_type=Patient&_typeFilter=Observation%3Fstatus%3Dx'), '400 _typeFilter');
    assert.equal(await ask('GET', '/$export?_typeFilter=Observation%3Fstatsu%3Dx'), '400 _typeFilter');
    assert.equal(await ask('GET', '/$export?_typeFilter=Observation%3F_count%3D1'), '400 _typeFilter');
    assert.equal(await ask('GET', '/$export?_elements=Patient.nmae'), '400 _elements');
    assert.equal(await ask('GET', '/Patient/$export?patient=p1'), '400 patient');
    assert.equal(await ask('POST', '/$export', patient('Patient/p1')), '400 patient');
    assert.equal(await ask('POST', '/Patient/$export', patient('Group/few')), '400 patient');
    assert.equal(await ask('POST', '/Group/few/$export', patient('Patient/p2')), '400 patient');
    assert.equal(await ask('POST', '/Group/few/$export', patient('Patient/p1')), '202 undefined');
  });
});

test('an export that fails is an incident and stands in health; who asked is told, and may go on', async () => {
  await withHouse(
    async (house) => {
      await stock(house);
      await house.running.db.query('set role none; alter table version rename column text to text_away; reset role');
      const status = await begin(house, '/$export?_type=Patient');
      let answer = await house.http('GET', status);
      for (; answer.status === 202; answer = await house.http('GET', status)) await wait(20);
      assert.equal(answer.status, 500, answer.text);
      assert.match(answer.text, /export-failed/);
      assert.match(house.incidents.join(), /An export of system was stopped by a failure/);
      const health = await house.http('GET', '/api/v1/health');
      assert.equal(health.status, 200);
      const job = listAt(health.json, 'checks').find((check) => at(check, 'name') === 'jobs');
      assert.match(String(at(job, 'detail')), /1 failed/);
      assert.equal(at(job, 'ok'), false);
      const words = listAt(health.json, 'checks').find((check) => at(check, 'name') === 'terminology');
      assert.match(String(at(words, 'detail')), /cannot be told: 42703/);
      await house.running.db.query('set role none; alter table version rename column text_away to text; reset role');
      await manifestOf(house, status);
    },
    { brings: /An export of system/ },
  );
});

test('members, whose a resource is, and what filters find are as of the same moment, whoever goes on with it later', async () => {
  await withHouse(async (house) => {
    await stock(house);
    const paths = [
      '/Group/few/$export?_type=Patient,Observation',
      `/$export?_type=Observation&_typeFilter=${encodeURIComponent('Observation?subject=Patient/p1')}`,
    ];
    const asked: string[] = [];
    for (const path of paths) asked.push(await begin(house, path));
    const before = [await manifestOf(house, asked[0] ?? ''), await manifestOf(house, asked[1] ?? '')];
    const group = { resourceType: 'Group', id: 'few', type: 'person', actual: true };
    await put(house, { ...group, member: [{ entity: { reference: 'Patient/p2' } }] });
    await put(house, weight('o1', 'p3'));
    await put(house, weight('o2', 'p1'));
    for (const [n, status] of asked.entries()) {
      // What was measured is forgotten: another process would begin anew.
      assert.equal((await house.http('DELETE', status)).status, 202);
      const again = await manifestOf(house, status);
      assert.deepEqual(again, before[n]);
      const expected = n === 0 ? ['Observation/o1', 'Patient/p1'] : ['Observation/o1'];
      assert.deepEqual(await exported(house, again), expected);
    }
    const now = await manifestOf(house, await begin(house, paths[0] ?? ''));
    assert.deepEqual(await exported(house, now), ['Patient/p2']);
    assert.equal((await house.fhir('DELETE', '/Group/few', { source: 'gp' })).status, 204);
    assert.equal((await house.fhir('GET', paths[0] ?? '', { headers: ASYNC })).status, 410);
  });
});
