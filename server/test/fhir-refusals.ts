// What the writing half of the FHIR API refuses, as rows: what is asked, the status with our reason and FHIR's issue type, the place.
export type Row = readonly [
  asked: string,
  expected: string,
  where?: string | undefined,
  more?: { body?: string | Uint8Array | object; headers?: Record<string, string>; type?: string },
];

/** Stands in bodies that are refused, and must not come back. */
export const SECRET = 'Quillfeather';

const PATIENT = { resourceType: 'Patient', name: [{ family: SECRET }] };
const JSON_PATCH = 'application/json-patch+json';
type Told = readonly [asked: string, expected: string, where: string | undefined];
const write = (told: Told, body: string | object, type?: string): Row => [
  ...told,
  { body, ...(type === undefined ? {} : { type }) },
];
const headed = (told: Told, headers: Record<string, string>): Row => [
  ...told,
  { body: { ...PATIENT, id: 'p1' }, headers },
];
const transaction = (expected: string, where: string, entry: unknown): Row => [
  'POST ',
  expected,
  where,
  { body: { resourceType: 'Bundle', type: 'transaction', entry: [entry] } },
];
const operation = (path: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: path },
        { name: 'value', valueString: SECRET },
      ],
    },
  ],
});
const entryOf = (method: string, url: string, more: object = { resource: PATIENT }) => ({
  ...more,
  request: { method, url },
});

