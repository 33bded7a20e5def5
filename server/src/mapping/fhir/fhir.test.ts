// FHIR receipts: text kept, keys and references of Bundles, and where a document is wrong.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { mapAs, RECEIVED_AT, statementsOf } from '../sample.ts';
import type { FhirInteraction, MappingResult, Source } from '../types.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const update = (type: string, id: string): FhirInteraction => ({ kind: 'update', type, id });
const TRANSACTION: FhirInteraction = { kind: 'transaction', type: undefined, id: undefined };

function send(text: string, interaction?: FhirInteraction, source?: Partial<Source>): MappingResult {
  return mapAs({ format: 'fhir-json', bytes: bytesOf(text), interaction }, source);
}

function reasons(result: MappingResult): readonly string[] {
  return result.issues.map((issue) => issue.reason);
}

suite('a single resource', () => {
  test('keeps its text to the byte, digits and odd spacing included', () => {
    const text =
      '{ "resourceType":"Observation", "id":"o1",\n "valueQuantity":{"value":1.50,"unit":"µmol/L"},"subject":{"reference":"Patient/p1"}}';
    const [statement] = statementsOf(send(text, update('Observation', 'o1')));
    assert.equal(statement?.text, text);
    assert.equal(statement?.key, 'Observation/o1');
    assert.equal(statement?.subjectKey, 'Patient/p1');
    assert.equal(statement?.replaces, true);
    assert.equal(JSON.stringify(statement?.resource['valueQuantity']), '{"value":1.50,"unit":"µmol/L"}');
  });

  test('is about itself when it is a patient', () => {
    const [statement] = statementsOf(
      send('{"resourceType":"Patient","id":"p1","gender":"male"}', update('Patient', 'p1')),
    );
    assert.equal(statement?.subjectKey, 'Patient/p1');
    assert.deepEqual(statement?.said, [{ element: 'gender', action: 'set', update: 'snapshot' }]);
  });

  test('has a key of its own until an id is minted', () => {
    const [statement] = statementsOf(
      send('{"resourceType":"Patient","id":"theirs"}', { kind: 'create', type: 'Patient', id: undefined }),
    );
    assert.equal(statement?.key, 'new:0');
  });

  test('points at the bytes of each element, after characters of several bytes too', () => {
    const text = '{"resourceType":"Patient","id":"p1","name":[{"family":"Zoë €"}],"birthDate":"1980-01-15"}';
    const bytes = bytesOf(text);
    const [statement] = statementsOf(send(text, update('Patient', 'p1')));
    const span = statement?.origins.find((origin) => origin.path === 'birthDate')?.span;
    assert.equal(span && new TextDecoder().decode(bytes.slice(span.start, span.end)), '"birthDate":"1980-01-15"');
  });

  test('counts a primitive and its companion as one element', () => {
    const [statement] = statementsOf(
      send('{"resourceType":"Patient","id":"p","birthDate":"1980","_birthDate":{"id":"x"}}', update('Patient', 'p')),
    );
    assert.deepEqual(
      statement?.said.map((one) => one.element),
      ['birthDate'],
    );
  });

  test('through the API is said when it is received, whatever lastUpdated it brings along', () => {
    const text = '{"resourceType":"Patient","id":"p1","meta":{"lastUpdated":"2020-01-01T00:00:00Z"}}';
    assert.equal(statementsOf(send(text, update('Patient', 'p1')))[0]?.saidAt, RECEIVED_AT);
    assert.equal(statementsOf(send(text))[0]?.saidAt, '2020-01-01T00:00:00.000Z');
  });

  test('does not say what the policy of its source ignores, and keeps its text', () => {
    const text = '{"resourceType":"Patient","id":"p1","telecom":[],"gender":"male"}';
    const result = send(text, update('Patient', 'p1'), { updatePolicy: { 'Patient.telecom': 'ignore' } });
    assert.deepEqual(
      statementsOf(result)[0]?.said.map((one) => one.element),
      ['gender'],
    );
    assert.equal(result.loss.entries.find((entry) => entry.position === 'Patient.telecom')?.by, 'update-policy-ignore');
  });

  for (const [name, text, interaction, reason] of [
    ['another id than the address', '{"resourceType":"Patient","id":"p2"}', update('Patient', 'p1'), 'id-mismatch'],
    ['no id in an update', '{"resourceType":"Patient"}', update('Patient', 'p1'), 'id-mismatch'],
    [
      'another type than the address',
      '{"resourceType":"Person","id":"p1"}',
      update('Patient', 'p1'),
      'resource-type-mismatch',
    ],
    ['no type', '{"id":"p1"}', undefined, 'resource-type-missing'],
    ['an id that is none', '{"resourceType":"Patient","id":"a b"}', undefined, 'id-malformed'],
    ['a member twice', '{"resourceType":"Patient","gender":"male","gender":"female"}', undefined, 'json-member-twice'],
    ['an array', '[1]', undefined, 'json-not-object'],
    ['nothing', '', undefined, 'json-malformed'],
  ] as const) {
    test(`is refused with ${name}`, () => {
      const result = send(text, interaction);
      assert.equal(result.outcome, 'refused');
      assert.deepEqual(reasons(result), [reason]);
    });
  }

  test('that is not JSON is refused with line and column, and without its text', () => {
    const result = send('{"resourceType":"Patient",\n "birthDate": 1980-01-15}');
    assert.equal(result.issues[0]?.expression, 'line 2 column 19');
    assert.equal(result.issues[0]?.message.includes('1980'), false);
    assert.equal(result.issues[0]?.span?.start, 45);
  });

  test('that is not UTF-8 is refused', () => {
    const result = mapAs({ format: 'fhir-json', bytes: new Uint8Array([0x7b, 0xff, 0x7d]) });
    assert.deepEqual(reasons(result), ['not-utf-8']);
  });

  test('nested without end is refused, not a crash', () => {
    const result = send(`{"resourceType":"Patient","x":${'['.repeat(100_000)}`);
    assert.deepEqual(reasons(result), ['json-malformed']);
  });
});

