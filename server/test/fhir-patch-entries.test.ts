// PATCH entries of transactions and batches: applied with all else or not at all, and remembered as what they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';

const OBSERVATION =
  '{"resourceType":"Observation","id":"w1","status":"preliminary","code":{"text":"weight"},"valueQuantity":{"value":70.50,"unit":"kg"}}';

function jsonPatch(operations: readonly object[]) {
  const data = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
}

function fhirPathPatch(type: string, path: string, value: object) {
  const parts = [
    { name: 'type', valueCode: type },
    { name: 'path', valueString: path },
    { name: 'value', ...value },
  ];
  return { resourceType: 'Parameters', parameter: [{ name: 'operation', part: parts }] };
}

const final = jsonPatch([{ op: 'replace', path: '/status', value: 'final' }]);

async function send(house: House, entry: readonly object[], type = 'transaction') {
  return house.fhir('POST', '', { source: 'gp', body: { resourceType: 'Bundle', type, entry } });
}

const statuses = (bundle: unknown) => listAt(bundle, 'entry').map((entry) => at(entry, 'response.status'));

test('a transaction patches in both languages, keeps digits, and points patches at what it creates', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Ash' }] };
    await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: patient });
    const performer = { op: 'add', path: '/performer', value: [{ reference: 'urn:uuid:d' }] };
    const answer = await send(house, [
      {
        fullUrl: 'urn:uuid:d',
        resource: { resourceType: 'Practitioner', name: [{ family: 'Dale' }] },
        request: { method: 'POST', url: 'Practitioner' },
      },
      {
        resource: jsonPatch([{ op: 'replace', path: '/status', value: 'final' }, performer]),
        request: { method: 'PATCH', url: 'Observation/w1', ifMatch: 'W/"1"' },
      },
      {
        resource: fhirPathPatch('replace', 'Patient.name[0].family', { valueString: 'Oak' }),
        request: { method: 'PATCH', url: 'Patient/p1' },
      },
    ]);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(statuses(answer.json), ['201 Created', '200 OK', '200 OK']);
    const observation = await house.fhir('GET', '/Observation/w1');
    assert.match(observation.text, /"value":70\.50/);
    assert.match(String(at(observation.json, 'performer.0.reference')), /^Practitioner\//);
    assert.equal(at(observation.json, 'status'), 'final');
    assert.equal(at((await house.fhir('GET', '/Patient/p1')).json, 'name.0.family'), 'Oak');
    const receipt = await house.receipt(await house.newest());
    assert.equal(receipt.state, 'applied');
    assert.deepEqual(receipt.loss?.entries, []);
  });
});

test('a patch that cannot be applied takes the whole transaction with it, and says which entry and why', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    await house.fhir('PUT', '/Basic/gone', { source: 'gp', body: { resourceType: 'Basic', id: 'gone', code: {} } });
    await house.fhir('PUT', '/Basic/gone', {
      source: 'gp',
      body: { resourceType: 'Basic', id: 'gone', code: { text: 'x' } },
    });
    await house.fhir('DELETE', '/Basic/gone', { source: 'gp' });
    const rows = [
      [final, { url: 'Observation/none' }, '404 not-found', 'Bundle.entry[1]'],
      [final, { url: 'Basic/gone' }, '410 gone', 'Bundle.entry[1]'],
      [final, { url: 'Observation/w1', ifMatch: 'W/"7"' }, '412 version-conflict', 'Bundle.entry[1]'],
      [final, { url: 'Observation?status=cancelled' }, '404 not-found', 'Bundle.entry[1]'],
      [
        jsonPatch([{ op: 'test', path: '/status', value: 'final' }]),
        { url: 'Observation/w1' },
        '422 patch-test-failed',
        'Bundle.entry[1].patch[0].value',
      ],
      [{ resourceType: 'Basic' }, { url: 'Observation/w1' }, '400 entry-without-patch', 'Bundle.entry[1]'],
      [
        jsonPatch([{ op: 'remove', path: '/status' }]),
        { url: 'Observation/w1' },
        '422 required-element-missing',
        'Bundle.entry[1].resource.status',
      ],
    ] as const;
    for (const [resource, request, expected, where] of rows) {
      const answer = await send(house, [
        { resource: { resourceType: 'Location', name: 'Ward' }, request: { method: 'POST', url: 'Location' } },
        { resource, request: { method: 'PATCH', ...request } },
      ]);
      const told = `${answer.status} ${at(answer.json, 'issue.0.details.coding.0.code')}`;
      assert.deepEqual([told, at(answer.json, 'issue.0.expression.0')], [expected, where], answer.text);
    }
    assert.equal(at((await house.fhir('GET', '/Location')).json, 'total') ?? 0, 0);
    assert.equal(at((await house.fhir('GET', '/Observation/w1')).json, 'meta.versionId'), '1');
  });
});

