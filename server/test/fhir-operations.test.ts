// Operations of the FHIR API over the real server.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

type Options = Parameters<House['fhir']>[2];
/** `asked` is a method and a path: `GET /Patient/p1`. */
const send = (house: House, asked: string, options: Options = {}) => {
  const [method = '', path = ''] = asked.split(/ (.*)/s);
  return house.fhir(method, path, { source: 'gp', ...options });
};
const put = async (house: House, resource: { resourceType: string; id: string } & Record<string, unknown>) => {
  const answer = await send(house, `PUT /${resource.resourceType}/${resource.id}`, { body: resource });
  assert.ok([200, 201].includes(answer.status), answer.text);
  return answer;
};
const reasons = (json: unknown) => listAt(json, 'issue').map((issue) => at(issue, 'details.coding.0.code'));
const severities = (json: unknown) => listAt(json, 'issue').map((issue) => at(issue, 'severity'));
const ids = (json: unknown) =>
  listAt(json, 'entry').map((entry) => `${at(entry, 'resource.resourceType')}/${at(entry, 'resource.id')}`);
const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Lark' }] };
const ADA = { reference: 'Patient/p1' };
const observation = (id: string, more: Record<string, unknown> = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: ADA,
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  ...more,
});

suite('$validate', () => {
  test('of what is sent says all that is wrong and writes nothing', async () => {
    await withHouse(async (house) => {
      const before = await house.newest();
      const wrong = await send(house, 'POST /Patient/$validate', {
        body: { resourceType: 'Patient', gender: 'x', nmae: 1 },
      });
      assert.deepEqual([wrong.status, at(wrong.json, 'resourceType')], [200, 'OperationOutcome']);
      assert.equal(severities(wrong.json).filter((severity) => severity === 'error').length, 2, wrong.text);
      const right = await send(house, 'POST /Patient/$validate', { body: PATIENT });
      assert.ok(!severities(right.json).includes('error'), right.text);
      const text = await send(house, 'POST /Patient/$validate', { body: '{"resourceType":' });
      assert.deepEqual(reasons(text.json), ['not-json']);
      assert.equal(await house.newest(), before);
    });
  });

  test('takes a profile on the address, in Parameters, and one that is stored', async () => {
    await withHouse(async (house) => {
      const url = 'https://profiles.example/named-patient';
      const body = { resourceType: 'Patient', id: 'p1' };
      const unknown = await send(house, `POST /Patient/$validate?profile=${url}`, { body });
      assert.ok(
        severities(unknown.json).some((severity) => severity === 'error' || severity === 'warning'),
        unknown.text,
      );
      await put(house, {
        resourceType: 'StructureDefinition',
        id: 'named',
        url,
        name: 'Named',
        status: 'active',
        kind: 'resource',
        abstract: false,
        type: 'Patient',
        baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
        derivation: 'constraint',
        differential: {
          element: [
            { id: 'Patient', path: 'Patient' },
            { id: 'Patient.name', path: 'Patient.name', min: 1 },
          ],
        },
      });
      const missing = await send(house, `POST /Patient/$validate?profile=${url}`, { body });
      assert.ok(severities(missing.json).includes('error'), missing.text);
      assert.match(missing.text, /Patient\.name/);
      const parameters = {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: { ...body, name: [{ family: 'Lark' }] } },
          { name: 'profile', valueUri: url },
        ],
      };
      const fine = await send(house, 'POST /Patient/$validate', { body: parameters });
      assert.ok(!severities(fine.json).includes('error'), fine.text);
    });
  });

  test('of an instance looks at what is stored, and at modes', async () => {
    await withHouse(async (house) => {
      await put(house, PATIENT);
      assert.ok(!severities((await send(house, 'GET /Patient/p1/$validate')).json).includes('error'));
      assert.equal((await send(house, 'GET /Patient/none/$validate')).status, 404);
      const other = await send(house, 'POST /Patient/p1/$validate?mode=update', { body: { ...PATIENT, id: 'p2' } });
      assert.ok(reasons(other.json).includes('id-disagrees'), other.text);
      const mode = await send(house, 'POST /Patient/$validate?mode=guess', { body: PATIENT });
      assert.deepEqual(reasons(mode.json), ['mode-unknown']);
      assert.equal((await send(house, 'POST /Patient/$validate?moed=create', { body: PATIENT })).status, 400);
    });
  });
});