const patientEntry =
  '{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","gender":"male"},"request":{"method":"POST","url":"Patient"}}';
const bundle = (...entries: readonly string[]) =>
  `{"resourceType":"Bundle","type":"transaction","entry":[${entries.join(',')}]}`;
const observation = (reference: string, request = '"method":"PUT","url":"Observation/o1"') =>
  `{"resource":{"resourceType":"Observation","id":"o1","value":1.0,"subject":{"reference":"${reference}"}},"request":{${request}}}`;

suite('a transaction', () => {
  test('makes one statement of each entry, and keys of references between them', () => {
    const [patient, result] = statementsOf(send(bundle(patientEntry, observation('urn:uuid:1')), TRANSACTION));
    assert.equal(patient?.key, 'new:0');
    assert.equal(result?.key, 'Observation/o1');
    assert.equal(result?.subjectKey, 'new:0');
    assert.equal(
      result?.text,
      '{"resourceType":"Observation","id":"o1","value":1.0,"subject":{"reference":"key:Patient|new:0"}}',
    );
    assert.deepEqual(JSON.stringify(result?.resource), result?.text);
  });

  test('keeps references by id as they are', () => {
    const [statement] = statementsOf(send(bundle(observation('Patient/p9')), TRANSACTION));
    assert.equal(statement?.subjectKey, 'Patient/p9');
  });

  test('names positions by entry', () => {
    const [, statement] = statementsOf(send(bundle(patientEntry, observation('urn:uuid:1')), TRANSACTION));
    assert.ok(statement?.origins.some((origin) => origin.position === 'Bundle.entry[1].resource.subject'));
  });

  for (const [name, entry, reason] of [
    ['points at nothing', observation('urn:uuid:2'), 'reference-unresolved'],
    ['patches with no patch', '{"request":{"method":"PATCH","url":"Patient/1"}}', 'entry-without-patch'],
    ['patches it knows not what', '{"request":{"method":"PATCH","url":"Patient"}}', 'entry-without-target'],
    ['asks for what is no method', '{"request":{"method":"TRACE","url":"Patient/1"}}', 'entry-method-not-supported'],
    ['takes away it knows not what', '{"request":{"method":"DELETE","url":"Patient"}}', 'entry-without-target'],
    ['speaks of a resource twice', `${observation('Patient/p9')},${observation('Patient/p9')}`, 'entry-twice'],
    ['has no resource', '{"request":{"method":"POST","url":"Patient"}}', 'entry-without-resource'],
  ] as const) {
    test(`is refused whole when an entry ${name}`, () => {
      const result = send(bundle(patientEntry, entry), TRANSACTION);
      assert.equal(result.outcome, 'refused');
      assert.ok(reasons(result).includes(reason));
    });
  }

  test('asks for the searches that its references and entries are written as', () => {
    const conditional = observation('Patient?name=x', '"method":"POST","url":"Observation","ifNoneExist":"a=b"');
    const result = send(bundle(conditional), TRANSACTION);
    assert.equal(statementsOf(result)[0]?.key, 'find:Observation?a=b');
    assert.equal(statementsOf(result)[0]?.subjectKey, 'find:Patient?name=x');
    assert.deepEqual(
      result.outcome === 'mapped' &&
        result.conditions?.map(({ purpose, query, otherwise }) => [purpose, query, otherwise]),
      [
        ['create', 'Observation?a=b', 'new:0'],
        ['reference', 'Patient?name=x', undefined],
      ],
    );
  });

  test('takes a resource away', () => {
    const result = send(bundle('{"request":{"method":"DELETE","url":"Observation/1"}}'), TRANSACTION);
    assert.equal(statementsOf(result)[0]?.key, 'Observation/1');
    assert.deepEqual(statementsOf(result)[0]?.said, [{ element: '*', action: 'clear', update: 'snapshot' }]);
  });

  test('in a file keeps a reference by one identifier as a logical one, and says so', () => {
    const result = send(bundle(observation('Practitioner?identifier=http://x.example|7')), undefined);
    assert.deepEqual(statementsOf(result)[0]?.resource['subject'], {
      type: 'Practitioner',
      identifier: { system: 'http://x.example', value: '7' },
    });
    assert.deepEqual(reasons(result), ['reference-by-identifier']);
  });

  test('leaves text inside strings alone that only looks like a reference', () => {
    const said = '\\"reference\\":\\"urn:uuid:1\\"';
    const text = bundle(
      patientEntry,
      `{"resource":{"resourceType":"Basic","id":"b","language":"${said}"},"request":{"method":"PUT","url":"Basic/b"}}`,
    );
    assert.ok(statementsOf(send(text, TRANSACTION))[1]?.text.includes(said));
  });
});

