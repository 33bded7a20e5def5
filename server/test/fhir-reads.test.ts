// FHIR reads: what an answer says about its version, what is not sent twice, what is gone, and the forms an answer comes in.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { at, type House, listAt, withHouse } from './harness.ts';

const OBSERVATION =
  '{"resourceType":"Observation","id":"o1","meta":{"tag":[{"system":"urn:t","code":"x"}]},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Zoë</div>"},"status":"final","code":{"text":"Weight"},"valueQuantity":{"value":1.50,"unit":"kg"},"note":[{"text":"zürich"}]}';

const put = (house: House, text: string, headers: Record<string, string> = {}) =>
  house.fhir('PUT', '/Observation/o1', { source: 'gp', body: text, headers });
const read = (house: House, query = '', headers: Record<string, string> = {}) =>
  house.fhir('GET', `/Observation/o1${query}`, { headers });
const code = (json: unknown) => at(json, 'issue.0.details.coding.0.code');
const gone = (status: number, json: unknown) => [status, code(json), at(json, 'issue.0.code')];

test('a read says its version and time, and is not sent again to whoever has it', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION);
    const first = await read(house);
    assert.deepEqual(
      [first.headers.get('etag'), first.headers.get('last-modified')],
      ['W/"1"', 'Mon, 02 Mar 2026 08:00:00 GMT'],
    );
    for (const headers of [
      { 'if-none-match': 'W/"1"' },
      { 'if-none-match': '"7", "1"' },
      { 'if-none-match': '*' },
      { 'if-modified-since': 'Mon, 02 Mar 2026 08:00:00 GMT' },
    ] as const) {
      const again = await read(house, '', headers);
      assert.deepEqual(
        [again.status, again.text, again.headers.get('etag')],
        [304, '', 'W/"1"'],
        JSON.stringify(headers),
      );
    }
    for (const headers of [
      { 'if-none-match': 'W/"2"' },
      { 'if-none-match': 'W/"11"' },
      { 'if-modified-since': 'Mon, 02 Mar 2026 07:59:59 GMT' },
      { 'if-modified-since': 'once' },
      { 'if-none-match': 'W/"2"', 'if-modified-since': 'Mon, 02 Mar 2026 09:00:00 GMT' },
    ] as const)
      assert.equal((await read(house, '', headers)).status, 200, JSON.stringify(headers));
    assert.equal(
      (await house.fhir('GET', '/Observation/o1/_history/1', { headers: { 'if-none-match': 'W/"1"' } })).status,
      304,
    );
  });
});

test('HEAD has the headers of GET and no body', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION);
    const head = await house.fhir('HEAD', '/Observation/o1');
    const whole = await read(house);
    assert.deepEqual([head.status, head.text], [200, '']);
    for (const name of ['etag', 'last-modified', 'content-type', 'content-length', 'content-location'])
      assert.equal(head.headers.get(name), whole.headers.get(name), name);
    assert.equal((await house.fhir('HEAD', '/Observation/none')).status, 404);
  });
});

test('what is deleted is gone, says where its history is, and its versions can still be read', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION);
    await house.fhir('DELETE', '/Observation/o1', { source: 'gp' });
    for (const path of ['/Observation/o1', '/Observation/o1/_history/2']) {
      const answer = await house.fhir('GET', path);
      assert.deepEqual(gone(answer.status, answer.json), [410, 'gone', 'deleted'], path);
      assert.match(answer.text, /Observation\/o1\/_history/);
      assert.equal(answer.headers.get('etag'), 'W/"2"');
    }
    assert.equal((await house.fhir('GET', '/Observation/o1/_history/1')).status, 200);
  });
});

test('without a word the stored text is served to the byte; parts keep its digits and say that they are parts', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION);
    const whole = await read(house);
    assert.ok(whole.text.endsWith(OBSERVATION.slice(OBSERVATION.indexOf('"text"'))));
    const parts: readonly (readonly [string, readonly string[]])[] = [
      ['?_summary=true', ['resourceType', 'id', 'meta', 'status', 'code', 'valueQuantity']],
      ['?_summary=text', ['resourceType', 'id', 'meta', 'text', 'status', 'code']],
      ['?_summary=data', ['resourceType', 'id', 'meta', 'status', 'code', 'valueQuantity', 'note']],
      ['?_elements=note', ['resourceType', 'id', 'meta', 'status', 'code', 'note']],
      ['?_elements=value', ['resourceType', 'id', 'meta', 'status', 'code', 'valueQuantity']],
      ['?_elements=Observation.valueQuantity', ['resourceType', 'id', 'meta', 'status', 'code', 'valueQuantity']],
    ];
    for (const [query, members] of parts) {
      const part = await read(house, query);
      assert.deepEqual(Object.keys(part.json as object), members, query);
      assert.deepEqual(
        listAt(part.json, 'meta.tag').map((tag) => at(tag, 'code')),
        ['x', 'SUBSETTED'],
        query,
      );
      if (members.includes('valueQuantity')) assert.match(part.text, /"value":1\.50,/, query);
    }
    assert.equal((await read(house, '?_summary=false')).text, whole.text);
    const pretty = await read(house, '?_pretty=true');
    assert.deepEqual(
      [pretty.json, pretty.text.includes('\n  "status": "final"'), /"value": 1\.50,/.test(pretty.text)],
      [whole.json, true, true],
    );
  });
});