export const WRITES: readonly Row[] = [
  // What cannot be read
  ['POST /Patient', '400 body-empty required'],
  write(['POST /Patient', '400 json-malformed structure', undefined], `{"name":"${SECRET}`),
  write(['POST /Patient', '400 json-not-object structure', undefined], '[]'),
  ['POST /Patient', '400 not-utf-8 structure', undefined, { body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d) }],
  write(['POST /Patient', '400 resource-type-missing structure', 'Resource.resourceType'], { name: [] }),
  write(['POST /Patient', '400 resource-type-mismatch invalid', 'Observation.resourceType'], {
    resourceType: 'Observation',
  }),
  write(['POST /Patient', '415 content-type not-supported', 'Content-Type'], SECRET, 'text/plain'),
  write(
    ['POST /Patient', '415 content-type not-supported', 'Content-Type'],
    PATIENT,
    'application/fhir+json; charset=latin1',
  ),
  write(
    ['POST /Patient', '415 content-type not-supported', 'Content-Type'],
    PATIENT,
    'application/fhir+json; fhirVersion=3.0',
  ),
  write(['POST /Patients', '404 not-found not-found', undefined], { resourceType: 'Patients' }),
  write(['POST /patient', '404 not-found not-found', undefined], PATIENT),
  // What breaks the rules
  write(['POST /Patient', '422 unknown-property structure', 'Patient'], { ...PATIENT, nmae: SECRET }),
  write(['POST /Patient', '422 date-format value', 'Patient.birthDate'], { ...PATIENT, birthDate: '1980-13-01' }),
  write(['POST /Patient', '422 code-not-in-value-set code-invalid', 'Patient.gender'], { ...PATIENT, gender: SECRET }),
  write(['POST /Patient', '422 list-expected structure', 'Patient.name'], { ...PATIENT, name: { family: SECRET } }),
  write(['POST /Patient', '422 not-a-boolean structure', 'Patient.active'], { ...PATIENT, active: 'true' }),
  // Addresses and conditions
  write(['POST /Patient?_summary=true', '400 search-parameter not-supported', '_summary'], PATIENT),
  write(['PUT /Patient/p1', '400 id-mismatch invalid', 'Patient.id'], PATIENT),
  write(['PUT /Patient/p1', '400 id-mismatch invalid', 'Patient.id'], { ...PATIENT, id: 'p2' }),
  write(['PUT /Patient', '400 condition-empty invalid', 'Patient'], PATIENT),
  write(['PUT /Patient?_id=', '400 search-value invalid', '_id'], PATIENT),
  write(['PUT /Patient?_id=p1&_summary=true', '400 search-parameter not-supported', '_summary'], PATIENT),
  ['DELETE /Patient', '400 condition-empty invalid', 'Patient'],
  ['DELETE /Patient?_count=1', '400 search-parameter not-supported', '_count'],
  [`DELETE /Patient?nmae=${SECRET}`, '400 search-parameter not-supported', 'nmae'],
  headed(['POST /Patient', '400 condition-empty invalid', 'If-None-Exist'], { 'if-none-exist': ' ' }),
  headed(['POST /Patient', '400 search-parameter not-supported', 'nmae'], { 'if-none-exist': 'nmae=x' }),
  headed(['PUT /Patient/p1', '400 if-match-malformed invalid', 'If-Match'], { 'if-match': 'W/"x"' }),
  headed(['PUT /Patient/p1', '412 version-conflict conflict', 'Patient'], { 'if-match': 'W/"7"' }),
  headed(['PUT /Patient/p1', '412 version-conflict conflict', 'Patient'], { 'if-none-match': '*' }),
  headed(['POST /Patient', '400 source-key invalid', 'Vouch-Source'], { 'vouch-source': 'Not a Name' }),
  headed(['PUT /Patient/p1', '400 if-match-malformed invalid', 'If-Match'], { 'if-match': '*' }),
  headed(['PUT /Patient/p1', '400 if-match-malformed invalid', 'If-None-Match'], { 'if-none-match': 'W/"1"' }),
  headed(['PUT /Patient?_id=p1', '400 if-match-malformed invalid', 'If-Match'], { 'if-match': 'W/"1"' }),
  // Patches
  write(['PATCH /Patient/p1', '400 patch-syntax invalid', 'Patient'], SECRET, JSON_PATCH),
  write(['PATCH /Patient/p1', '400 patch-shape invalid', 'patch'], '{}', JSON_PATCH),
  write(
    ['PATCH /Patient/p1', '400 patch-pointer invalid', 'patch[0].path'],
    '[{"op":"remove","path":"name"}]',
    JSON_PATCH,
  ),
  write(
    ['PATCH /Patient/p1', '422 patch-path-missing processing', 'patch[0].path'],
    '[{"op":"remove","path":"/x"}]',
    JSON_PATCH,
  ),
  write(
    ['PATCH /Patient/p1', '400 id-mismatch invalid', 'Patient.id'],
    '[{"op":"replace","path":"/id","value":"p9"}]',
    JSON_PATCH,
  ),
  write(
    ['PATCH /Patient/p1', '400 patch-path invalid', 'Parameters.parameter[0].part(path)'],
    operation('Patient.nmae'),
  ),
  write(
    ['PATCH /Patient/p1', '400 patch-path invalid', 'Parameters.parameter[0].part(path)'],
    operation("Patient.name.where(family.matches('(a+)+'))"),
  ),
  write(['PATCH /Patient/p1', '415 content-type not-supported', 'Content-Type'], SECRET, 'text/plain'),
  write(['PATCH /Patient/none', '404 not-found not-found', 'Patient'], '[]', JSON_PATCH),
  write(['PATCH /Patient?_id=none', '404 not-found not-found', 'Patient'], '[]', JSON_PATCH),
  write(['PATCH /Patient', '400 condition-empty invalid', 'Patient'], '[]', JSON_PATCH),
  write(['PATCH /Location/gone', '410 gone deleted', 'Location'], '[]', JSON_PATCH),
  // Bundles
  write(['POST ', '400 bundle-type invalid', 'resourceType'], PATIENT),
  write(['POST ', '400 bundle-type invalid', 'Bundle.type'], { resourceType: 'Bundle' }),
  write(['POST ', '400 bundle-entries invalid', 'Bundle.entry'], { resourceType: 'Bundle', type: 'batch', entry: {} }),
  transaction('400 entry-without-request required', 'Bundle.entry[0]', null),
  transaction('400 entry-without-request required', 'Bundle.entry[0]', { resource: PATIENT }),
  transaction('400 entry-method-not-supported not-supported', 'Bundle.entry[0]', entryOf('put', 'Patient/p1')),
  transaction('400 entry-without-target required', 'Bundle.entry[0]', { request: { method: 'POST' } }),
  transaction('400 entry-without-target required', 'Bundle.entry[0]', entryOf('PUT', 'Patient')),
  transaction('400 entry-target invalid', 'Bundle.entry[0]', entryOf('POST', 'Patient/p1')),
  transaction('400 entry-target not-found', 'Bundle.entry[0]', entryOf('DELETE', 'Patients/p1', {})),
  transaction('400 entry-without-resource required', 'Bundle.entry[0]', entryOf('POST', 'Patient', {})),
  transaction('400 entry-without-patch required', 'Bundle.entry[0]', entryOf('PATCH', 'Patient/p1')),
  transaction('412 version-conflict conflict', 'Bundle.entry[0]', {
    request: { method: 'DELETE', url: 'Patient/p1', ifMatch: 'W/"9"' },
  }),
  transaction('400 entry-version invalid', 'Bundle.entry[0]', {
    request: { method: 'DELETE', url: 'Patient/p1', ifMatch: 'newest' },
  }),
  transaction('400 entry-version invalid', 'Bundle.entry[0]', {
    request: { method: 'DELETE', url: 'Patient?_id=p1', ifMatch: 'W/"1"' },
  }),
  transaction('412 version-conflict conflict', 'Bundle.entry[0]', {
    resource: { ...PATIENT, id: 'p1' },
    request: { method: 'PUT', url: 'Patient/p1', ifNoneMatch: '*' },
  }),
  // Operations
  write(['POST /Patient/$validate?mode=guess', '400 mode-unknown invalid', 'mode'], PATIENT),
  write(['POST /Patient/_search', '415 content-type not-supported', 'Content-Type'], SECRET, 'text/plain'),
  [
    'GET /CodeSystem/$subsumes?system=http://hl7.org/fhir/administrative-gender&codeA=male&codeB=nix',
    '404 code-unknown code-invalid',
    'codeB',
  ],
  ['GET /ValueSet/$expand?url=http://snomed.info/sct?fhir_vs', '404 code-system-not-loaded not-found', 'url'],
  ['GET /ConceptMap/$translate?code=x&system=urn:s&url=urn:none', '404 concept-map-not-found not-found', 'url'],
];