test('a batch loses only the entries that are wrong', () => {
  const text = bundle(patientEntry, observation('urn:uuid:2')).replace('transaction', 'batch');
  const result = send(text, { kind: 'batch', type: undefined, id: undefined });
  assert.equal(result.outcome, 'mapped');
  assert.deepEqual(
    statementsOf(result).map((one) => one.key),
    ['new:0'],
  );
  assert.deepEqual(reasons(result), ['reference-unresolved']);
  assert.ok(
    result.loss.entries.some((entry) => entry.position === 'Bundle.entry[1]' && entry.disposition === 'unmapped'),
  );
});

test('a Bundle that is a document is refused', () => {
  assert.deepEqual(reasons(send('{"resourceType":"Bundle","type":"document","entry":[]}')), [
    'bundle-type-not-supported',
  ]);
});

test('one resource a line: bad lines are reported, good ones stand', () => {
  const text = '{"resourceType":"Patient","id":"a"}\n\n{"resourceType":"Patient","id":\n{"resourceType":"Patient"}\r\n';
  const result = mapAs({ format: 'fhir-ndjson', bytes: bytesOf(text) });
  assert.deepEqual(
    statementsOf(result).map((one) => one.key),
    ['Patient/a', 'new:3'],
  );
  assert.deepEqual(
    statementsOf(result).map((one) => one.text),
    ['{"resourceType":"Patient","id":"a"}', '{"resourceType":"Patient"}'],
  );
  assert.equal(result.issues[0]?.expression, 'line 3 column 32');
});

test('any resource is mapped whole: every top-level element is counted once', () => {
  const name = fc.stringMatching(/^[a-z][A-Za-z]{0,8}$/).filter((one) => !['id', 'meta', 'resourceType'].includes(one));
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.jsonValue(), { maxKeys: 8, noNullPrototype: true }),
      fc.constantFrom(0, 2),
      (elements, indent) => {
        const text = JSON.stringify({ resourceType: 'Basic', id: 'b', ...elements }, null, indent);
        const result = send(text, update('Basic', 'b'));
        assert.equal(result.outcome, 'mapped');
        assert.equal(result.loss.populated, Object.keys(elements).length + 2);
        assert.equal(result.loss.mapped, result.loss.populated);
        const [statement] = statementsOf(result);
        const bytes = bytesOf(text);
        for (const { path, span } of statement?.origins ?? []) {
          const member = new TextDecoder().decode(bytes.slice(span.start, span.end));
          assert.deepEqual(JSON.parse(`{${member}}`)[path], JSON.parse(text)[path]);
        }
      },
    ),
  );
});
