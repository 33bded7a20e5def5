// What the FHIR API refuses, here its reading half: for each, the status, our reason, FHIR's issue type and the place; one line each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, SECRET, WRITES } from './fhir-refusals.ts';
import { at, withHouse } from './harness.ts';

const PARAMETERS = { resourceType: 'Parameters' };

const ROWS: readonly Row[] = [
  // Reads
  ['GET /Patient/none', '404 not-found not-found', 'Patient.id'],
  ['GET /Location/gone', '410 gone deleted', 'Location.id'],
  ['GET /Location/gone/_history/2', '410 gone deleted', 'Location.id'],
  ['GET /Patient/p1/_history/9', '404 version-not-found not-found'],
  [`GET /Patient/p1?name=${SECRET}`, '400 search-parameter not-supported', 'name'],
  ['GET /Patient/p1?_summary=count', '400 form-value invalid', '_summary'],
  ['GET /Patient/p1?_summary=most', '400 form-value invalid', '_summary'],
  ['GET /Patient/p1?_elements=nmae', '400 form-value invalid', '_elements'],
  ['GET /Patient/p1?_pretty=1', '400 form-value invalid', '_pretty'],
  ['GET /Patient/p1?_format=ttl', '406 not-acceptable not-supported', '_format'],
  ['GET /Patient/p1', '406 not-acceptable not-supported', 'Accept', { headers: { accept: 'text/turtle' } }],
  [
    'GET /Patient/p1',
    '406 not-acceptable not-supported',
    'Accept',
    { headers: { accept: 'application/fhir+json; fhirVersion=5.0' } },
  ],
  ['GET /Patients/p1', '404 not-found not-found'],
  ['GET /Patient/p1/$nothing', '404 not-found not-found'],
  ['GET /Patient/$everything', '404 not-found not-found'],
  ['GET /Group/g1/$everything', '404 not-found not-found'],
  ['POST /$nothing', '404 not-found not-found', undefined, { body: PARAMETERS }],
  ['DELETE /_history', '405 method-not-allowed not-supported'],
  ['PUT /Patient/$validate', '405 method-not-allowed not-supported'],
  // Histories
  ['GET /Patient/none/_history', '404 not-found not-found', 'Patient.id'],
  ['GET /_history?_since=then', '400 search-value invalid', '_since'],
  ['GET /_history?_count=many', '400 search-value invalid', '_count'],
  ['GET /Patient/_history?_before=1', '400 search-value invalid', '_before'],
  ['GET /Patient/_history?_sort=x', '400 search-parameter not-supported', '_sort'],
  // Searches
  [`GET /Patient?nmae=${SECRET}`, '400 search-parameter not-supported', 'nmae'],
  [`GET /Patient?name:sounds=${SECRET}`, '400 search-modifier not-supported', 'name:sounds'],
  [`GET /Patient?birthdate=${SECRET}`, '400 search-value invalid', 'birthdate'],
  ['GET /Patient/p1/Nothing', '404 not-found not-found'],
  ['POST /Patient/_search', '415 content-type not-supported', 'Content-Type', { body: '{}' }],
  // XML
  [
    'PUT /Patient/p1',
    '400 xml-namespace structure',
    undefined,
    { body: `<Patient>${SECRET}`, type: 'application/fhir+xml' },
  ],
  ['PUT /Patient/p1', '415 content-type not-supported', 'Content-Type', { body: 'x', type: 'text/turtle' }],
  // Operations
  ['POST /Patient/$validate?colour=red', '400 search-parameter not-supported', 'colour'],
  ['GET /Patient/none/$validate', '404 not-found not-found', 'Patient.id'],
  ['GET /Patient/none/$everything', '404 not-found not-found', 'Patient.id'],
  ['GET /Patient/p1/$everything?_count=0', '400 search-value invalid', '_count'],
  ['GET /Patient/p1/$everything?start=soon', '400 search-value invalid', 'start'],
  ['GET /Encounter/none/$everything', '404 not-found not-found', 'Encounter.id'],
  [
    'POST /Patient/p1/$everything',
    '400 operation-parameters invalid',
    'Parameters',
    { body: { resourceType: 'Patient' } },
  ],
  ['POST /Patient/p1/$everything', '400 json-malformed structure', undefined, { body: `{"name":"${SECRET}` }],
  ['GET /Patient/none/$meta', '404 not-found not-found', 'Patient.id'],
  [
    'POST /Location/gone/$meta-add',
    '410 gone deleted',
    'Location.id',
    { body: { ...PARAMETERS, parameter: [{ name: 'meta', valueMeta: {} }] } },
  ],
  ['POST /Patient/p1/$meta-add', '400 operation-parameters invalid', 'meta', { body: PARAMETERS }],
  ['GET /Observation/$lastn', '400 operation-parameters invalid', 'patient'],
  ['GET /Observation/$lastn?patient=p1&max=-1', '400 search-value invalid', 'max'],
  ['GET /ValueSet/$expand?url=urn:none', '404 value-set-not-found not-found'],
  ['GET /ValueSet/$expand?colour=red', '400 parameter-unknown not-supported', 'colour'],
  ['GET /CodeSystem/$lookup?system=urn:none&code=x', '404 code-system-not-loaded not-found', undefined],
  ['GET /CodeSystem/none/$validate-code?code=x', '404 not-found not-found', 'CodeSystem.id'],
  ['GET /$export', '400 operation-parameters invalid', 'Prefer'],
  ['GET /_export/none', '404 export-not-found not-found'],
  ['GET /$graphql', '400 operation-parameters invalid', 'query'],
  ['GET /Patient/p1/$explain', '400 explain-path invalid', 'path'],
  ['GET /metadata?mode=loud', '400 search-value invalid', 'mode'],
];

