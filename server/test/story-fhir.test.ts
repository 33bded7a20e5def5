// The FHIR API as a client uses it: what is written comes back to the byte, is found, paged, and remembered.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { at, type House, listAt, withHouse } from './harness.ts';
import { patient } from './messages.ts';

/** Written as nobody's library would write it: spaces, odd order, digits that matter, letters of many alphabets, meta of its own. */
const OBSERVATION = `{
  "status" : "final",
  "resourceType":"Observation", "id":"o1",
  "meta":{"tag":[{"system":"urn:x","code":"t","display":"Zoë €"}],"profile":["http://example.org/p"]},
  "valueQuantity":{"unit":"mmol/L","value":1.50,"system":"http://unitsofmeasure.org","code":"mmol/L"},
  "code":{"text":"Калий \\u00b5 \\ud83d\\ude00 😀","coding":[{"code":"2823-3","system":"http://loinc.org"}]},
  "component":[{"code":{"text":"a"},"valueQuantity":{"value":0.10}},{"code":{"text":"b"},"valueQuantity":{"value":1e2}}],
  "effectiveDateTime":"2026-03-02T07:00:00.000+00:00",
  "note":[{"text":"line\\nbreak \\"quoted\\" \\/ slash"}]
}`;

/** What the server owns is taken out again; everything else must be as it was written. */
function withoutOwned(text: string): string {
  return text.replace(/"versionId":"[^"]*","lastUpdated":"[^"]*",?/, '');
}

const put = (house: House, where: string, body: object | string) => house.fhir('PUT', where, { source: 'gp', body });

suite('a resource of one source', () => {
  test('comes back to the byte, with id, version and time of ours in it and nothing else touched', async () => {
    await withHouse(async (house) => {
      const created = await put(house, '/Observation/o1', OBSERVATION);
      assert.equal(created.status, 201, created.text);
      assert.equal(created.headers.get('etag'), 'W/"1"');
      assert.equal(
        created.headers.get('location'),
        `${house.running.addresses.http}/fhir/R4/Observation/o1/_history/1`,
      );
      const read = await house.fhir('GET', '/Observation/o1');
      assert.equal(read.text, created.text);
      assert.equal(read.headers.get('content-type'), 'application/fhir+json; charset=utf-8');
      assert.equal(withoutOwned(read.text), OBSERVATION);
      assert.equal(at(read.json, 'meta.versionId'), '1');
      assert.equal(at(read.json, 'meta.lastUpdated'), '2026-03-02T08:00:00.000Z');
      assert.equal((await house.fhir('GET', '/Observation/o1/_history/1')).text, read.text);
    });
  });

  test('a Patient of one source round-trips too, text, contained and extensions included', async () => {
    await withHouse(async (house) => {
      const text =
        '{"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Ada</div>"},"extension":[{"url":"http://example.org/e","valueDecimal":1.50}],"maritalStatus":{"text":"M"},"name":[{"family":"Lark","given":["Ada","Zoë"],"period":{"start":"2001"}},{"use":"nickname","text":"Addie"}],"gender":"female","birthDate":"1960-06-07","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1960-06-07T04:05:00Z"}]},"communication":[{"language":{"coding":[{"code":"cy"}]},"preferred":true}]}';
      const created = await put(house, '/Patient/p1', text);
      assert.equal(created.status, 201, created.text);
      assert.equal(withoutOwned((await house.fhir('GET', '/Patient/p1')).text).replace('"meta":{},', ''), text);
    });
  });

  test('is updated, keeps every version, and says nothing new when nothing is new', async () => {
    await withHouse(async (house) => {
      await put(house, '/Observation/o1', OBSERVATION);
      house.clock.set('2026-03-02T09:00:00Z');
      const updated = await put(house, '/Observation/o1', OBSERVATION.replace('1.50', '1.60'));
      assert.deepEqual([updated.status, updated.headers.get('etag')], [200, 'W/"2"']);
      house.clock.set('2026-03-02T10:00:00Z');
      const same = await put(house, '/Observation/o1', OBSERVATION.replace('1.50', '1.60'));
      assert.deepEqual([same.status, same.headers.get('etag'), same.text], [200, 'W/"2"', updated.text]);
      const history = await house.fhir('GET', '/Observation/o1/_history');
      assert.equal(at(history.json, 'type'), 'history');
      assert.deepEqual(
        listAt(history.json, 'entry').map((entry) => at(entry, 'response.etag')),
        ['W/"2"', 'W/"1"'],
      );
      assert.match(history.text, /1\.60/);
      assert.match(history.text, /1\.50/);
      const paged = await house.fhir('GET', '/Observation/o1/_history?_count=1');
      const next = listAt(paged.json, 'link').find((link) => at(link, 'relation') === 'next');
      const rest = await house.http('GET', String(at(next, 'url')));
      assert.deepEqual(
        listAt(rest.json, 'entry').map((entry) => at(entry, 'response.etag')),
        ['W/"1"'],
      );
    });
  });

  test('created without an id gets one, and two creates of the same content are two resources', async () => {
    await withHouse(async (house) => {
      const body = OBSERVATION.replace(' "id":"o1",', '');
      const [one, two] = [
        await house.fhir('POST', '/Observation', { body }),
        await house.fhir('POST', '/Observation', { body }),
      ];
      assert.deepEqual([one.status, two.status], [201, 201]);
      assert.match(one.headers.get('location') ?? '', /^http:.*\/fhir\/R4\/Observation\/[0-9a-f]{32}\/_history\/1$/);
      assert.notEqual(at(one.json, 'id'), at(two.json, 'id'));
      assert.equal(at((await house.http('GET', one.headers.get('location') ?? '')).json, 'id'), at(one.json, 'id'));
    });
  });
});