test('a transaction may name a resource once, a patch counted', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    const answer = await send(house, [
      { resource: JSON.parse(OBSERVATION), request: { method: 'PUT', url: 'Observation/w1' } },
      { resource: final, request: { method: 'PATCH', url: 'Observation?code:text=weight' } },
    ]);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(at(answer.json, 'issue.0.details.coding.0.code'), 'entry-twice');
  });
});

test('patches of a batch stand alone, each with its own answer', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    const answer = await send(
      house,
      [
        { resource: final, request: { method: 'PATCH', url: 'Observation/w1' } },
        { resource: final, request: { method: 'PATCH', url: 'Observation/none' } },
        {
          resource: fhirPathPatch('replace', 'Observation.code.text', { valueString: 'body weight' }),
          request: { method: 'PATCH', url: 'Observation?status=final' },
        },
      ],
      'batch',
    );
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(statuses(answer.json).slice(0, 2), ['200', '404']);
  });
});

test('a patch that was sent is what its receipt holds, byte for byte, and a patch of what is deleted is gone', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    const body = ' [ {"op":"replace", "path":"/status","value":"final"} ]';
    const patched = await house.fhir('PATCH', '/Observation/w1', {
      source: 'gp',
      type: 'application/json-patch+json',
      body,
    });
    assert.equal(patched.status, 200, patched.text);
    const receipt = await house.receipt(Number(patched.headers.get('vouch-receipt')));
    assert.equal(receipt.payload.text, body);
    assert.equal(receipt.loss?.unmapped, 0);
    await house.fhir('DELETE', '/Observation/w1', { source: 'gp' });
    const late = await house.fhir('PATCH', '/Observation/w1', {
      source: 'gp',
      type: 'application/json-patch+json',
      body,
    });
    assert.equal(late.status, 410, late.text);
  });
});

test('a history tells of each version the method and address that made it, those of a transaction, too', async () => {
  await withHouse(async (house) => {
    const basic = (text: string) => ({ resourceType: 'Basic', id: 'b1', code: { text } });
    const patient = (family: string) => ({ resourceType: 'Patient', id: 'p1', name: [{ family }] });
    const put = (resource: { resourceType: string; id: string }) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    });
    const rename = jsonPatch([{ op: 'replace', path: '/name/0/family', value: 'Elm' }]);
    const recode = jsonPatch([{ op: 'replace', path: '/code/text', value: 'c' }]);
    await send(house, [put(basic('a')), put(patient('Ash'))]);
    await send(house, [put(patient('Oak')), { request: { method: 'GET', url: 'Basic/b1' } }, put(basic('b'))]);
    const patched = await send(house, [
      { resource: recode, request: { method: 'PATCH', url: 'Basic/b1' } },
      { resource: { resourceType: 'Location', name: 'Ward' }, request: { method: 'POST', url: 'Location' } },
      { resource: rename, request: { method: 'PATCH', url: 'Patient/p1' } },
    ]);
    assert.equal(patched.status, 200, patched.text);
    await house.fhir('PUT', '/Basic/b1', { source: 'gp', body: basic('d') });
    await send(house, [{ request: { method: 'DELETE', url: 'Basic/b1' } }]);
    const told = async (path: string) =>
      listAt((await house.fhir('GET', `${path}/_history`)).json, 'entry').map(
        (entry) => `${at(entry, 'request.method')} ${at(entry, 'request.url')} ${at(entry, 'response.status')}`,
      );
    assert.deepEqual(await told('/Basic/b1'), [
      'DELETE Basic/b1 204',
      'PUT Basic/b1 200',
      'PATCH Basic/b1 200',
      'PUT Basic/b1 200',
      'PUT Basic/b1 201',
    ]);
    assert.deepEqual(await told('/Patient/p1'), ['PATCH Patient/p1 200', 'PUT Patient/p1 200', 'PUT Patient/p1 201']);
    assert.deepEqual(await told('/Location'), ['POST Location 201']);
  });
});

