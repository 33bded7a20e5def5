// What the FHIR API refuses, one line for each refusal.
import { type Case, refused, SECRET } from './api-case.ts';

const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: SECRET }] };

export const FHIR_CASES: readonly Case[] = [
  refused('an operation nobody serves', 'GET /fhir/R4/Patient/p1/$nothing', { answer: '404 not-found' }),
  refused('a type that FHIR does not have', 'GET /fhir/R4/Patients', {
    answer: '404 not-found',
    says: /"Patients" is not a FHIR R4 resource type/,
  }),
  refused('a method not served here', 'DELETE /fhir/R4/Patient/p1/_history', { answer: '405 method-not-allowed' }),
  refused('an address that cannot be decoded', 'GET /fhir/R4/Patient/%zz', { answer: '400 request-malformed' }),
  refused('an id with a null character', 'GET /fhir/R4/Patient/%00', { answer: '404 not-found' }),
  refused('a search for a null character', 'GET /fhir/R4/Patient?name=%00', {
    answer: '400 search-value',
    where: 'name',
  }),
  refused('a resource nobody wrote', 'GET /fhir/R4/Observation/none', { answer: '404 not-found' }),
  refused('a patient nobody wrote', 'GET /fhir/R4/Patient/none', { answer: '404 not-found' }),
  refused('a version nobody made', 'GET /fhir/R4/Patient/p1/_history/99', { answer: '404 version-not-found' }),
  refused('a version that is no number', 'GET /fhir/R4/Patient/p1/_history/x', { answer: '404 version-not-found' }),
  refused('a history of nothing', 'GET /fhir/R4/Patient/none/_history', { answer: '404 not-found' }),
  refused('a history by half a page', 'GET /fhir/R4/Patient/p1/_history?_count=0.5', { answer: '400 search-value' }),
  refused('statements about nothing', 'GET /fhir/R4/Patient/none/$statements', { answer: '404 not-found' }),
  refused('an explanation of nobody', 'GET /fhir/R4/Patient/none/$explain?path=name', { answer: '404 not-found' }),
  refused('an explanation without a path', 'GET /fhir/R4/Patient/p1/$explain', {
    answer: '400 explain-path',
    where: 'path',
  }),
  refused('an explanation of no element', 'GET /fhir/R4/Patient/p1/$explain?path=nmae', {
    answer: '400 explain-path',
    where: 'path',
  }),
  refused('a search by an unknown name', `GET /fhir/R4/Patient?nmae=${SECRET}`, {
    answer: '400 search-parameter',
    where: 'nmae',
    says: /Did you mean "name"/,
  }),
  refused('a search by a date that is none', `GET /fhir/R4/Patient?birthdate=${SECRET}`, {
    answer: '400 search-value',
    where: 'birthdate',
  }),
  refused('a search by a time that is none', 'GET /fhir/R4/Patient?_lastUpdated=gtx', {
    answer: '400 search-value',
    where: '_lastUpdated',
  }),
  refused('a page of minus one', 'GET /fhir/R4/Patient?_count=-1', { answer: '400 search-value', where: '_count' }),
  refused('a cursor of somebody’s own', 'GET /fhir/R4/Patient?_after=abc', {
    answer: '400 search-value',
    where: '_after',
  }),
  refused('a read with a parameter', `GET /fhir/R4/Patient/p1?name=${SECRET}`, {
    answer: '400 search-parameter',
    where: 'name',
  }),
  refused('as of twice', 'GET /fhir/R4/Patient/p1?_asOf=1&_asOf=2', { answer: '400 parameter-twice', where: '_asOf' }),
  refused('as of the future', 'GET /fhir/R4/Patient/p1?_asOf=99999', { answer: '400 as-of-future', where: '_asOf' }),
  refused('as of no time', 'GET /fhir/R4/Patient/p1?_asOf=then', { answer: '400 as-of-value', where: '_asOf' }),
  refused('Turtle', 'GET /fhir/R4/Patient/p1?_format=ttl', { answer: '406 not-acceptable', where: '_format' }),
  refused('Turtle by header', 'GET /fhir/R4/Patient/p1', {
    answer: '406 not-acceptable',
    where: 'Accept',
    headers: { accept: 'text/turtle' },
  }),
  refused('a write in Turtle', 'PUT /fhir/R4/Patient/p1', {
    answer: '415 content-type',
    where: 'Content-Type',
    type: 'text/turtle',
    body: `<Patient>${SECRET}</Patient>`,
  }),
  refused('a write of nothing', 'PUT /fhir/R4/Patient/p1', { answer: '400 body-empty' }),
  refused('a transaction of nothing', 'POST /fhir/R4', { answer: '400 body-empty' }),
  refused('a write by nobody', 'PUT /fhir/R4/Patient/p1', {
    answer: '400 source-key',
    type: 'application/fhir+json',
    body: PATIENT,
    source: 'Not A Source!',
  }),
  refused('a write with a parameter', 'PUT /fhir/R4/Patient/p1?name=x', {
    answer: '400 search-parameter',
    type: 'application/fhir+json',
    body: PATIENT,
  }),
  refused('a write that is not JSON', 'PUT /fhir/R4/Patient/p1', {
    answer: '400 json-malformed',
    says: /line 1 column/,
    type: 'application/fhir+json',
    body: `{"name":"${SECRET}"`,
  }),
  refused('a write under another id', 'PUT /fhir/R4/Patient/p2', {
    answer: '400 id-mismatch',
    type: 'application/fhir+json',
    body: PATIENT,
  }),
  refused('a write of another type', 'PUT /fhir/R4/Person/p1', {
    answer: '400 resource-type-mismatch',
    type: 'application/fhir+json',
    body: PATIENT,
  }),
  refused('a date that does not exist', 'PUT /fhir/R4/Patient/p1', {
    answer: '422 date-impossible',
    where: 'Patient.birthDate',
    type: 'application/fhir+json',
    body: { ...PATIENT, birthDate: '1961-02-31' },
  }),
  refused('a reference in our own notation', 'PUT /fhir/R4/Observation/o1', {
    answer: '422 reference-reserved',
    where: 'subject.reference',
    type: 'application/fhir+json',
    body: {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `key:Patient|${SECRET}` },
    },
  }),
  refused('something about a patient nobody knows', 'PUT /fhir/R4/Observation/o1', {
    answer: '422 patient-unknown',
    says: /Send the Patient first/,
    type: 'application/fhir+json',
    body: {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/nobody' },
    },
  }),
  refused('a Bundle to keep', 'POST /fhir/R4', {
    answer: '400 bundle-type',
    where: 'Bundle.type',
    type: 'application/fhir+json',
    body: { resourceType: 'Bundle', type: 'document', entry: [] },
  }),
  refused('a transaction with a patch that is none', 'POST /fhir/R4', {
    answer: '400 entry-without-patch',
    where: 'Bundle.entry[0]',
    type: 'application/fhir+json',
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'PATCH', url: 'Patient/p1' } }],
    },
  }),
  refused('a batch beyond all measure', 'POST /fhir/R4', {
    answer: '400 too-many-entries',
    where: 'Bundle.entry',
    type: 'application/fhir+json',
    body: { resourceType: 'Bundle', type: 'batch', entry: Array.from({ length: 5_001 }, () => ({})) },
  }),
];
