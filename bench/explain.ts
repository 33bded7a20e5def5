// npm run bench:explain: $explain through HTTP on one person with many statements: every element of Patient under policy, every list that
// the policy knows, single entries of each kind, one thing by its key, a part of a long list, what nobody speaks of, and identity.
// --statements N (5000), --rounds N (100) for each path, --paths A,B for some of them. A third of the statements repeat the patient, told
// by two sources; the rest are results, problems, medicines and allergies. The first question after the start, and the first of each path,
// are told apart from those that follow. Ends with one JSON line; fails when the 99th percentile of any path is over --most MS (50).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadPolicy } from '../server/src/truth/index.ts';
import { groupEntries } from '../server/src/truth/lists/group.ts';
import { SHAPES } from '../server/src/truth/lists/identity.ts';
import { startUnderTest } from './server.ts';

const { values } = parseArgs({
  options: {
    statements: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '100' },
    most: { type: 'string', default: '50' },
    paths: { type: 'string' },
  },
});
const ENTRIES = 200;
const WARM = 10;
const POLICY = new URL('../policies/uk-default.v2.yaml', import.meta.url);
type Resource = { readonly resourceType: string; readonly id: string };
type Source = 'gp' | 'lab';
const SOURCES: readonly Source[] = ['gp', 'lab'];

