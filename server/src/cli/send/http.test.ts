// Sending over HTTP: each kind of content by its own request, and every refusal found, also inside a batch.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder, message, run, web } from './receivers.ts';

test('FHIR: a transaction goes to the base, a resource with an id is put, one without is posted, digits as they are', async (t) => {
  const { base, asked } = await web(t, () => ({ status: 200 }));
  const directory = folder(t, {
    '1.json': '{"resourceType":"Bundle","type":"transaction","entry":[]}',
    '2.json': '{"resourceType":"Patient","id":"p1"}',
    '3.ndjson':
      '{"resourceType":"Observation","valueQuantity":{"value":36.50}}\n\n{"resourceType":"Patient","id":"p2"}\n',
  });
  const { code } = await run(directory, '--to', `${base}/fhir/R4/`, '--source', 'mill-lane-gp');
  assert.equal(code, 0);
  assert.deepEqual(
    asked.map(({ method, url }) => `${method} ${url}`),
    ['POST /fhir/R4', 'PUT /fhir/R4/Patient/p1', 'POST /fhir/R4/Observation', 'PUT /fhir/R4/Patient/p2'],
  );
  assert.match(asked[2]?.body ?? '', /36\.50/);
  assert.ok(asked.every(({ headers }) => headers['vouch-source'] === 'mill-lane-gp'));
  assert.ok(asked.every(({ headers }) => headers['content-type'] === 'application/fhir+json'));
});

test('FHIR: the reason of a refusal is read from the OperationOutcome, with line and place', async (t) => {
  const { base } = await web(t, ({ url }) => {
    const issue = [
      { severity: 'error', code: 'value', expression: ['Patient.birthDate'], diagnostics: 'No such day.' },
    ];
    return url.endsWith('bad') ? { status: 422, body: { resourceType: 'OperationOutcome', issue } } : { status: 201 };
  });
  const directory = folder(t, {
    'x.ndjson': '{"resourceType":"Patient","id":"good"}\n{"resourceType":"Patient","id":"bad"}\n',
  });
  const { code, out } = await run(path.join(directory, 'x.ndjson'), '--to', `${base}/fhir/R4`);
  assert.equal(code, 1);
  assert.match(out, /x\.ndjson, line 2: http-422: Patient\.birthDate: No such day\.\n1 accepted, 1 refused/);
});

test('FHIR: a batch answered with 200 is still refused when one of its entries was', async (t) => {
  const { base } = await web(t, () => ({
    status: 200,
    body: {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: [
        { response: { status: '201 Created' } },
        { response: { status: '400', outcome: { issue: [{ code: 'invalid', diagnostics: 'Unknown type.' }] } } },
      ],
    },
  }));
  const file = path.join(folder(t, { 'b.json': '{"resourceType":"Bundle","type":"batch","entry":[{},{}]}' }), 'b.json');
  const { code, out } = await run(file, '--to', `${base}/fhir/R4`);
  assert.equal(code, 1);
  assert.match(out, /entries-refused: entry 2: Unknown type\./);
});

test('FHIR: a Bundle that is neither transaction nor batch is refused before it is sent', async (t) => {
  const { base, asked } = await web(t, () => ({ status: 200 }));
  const file = path.join(folder(t, { 'b.json': '{"resourceType":"Bundle","type":"collection"}' }), 'b.json');
  assert.match((await run(file, '--to', `${base}/fhir/R4`)).out, /bundle-type/);
  assert.equal(asked.length, 0);
});

test('receipts: each kind of content goes under its type, with a key made of the content', async (t) => {
  const { base, asked } = await web(t, () => ({ status: 201, body: { receipt: 1, state: 'applied' } }));
  const directory = folder(t, {
    'a.hl7': message('A') + message('B'),
    'b.csv': 'clinic_no,surname\r\nRH1,Brown\r\n',
    'c.json.gz': gzipSync('{"resourceType":"Patient"}'),
    'd.ndjson': '{"resourceType":"Patient"}\n',
  });
  assert.equal((await run(directory, '--to', `${base}/api/v1/receipts`)).code, 0);
  assert.deepEqual(
    asked.map(({ headers }) => headers['content-type']),
    ['application/hl7-v2', 'application/hl7-v2', 'text/csv', 'application/fhir+json', 'application/fhir+ndjson'],
  );
  const keys = asked.map(({ headers }) => headers['idempotency-key']);
  assert.equal(new Set(keys).size, 5);
  await run(path.join(directory, 'a.hl7'), '--to', `${base}/api/v1/receipts`);
  assert.deepEqual(
    asked.slice(5).map(({ headers }) => headers['idempotency-key']),
    keys.slice(0, 2),
  );
});

test('receipts: problem details are read for the reason', async (t) => {
  const { base } = await web(t, () => ({ status: 422, body: { title: 'Key used before', detail: 'Other content.' } }));
  const file = path.join(folder(t, { 'a.hl7': message('A') }), 'a.hl7');
  assert.match((await run(file, '--to', `${base}/api/v1/receipts`)).out, /http-422: Key used before: Other content\./);
});