test('what came as XML is in its receipt as XML, and reads and versions of it say the same in both forms', async () => {
  await withHouse(async (house) => {
    const xml =
      '<?xml version="1.0"?>\n<Observation xmlns="http://hl7.org/fhir"><!-- by hand --><id value="x1"/><status value="final"/><code><text value="weight"/></code><valueQuantity><value value="70.50"/><unit value="kg"/></valueQuantity></Observation>';
    const type = 'application/fhir+xml';
    const made = await house.fhir('PUT', '/Observation/x1', { source: 'gp', type, body: xml });
    assert.equal(made.status, 201, made.text);
    const receipt = await house.receipt(Number(made.headers.get('vouch-receipt')));
    assert.deepEqual([receipt.format, receipt.payload.text], ['fhir-xml', xml]);
    assert.equal(receipt.loss?.unmapped, 0);
    const json = await house.fhir('GET', '/Observation/x1');
    assert.match(json.text, /"value":70\.50/);
    for (const path of ['/Observation/x1', '/Observation/x1/_history/1']) {
      const read = await house.fhir('GET', path, { headers: { accept: type } });
      assert.match(read.text, /<value value="70\.50"\/>/);
      const back = await house.fhir('PUT', '/Observation/x1', { source: 'gp', type, body: read.text });
      assert.equal(back.headers.get('etag'), 'W/"1"', back.text);
    }
    const bad = await house.fhir('PUT', '/Observation/x1', {
      source: 'gp',
      type,
      body: xml.replace('<status value="final"/>', ''),
    });
    assert.deepEqual([bad.status, at(bad.json, 'issue.0.expression.0')], [422, 'Observation.status']);
  });
});

test('a FHIRPath Patch may come as XML, too', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Observation/w1', { source: 'gp', body: OBSERVATION });
    const part = (name: string, value: string) => `<part><name value="${name}"/>${value}</part>`;
    const body = `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>${[
      part('type', '<valueCode value="replace"/>'),
      part('path', '<valueString value="Observation.status"/>'),
      part('value', '<valueCode value="final"/>'),
    ].join('')}</parameter></Parameters>`;
    const patched = await house.fhir('PATCH', '/Observation/w1', { source: 'gp', type: 'application/fhir+xml', body });
    assert.deepEqual([patched.status, at(patched.json, 'status')], [200, 'final'], patched.text);
  });
});

test('a transaction and a delivery in XML are applied, and kept as they came', async () => {
  await withHouse(async (house) => {
    const location = (name: string) => `<Location xmlns="http://hl7.org/fhir"><name value="${name}"/></Location>`;
    const bundle = `<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/>${['Ward', 'Bay']
      .map(
        (name) =>
          `<entry><resource>${location(name)}</resource><request><method value="POST"/><url value="Location"/></request></entry>`,
      )
      .join('')}</Bundle>`;
    const type = 'application/fhir+xml';
    const sent = await house.fhir('POST', '', { source: 'gp', type, body: bundle });
    assert.deepEqual(statuses(sent.json), ['201 Created', '201 Created'], sent.text);
    const kept = await house.receipt(await house.newest());
    assert.deepEqual([kept.format, kept.payload.text, kept.loss?.unmapped], ['fhir-xml', bundle, 0]);
    const delivered = await house.http('POST', '/api/v1/receipts', {
      source: 'gp',
      type,
      body: location('Hall'),
      headers: { 'idempotency-key': 'one' },
    });
    assert.equal(delivered.status, 202, delivered.text);
    await house.idle();
    assert.equal(at((await house.fhir('GET', '/Location?_total=accurate')).json, 'total'), 3);
    const broken = await house.http('POST', '/api/v1/receipts', {
      source: 'gp',
      type,
      body: '<Location>',
      headers: { 'idempotency-key': 'two' },
    });
    await house.idle();
    const receipt = await house.receipt(Number(at(broken.json, 'receipt')));
    assert.deepEqual([receipt.state, receipt.reasons[0]?.code], ['quarantined', 'xml-namespace']);
    const reserved = location('Attic').replace(
      '</Location>',
      '<partOf><reference value="key:Location|x"/></partOf></Location>',
    );
    const refused = await house.fhir('POST', '/Location', { source: 'gp', type, body: reserved });
    assert.deepEqual([refused.status, at(refused.json, 'issue.0.details.coding.0.code')], [422, 'reference-reserved']);
  });
});