const read = (file: string) => readFileSync(new URL(file, POLICY), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk-default', read);
if (!loaded.ok) throw new Error('the shipped policy cannot be read');
const { Patient = {}, MedicationRequest: _requests, ...lists } = loaded.policy.elements;
const IDENTITY = 'person';
const PART = 'a part of Observation';
const KEYED = 'a thing of Observation';
const entries = [
  ...[
    'Observation/result-10',
    'Observation/result-10.valueQuantity',
    'Condition/problem-3',
    'AllergyIntolerance/allergy-gp-0',
  ],
  ...[
    'MedicationStatement/medicine-gp-3',
    'name.family',
    'Condition/nobody-speaks-of-it',
    'Observation/nobody-speaks-of-it',
  ],
];
const PATHS = [...Object.keys(Patient), ...Object.keys(lists), ...entries, KEYED, PART, IDENTITY];
type Measured = { readonly path: string; readonly firstMs: number; readonly p50Ms: number; readonly p99Ms: number };
type Told = { readonly part?: { readonly next?: string } };

const server = await startUnderTest();
try {
  const all = statements(Number(values.statements));
  for (const source of SOURCES)
    for (let at = 0; at < all[source].length; at += ENTRIES) await send(source, all[source].slice(at, at + ENTRIES));
  const results: Measured[] = [];
  for (const path of values.paths?.split(',') ?? PATHS) results.push(await measure(path, Number(values.rounds)));
  for (const { path, firstMs, p50Ms, p99Ms } of results)
    process.stdout.write(`${path.padEnd(36)} first ${firstMs} ms  p50 ${p50Ms} ms  p99 ${p99Ms} ms\n`);
  process.stdout.write(
    `${JSON.stringify({ bench: 'explain', node: process.version, statements: Number(values.statements), results })}\n`,
  );
  if (results.some(({ p99Ms }) => p99Ms > Number(values.most))) process.exitCode = 1;
} finally {
  await server.stop();
}

/** The first question of all is the first of the first path. */
async function measure(path: string, rounds: number): Promise<Measured> {
  const address = await addressOf(path);
  const took: number[] = [];
  for (let round = 0; round <= WARM + rounds; round += 1) {
    const began = performance.now();
    await ask(address);
    took.push(performance.now() - began);
  }
  const [first = 0] = took;
  const later = took.slice(WARM + 1).sort((a, b) => a - b);
  const at = (share: number) => rounded(later[Math.min(later.length - 1, Math.floor(later.length * share))] ?? 0);
  return { path, firstMs: rounded(first), p50Ms: at(0.5), p99Ms: at(0.99) };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

async function ask(address: string): Promise<string> {
  const answer = await fetch(`${server.http}${address}`);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(text);
  return text;
}

function addressOfPath(path: string): string {
  return `/fhir/R4/Patient/person/$explain?path=${encodeURIComponent(path)}`;
}

async function addressOf(path: string): Promise<string> {
  if (path === IDENTITY) return '/api/v1/persons/person/explain';
  if (path !== PART && path !== KEYED) return addressOfPath(path);
  const { part } = JSON.parse(await ask(addressOfPath('Observation'))) as Told;
  if (path === PART) return part?.next ?? addressOfPath('Observation');
  return addressOfPath(`Observation:${keyOfResult()}`);
}

/** What a case calls the tenth result. */
function keyOfResult(): string {
  const identity = SHAPES['Observation']?.identify({ ...entry('gp', 10) }, 'minute');
  const [group] = identity === undefined ? [] : groupEntries([{ entry: 10, identity }], false);
  if (group === undefined) throw new Error('the result is no thing of the list');
  return group.key;
}

async function send(source: Source, resources: readonly Resource[]): Promise<void> {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const answer = await fetch(`${server.http}/fhir/R4`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', 'vouch-source': source },
    body: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
  });
  const text = await answer.text();
  const failed = answer.status === 200 && /"status":"[45]/.exec(text);
  if (answer.status !== 200 || failed) throw new Error(text.slice(0, 2_000));
}

/** What each source says, in order: statement n of a third is the patient again, a little changed now and then. */
function statements(count: number): { readonly [source in Source]: readonly Resource[] } {
  const all = { gp: [] as Resource[], lab: [] as Resource[] };
  for (let n = 0; n < count; n += 1) {
    const source = n % 2 === 0 ? 'gp' : 'lab';
    all[source].push(n < 2 || n % 3 === 0 ? patient(source, n) : entry(source, n));
  }
  return all;
}

function personOf(source: Source): string {
  return source === 'gp' ? 'person' : 'person-lab';
}

function patient(source: Source, n: number): Resource {
  return {
    resourceType: 'Patient',
    id: personOf(source),
    ...{ identifier: [{ system: 'https://example.org/mrn', value: 'M-1' }] },
    ...{ name: [{ family: 'Featherstonehaugh', given: ['Annabel'] }], gender: 'female' },
    ...{ birthDate: '1961-07-19', address: [{ line: [`${Math.floor(n / 300)} Quarry Lane`], city: 'Borchester' }] },
  };
}

function clinical(code: string, kind: string) {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${kind}-clinical`, code }] };
}

function entry(source: Source, n: number): Resource {
  const reference = { reference: `Patient/${personOf(source)}` };
  const one = Math.floor(n / 2) % 40;
  switch (n % 100) {
    case 1:
    case 2:
      return {
        ...{ resourceType: 'AllergyIntolerance', id: `allergy-${source}-${one % 5}`, patient: reference },
        ...{ clinicalStatus: clinical('active', 'allergyintolerance'), code: { text: `Substance ${one % 5}` } },
      };
    case 4:
    case 5:
      return {
        ...{ resourceType: 'Condition', id: source === 'gp' ? `problem-${one % 10}` : `problem-lab-${one % 10}` },
        ...{ subject: reference, clinicalStatus: clinical('active', 'condition') },
        ...{ code: { text: `Problem ${one % 10}` } },
      };
    case 7:
    case 8:
      return {
        ...{ resourceType: 'MedicationStatement', id: `medicine-${source}-${one % 10}`, subject: reference },
        ...{ status: 'active', medicationCodeableConcept: { text: `Medicine ${one % 10}` } },
      };
    default:
      return {
        ...{ resourceType: 'Observation', id: n < 100 && source === 'gp' ? `result-${n}` : `result-${source}-${n}` },
        ...{ status: 'final', subject: reference, effectiveDateTime: new Date(1.7e12 + n * 3.6e6).toISOString() },
        ...{ code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] } },
        ...{ valueQuantity: { value: 100 + (n % 60), unit: 'g/L' } },
      };
  }
}