suite('Bundles', () => {
  const entry = (request: string, resource: object, fullUrl?: string) => {
    const [method, url] = request.split(' ');
    return { ...(fullUrl === undefined ? {} : { fullUrl }), resource, request: { method, url } };
  };
  const observation = (id: string | undefined, subject: string) => ({
    resourceType: 'Observation',
    ...(id === undefined ? {} : { id }),
    status: 'final',
    code: { text: 'x' },
    subject: { reference: subject },
  });

  test('a transaction is applied whole, with references between its entries, and refused whole', async () => {
    await withHouse(async (house) => {
      const { id: _id, ...ada } = patient('', { family: 'Lark', given: 'Ada', born: '1960-06-07' }) as { id: string };
      const body = {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [entry('POST Patient', ada, 'urn:uuid:1'), entry('PUT Observation/o7', observation('o7', 'urn:uuid:1'))],
      };
      const answer = await house.fhir('POST', '', { source: 'gp', body });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(at(answer.json, 'type'), 'transaction-response');
      assert.deepEqual(
        listAt(answer.json, 'entry').map((one) => at(one, 'response.status')),
        ['201 Created', '201 Created'],
      );
      const id = /^Patient\/([^/]+)\/_history\/1$/.exec(String(at(answer.json, 'entry.0.response.location')))?.[1];
      assert.equal(at((await house.fhir('GET', '/Observation/o7')).json, 'subject.reference'), `Patient/${id}`);
      assert.equal(listAt((await house.fhir('GET', `/Observation?patient=${id}`)).json, 'entry').length, 1);

      const wrong = {
        ...body,
        entry: [
          entry('PUT Observation/o8', observation('o8', `Patient/${id}`)),
          entry('PUT Observation/o9', { ...observation('o9', `Patient/${id}`), status: 'perhaps' }),
        ],
      };
      const refused = await house.fhir('POST', '', { source: 'gp', body: wrong });
      assert.equal(refused.status, 422);
      assert.equal(at(refused.json, 'issue.0.expression.0'), 'Bundle.entry[1].resource.status');
      assert.equal((await house.fhir('GET', '/Observation/o8')).status, 404);
    });
  });

  test('entries of a batch stand and fall alone', async () => {
    await withHouse(async (house) => {
      const ada = patient('p1', { family: 'Lark', given: 'Ada', born: '1960-06-07' });
      const body = {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [
          entry('PUT Patient/p1', ada),
          entry('PUT Observation/o9', { resourceType: 'Observation', id: 'o9', status: 'perhaps' }),
          { request: { method: 'DELETE', url: 'Observation/nobody' } },
        ],
      };
      const answer = await house.fhir('POST', '', { source: 'gp', body });
      assert.equal(answer.status, 200);
      assert.deepEqual(
        listAt(answer.json, 'entry').map((one) => at(one, 'response.status')),
        ['201', '422', '204'],
      );
      assert.equal((await house.fhir('GET', '/Patient/p1')).status, 200);
    });
  });
});