suite('$everything', () => {
  const stock = async (house: House) => {
    await put(house, PATIENT);
    await put(house, { ...PATIENT, id: 'p2', name: [{ family: 'Brook' }] });
    await put(house, { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Field' }] });
    await put(house, {
      resourceType: 'Encounter',
      id: 'e1',
      status: 'finished',
      class: { code: 'AMB' },
      subject: ADA,
      period: { start: '2025-05-01', end: '2025-05-02' },
    });
    await put(
      house,
      observation('o1', { effectiveDateTime: '2024-01-01', performer: [{ reference: 'Practitioner/dr' }] }),
    );
    house.clock.set('2026-03-02T09:00:00Z');
    await put(house, observation('o2', { effectiveDateTime: '2025-05-01', encounter: { reference: 'Encounter/e1' } }));
    await put(house, observation('o3', { subject: { reference: 'Patient/p2' } }));
  };

  test('of a patient is all of that patient, and who is named there', async () => {
    await withHouse(async (house) => {
      await stock(house);
      const all = await send(house, 'GET /Patient/p1/$everything');
      assert.equal(all.status, 200, all.text);
      assert.deepEqual(ids(all.json).toSorted(), [
        'Encounter/e1',
        'Observation/o1',
        'Observation/o2',
        'Patient/p1',
        'Practitioner/dr',
      ]);
      const modes = new Map(
        listAt(all.json, 'entry').map((entry) => [at(entry, 'resource.id'), at(entry, 'search.mode')]),
      );
      assert.deepEqual([modes.get('dr'), modes.get('o1')], ['include', 'match']);
      for (const [query, expected] of [
        ['_type=Observation', ['Observation/o1', 'Observation/o2', 'Practitioner/dr']],
        ['_since=2026-03-02T08:30:00Z', ['Observation/o2']],
        ['start=2025-01-01&end=2025-12-31', ['Encounter/e1', 'Observation/o2', 'Patient/p1']],
        ['start=2025-05-02&_type=Encounter', ['Encounter/e1']],
      ] as const)
        assert.deepEqual(
          ids((await send(house, `GET /Patient/p1/$everything?${query}`)).json).toSorted(),
          expected,
          query,
        );
      const posted = await send(house, 'POST /Patient/p1/$everything', {
        body: { resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Encounter' }] },
      });
      assert.deepEqual(ids(posted.json), ['Encounter/e1']);
      assert.equal((await send(house, 'GET /Patient/none/$everything')).status, 404);
      assert.equal((await send(house, 'GET /Patient/p1/$everything?_type=Practitioner')).status, 400);
      assert.equal((await send(house, 'GET /Patient/p1/$everything?name=x')).status, 400);
    });
  });

  test('comes page by page, each resource once', async () => {
    await withHouse(async (house) => {
      await put(house, PATIENT);
      for (let n = 0; n < 7; n += 1) await put(house, observation(`o${n}`));
      const seen: string[] = [];
      let url: unknown = '/fhir/R4/Patient/p1/$everything?_count=3';
      for (let page = 0; typeof url === 'string'; page += 1) {
        const answer = await house.http('GET', url);
        seen.push(...ids(answer.json));
        url = at(
          listAt(answer.json, 'link').find((link) => at(link, 'relation') === 'next'),
          'url',
        );
        assert.ok(page < 6);
      }
      assert.deepEqual(seen.toSorted(), [...Array.from({ length: 7 }, (_, n) => `Observation/o${n}`), 'Patient/p1']);
    });
  });

  test('of an encounter is what belongs to it', async () => {
    await withHouse(async (house) => {
      await stock(house);
      const all = await send(house, 'GET /Encounter/e1/$everything');
      assert.deepEqual(ids(all.json).toSorted(), ['Encounter/e1', 'Observation/o2', 'Patient/p1']);
    });
  });
});

suite('$meta', () => {
  const tag = (code: string) => ({ system: 'urn:tags', code });
  const change = (meta: object) => ({
    body: { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: meta }] },
  });
  const codes = (json: unknown) => listAt(json, 'parameter.0.valueMeta.tag').map((one) => at(one, 'code'));

  test('is read, added to and taken from, as new versions that say so', async () => {
    await withHouse(async (house) => {
      const text =
        '{"resourceType":"Observation","id":"o1","meta":{"tag":[{"system":"urn:tags","code":"a"}]},"status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}';
      await send(house, 'PUT /Observation/o1', { body: text });
      assert.deepEqual(codes((await send(house, 'GET /Observation/o1/$meta')).json), ['a']);
      const added = await send(
        house,
        'POST /Observation/o1/$meta-add',
        change({ tag: [tag('b'), tag('a')], profile: ['urn:p'] }),
      );
      assert.equal(added.status, 200, added.text);
      assert.deepEqual(
        [codes(added.json), listAt(added.json, 'parameter.0.valueMeta.profile')],
        [['a', 'b'], ['urn:p']],
      );
      assert.equal(added.headers.get('etag'), 'W/"2"');
      const less = await send(house, 'POST /Observation/o1/$meta-delete', change({ tag: [tag('a'), tag('none')] }));
      assert.deepEqual(codes(less.json), ['b']);
      const now = await send(house, 'GET /Observation/o1');
      assert.deepEqual([at(now.json, 'meta.tag.0.code'), at(now.json, 'meta.versionId')], ['b', '3']);
      assert.match(now.text, /"value":1\.50/);
      assert.equal(
        (await send(house, 'POST /Observation/o1/$meta-add', { body: { resourceType: 'Parameters' } })).status,
        400,
      );
      assert.equal((await send(house, 'GET /Observation/none/$meta')).status, 404);
    });
  });
});

suite('$lastn', () => {
  test('is the newest of each code, as many as asked', async () => {
    await withHouse(async (house) => {
      await put(house, PATIENT);
      const pulse = {
        code: {
          coding: [
            { system: 'urn:own', code: 'p' },
            { system: 'http://loinc.org', code: '8867-4' },
          ],
        },
      };
      const samePulse = { code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] } };
      await put(house, observation('w1', { effectiveDateTime: '2024-01-01' }));
      await put(house, observation('w2', { effectiveDateTime: '2025-01-01' }));
      await put(house, observation('w3', { effectiveDateTime: '2023-01-01' }));
      await put(house, observation('h1', { ...pulse, effectiveDateTime: '2024-06-01' }));
      await put(house, observation('h2', { ...samePulse, effectiveDateTime: '2024-07-01' }));
      const last = await send(house, 'GET /Observation/$lastn?patient=p1');
      assert.deepEqual(ids(last.json), ['Observation/w2', 'Observation/h2'], last.text);
      const two = await send(house, 'GET /Observation/$lastn?patient=Patient/p1&max=2&code=http://loinc.org|8867-4');
      assert.deepEqual(ids(two.json), ['Observation/h2', 'Observation/h1']);
      assert.equal((await send(house, 'GET /Observation/$lastn')).status, 400);
      assert.equal((await send(house, 'GET /Observation/$lastn?patient=p1&max=0')).status, 400);
      assert.equal((await send(house, 'GET /Observation/$lastn?patient=p1&colour=red')).status, 400);
    });
  });
});
