// How long it takes to make the index entries of a resource: node bench/search-extract.ts
import { indexEntries } from '../server/src/search/index-entries.ts';
import { codeable } from './search/people.ts';

const UCUM = 'http://unitsofmeasure.org';
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { versionId: '1', lastUpdated: '2026-03-02T07:15:00.000Z' },
  identifier: [
    { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' },
    {
      system: 'urn:oid:1.2.3',
      value: 'RX1-1',
      type: codeable('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record number'),
    },
  ],
  active: true,
  name: [{ use: 'official', family: 'Lark', given: ['Ada', 'Mary'], prefix: ['Mrs'] }],
  telecom: [
    { system: 'phone', value: '01632 960001', use: 'home' },
    { system: 'email', value: 'ada@example.org' },
  ],
  gender: 'female',
  birthDate: '1951-02-03',
  address: [{ line: ['1 Long Lane'], city: 'Leeds', postalCode: 'LS1 1AA', country: 'GB' }],
  maritalStatus: codeable('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'M', 'Married'),
  communication: [{ language: codeable('urn:ietf:bcp:47', 'en', 'English') }],
  generalPractitioner: [{ reference: 'Practitioner/gp1' }],
  managingOrganization: { reference: 'Organization/o1' },
};
const observation = {
  resourceType: 'Observation',
  id: 'o1',
  meta: { versionId: '1', lastUpdated: '2026-03-02T07:15:00.000Z' },
  status: 'final',
  category: [codeable('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory', 'Laboratory')],
  code: codeable('http://loinc.org', '2339-0', 'Glucose [Mass/volume] in Blood'),
  subject: { reference: 'Patient/0b7f6c9e-1f1c-4f8e-9f7b-0f2f6c1b1a11' },
  encounter: { reference: 'Encounter/0b7f6c9e-1f1c-4f8e-9f7b-0f2f6c1b1a12' },
  effectiveDateTime: '2026-03-02T07:15:00+00:00',
  issued: '2026-03-02T07:15:00.000+00:00',
  valueQuantity: { value: 76.3, unit: 'mg/dL', system: UCUM, code: 'mg/dL' },
};
const ROUNDS = 200_000;
for (const resource of [patient, observation]) {
  for (let round = 0; round < ROUNDS / 4; round += 1) indexEntries(resource.resourceType, resource);
  const start = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round += 1) indexEntries(resource.resourceType, resource);
  const micros = Number(process.hrtime.bigint() - start) / ROUNDS / 1_000;
  const entries = indexEntries(resource.resourceType, resource);
  const counts = Object.entries(entries).map(([name, made]) => `${name} ${Array.isArray(made) ? made.length : ''}`);
  process.stdout.write(
    `${resource.resourceType}: ${micros.toFixed(1)} µs; ${counts.filter((one) => /\d/.test(one)).join(', ')}\n`,
  );
}