suite('a value that the policy does not adopt', () => {
  test('is kept as said, set aside with its reason, and the answer names it', async () => {
    await withHouse(async (house) => {
      const nhs = '9990000018';
      await put(
        house,
        '/Patient/gp-1',
        patient('gp-1', { nhs, family: 'Lark', given: 'Ada', born: '1960-06-07', more: { deceasedBoolean: false } }),
      );
      const larke = patient('app-1', {
        nhs,
        family: 'Larke',
        given: 'Ada',
        born: '1960-06-07',
        more: { deceasedDateTime: '2026-01-01' },
      });
      const answer = await house.fhir('PUT', '/Patient/app-1', { source: 'app', body: larke });
      assert.equal(at(answer.json, 'id'), 'gp-1', 'the answer is the person as held');
      assert.equal(at(answer.json, 'name.0.family'), 'Lark');
      assert.deepEqual((answer.headers.get('vouch-not-adopted') ?? '').split(', ').toSorted(), ['deceased[x]', 'name']);
      const outcome = await house.fhir('PUT', '/Patient/app-1', {
        source: 'app',
        body: larke,
        headers: { prefer: 'return=OperationOutcome' },
      });
      assert.deepEqual(
        listAt(outcome.json, 'issue')
          .map((issue) => at(issue, 'expression.0'))
          .toSorted(),
        ['Patient.deceased[x]', 'Patient.name'],
      );
      assert.match(outcome.text, /a source that is trusted more says otherwise/);
      const bundle = {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: larke, request: { method: 'PUT', url: 'Patient/app-1' } }],
      };
      const transaction = await house.fhir('POST', '', { source: 'app', body: bundle });
      assert.equal(listAt(transaction.json, 'entry.0.response.outcome.issue').length, 2);
      const said = await house.fhir('GET', '/Patient/gp-1/$statements');
      assert.deepEqual(
        listAt(said.json, 'statements')
          .slice(0, 2)
          .map((one) => [at(one, 'source'), at(one, 'resource.name.0.family')]),
        [
          ['gp', 'Lark'],
          ['app', 'Larke'],
        ],
      );
      const why = await house.fhir('GET', '/Patient/app-1/$explain?path=name');
      assert.match(String(at(why.json, 'text')), /Patient app/);
    });
  });
});

suite('an allergy that is said again of somebody else', () => {
  test('leaves the one and stands for the other, whoever was looked at in between', async () => {
    await withHouse(async (house) => {
      for (const id of ['gp-1', 'gp-2'])
        await put(house, `/Patient/${id}`, patient(id, { family: 'Finch', given: id }));
      const allergy = (of: string) => ({
        resourceType: 'AllergyIntolerance',
        id: 'a1',
        patient: { reference: `Patient/${of}` },
        code: { text: 'Penicillin' },
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
        },
      });
      await put(house, '/AllergyIntolerance/a1', allergy('gp-1'));
      // What a ruling names is read anew, and so is everything after it.
      const ruling = { kind: 'not-same', a: 'gp-1', b: 'gp-2', reason: 'two brothers', by: 'dr' };
      assert.equal((await house.rule(ruling)).status, 201);
      await put(house, '/AllergyIntolerance/a1', allergy('gp-2'));
      const ofPatient = async (id: string) =>
        at((await house.fhir('GET', `/AllergyIntolerance?patient=${id}&_summary=count`)).json, 'total');
      assert.deepEqual([await ofPatient('gp-1'), await ofPatient('gp-2')], [0, 1]);
    });
  });
});

suite('a write whose clock runs behind that of the one before', () => {
  test('counts last, as the ledger has it last', async () => {
    await withHouse(async (house) => {
      await put(house, '/Patient/gp-1', patient('gp-1', { family: 'Finch', given: 'Ada' }));
      house.clock.set('2026-03-02T07:59:30.000Z');
      const answer = await put(house, '/Patient/gp-1', patient('gp-1', { family: 'Wren', given: 'Ada' }));
      assert.equal(at(answer.json, 'name.0.family'), 'Wren');
      assert.equal(at(answer.json, 'meta.versionId'), '2');
    });
  });
});