test('each refusal has its status, reason, issue type and place, says what to do in a sentence, and repeats no data', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Patient/p1', {
      source: 'gp',
      body: { resourceType: 'Patient', id: 'p1', name: [{ family: SECRET }] },
    });
    await house.fhir('PUT', '/Location/gone', {
      source: 'gp',
      body: { resourceType: 'Location', id: 'gone', name: 'Ward' },
    });
    await house.fhir('DELETE', '/Location/gone', { source: 'gp' });
    const wrong: string[] = [];
    for (const [asked, expected, where, more] of [...ROWS, ...WRITES]) {
      const [method = '', path = ''] = asked.split(/ (.*)/s);
      const { status, json, text } = await house.fhir(method, path, { source: 'gp', ...more });
      const issue = at(json, 'issue.0');
      const told = `${status} ${at(issue, 'details.coding.0.code')} ${at(issue, 'code')}`;
      const place = at(issue, 'expression.0');
      if (told !== expected || (where !== undefined && place !== where))
        wrong.push(`${asked}: ${told} at ${place}, not ${expected} at ${where}`);
      const isSaid = /^["A-Z].*[.?]$/s.test(String(at(issue, 'details.text')));
      if (!['error', 'fatal'].includes(String(at(issue, 'severity'))) || !isSaid)
        wrong.push(`${asked} says: ${at(issue, 'details.text')}`);
      if (text.includes(SECRET) || /\bat .*\.ts:/.test(text)) wrong.push(`${asked} tells too much`);
    }
    assert.deepEqual(wrong, []);
  });
});

test('a search that does not understand a parameter passes it over only for whoever is lenient, and says so', async () => {
  await withHouse(async (house) => {
    await house.fhir('PUT', '/Patient/p1', {
      source: 'gp',
      body: { resourceType: 'Patient', id: 'p1', name: [{ family: 'Lark' }] },
    });
    for (const prefer of [undefined, 'handling=strict', 'return=minimal'])
      assert.equal(
        (await house.fhir('GET', '/Patient?nmae=x', prefer === undefined ? {} : { headers: { prefer } })).status,
        400,
        prefer,
      );
    const lenient = await house.fhir('GET', '/Patient?nmae=x&name=lark', {
      headers: { prefer: 'return=minimal; handling=lenient' },
    });
    assert.equal(lenient.status, 200, lenient.text);
    assert.deepEqual(
      [at(lenient.json, 'entry.0.resource.id'), at(lenient.json, 'entry.1.search.mode')],
      ['p1', 'outcome'],
    );
    assert.equal(at(lenient.json, 'entry.1.resource.issue.0.expression.0'), 'nmae');
    assert.match(String(at(lenient.json, 'link.0.url')), /\/Patient\?name=lark$/);
  });
});