test('a summary reaches into nested elements', async () => {
  await withHouse(async (house) => {
    const patient = {
      resourceType: 'Patient',
      id: 'p1',
      name: [{ family: 'Lark' }],
      _birthDate: { extension: [{ url: 'urn:x', valueString: 'y' }] },
      contact: [{ name: { family: 'Brook' } }],
      link: [{ other: { reference: 'Patient/p2' }, type: 'seealso' }],
    };
    await house.fhir('PUT', '/Patient/p2', {
      source: 'gp',
      body: { resourceType: 'Patient', id: 'p2', name: [{ family: 'Lark' }] },
    });
    await house.fhir('PUT', '/Patient/p1', { source: 'gp', body: patient });
    const summary = await house.fhir('GET', '/Patient/p1?_summary=true');
    assert.equal(at(summary.json, 'contact'), undefined);
    assert.equal(at(summary.json, 'name.0.family'), 'Lark');
    const found = await house.fhir('GET', '/Patient?_id=p1&_elements=name');
    assert.equal(at(found.json, 'entry.0.resource.contact'), undefined);
    assert.equal(at(found.json, 'entry.0.resource.name.0.family'), 'Lark');
    assert.equal(at(found.json, 'entry.0.search.mode'), 'match');
  });
});

test('the same in XML, in and out, by header and by parameter', async () => {
  await withHouse(async (house) => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><id value="o1"/><status value="final"/><code><text value="Weight"/></code><valueQuantity><value value="1.50"/></valueQuantity></Observation>';
    const made = await house.fhir('PUT', '/Observation/o1', {
      source: 'gp',
      body: xml,
      type: 'application/fhir+xml',
      headers: { accept: 'application/fhir+xml' },
    });
    assert.equal(made.status, 201, made.text);
    assert.match(made.headers.get('content-type') ?? '', /^application\/fhir\+xml/);
    assert.match((await read(house)).text, /"value":1\.50/);
    for (const [query, headers] of [
      ['?_format=xml', {}],
      ['?_format=application/fhir+xml', {}],
      ['', { accept: 'application/fhir+xml' }],
      ['', { accept: 'application/fhir+json;q=0.5, application/fhir+xml; fhirVersion=4.0' }],
    ] as const) {
      const answer = await read(house, query, headers);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/fhir\+xml/, query);
      assert.match(answer.text, /<value value="1\.50"\/>/);
    }
    for (const headers of [
      { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
      { accept: 'application/fhir+json, application/fhir+xml' },
      { accept: 'application/fhir+json; fhirVersion=4.0' },
      { accept: '*/*' },
    ] as const)
      assert.match((await read(house, '', headers)).headers.get('content-type') ?? '', /json/, headers.accept);
    const refused = await read(house, '?_format=xml&name=x');
    assert.deepEqual([refused.status, refused.text.includes('<OperationOutcome')], [400, true]);
    const bundle = await house.fhir('GET', '/Observation?_format=xml');
    assert.match(bundle.text, /<type value="searchset"\/>/);
  });
});

test('forms that are not spoken are refused with what is', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION);
    for (const [query, accept, status] of [
      ['?_format=ttl', undefined, 406],
      ['', 'text/turtle', 406],
      ['', 'application/fhir+json; fhirVersion=3.0', 406],
      ['?_pretty=yes', undefined, 400],
      ['?_summary=all', undefined, 400],
      ['?_summary=count', undefined, 400],
      ['?_elements=naem', undefined, 400],
      ['?_elements=', undefined, 400],
    ] as const) {
      const answer = await read(house, query, accept === undefined ? {} : { accept });
      assert.equal(answer.status, status, `${query} ${accept}: ${answer.text}`);
      assert.equal(at(answer.json, 'resourceType'), 'OperationOutcome');
    }
    const other = await house.fhir('PUT', '/Observation/o1', {
      source: 'gp',
      body: OBSERVATION,
      type: 'application/fhir+json; fhirVersion=3.0',
    });
    assert.equal(other.status, 415);
  });
});

test('long answers are compressed for whoever takes that', async () => {
  await withHouse(async (house) => {
    await put(house, OBSERVATION.replace('zürich', 'zürich '.repeat(2_000)));
    const { body, encoding } = await raw(`${house.running.addresses.http}/fhir/R4/Observation/o1`);
    assert.equal(encoding, 'gzip');
    assert.equal(gunzipSync(body).toString('utf8'), (await read(house)).text);
  });
});

function raw(url: string): Promise<{ body: Buffer; encoding: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ body: Buffer.concat(chunks), encoding: response.headers['content-encoding'] }),
      );
    }).on('error', reject);
  });
}
