// npm run bench:fhirpath: CPU time of FHIRPath expressions, ours beside HL7's fhirpath and @medplum/core, all in this process.
// Medplum runs without its schema index. --rounds N (7) best of; --show EXPRESSION [--type T] prints the JavaScript it compiles to. Ends with one JSON line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { isObject, type Json, type JsonObject, parseFaithful } from '../server/src/base/json.ts';
import { compile, compileBoolean, sourceOf } from '../server/src/fhirpath/index.ts';
import { isA } from '../server/src/fhirpath/model.ts';
import {
  invariantExpressions,
  type Published,
  searchExpressions,
} from '../server/src/fhirpath/r4-expressions.testkit.ts';
import { children } from '../server/src/fhirpath/runtime/navigate.ts';

type Peer = { readonly name: string; readonly prepare: (expression: string) => (resource: JsonObject) => unknown };
type Work = { readonly name: string; readonly expressions: readonly string[]; readonly resource: JsonObject };

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, show: { type: 'string' }, type: { type: 'string' } },
});
if (values.show === undefined) await main(Number(values.rounds));
else process.stdout.write(`${sourceOf(values.show, { type: values.type ?? 'Patient' })}\n`);

async function main(rounds: number): Promise<void> {
  const examples = readFileSync(new URL('../vectors/fhirpath/r4-examples.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => parseFaithful(line))
    .filter(isObject);
  const one = (id: string) => {
    const found = examples.find((resource) => resource['id'] === id);
    if (found === undefined) throw new Error(`no example ${id}`);
    return found;
  };
  const [patient, observation] = [one('example'), one('blood-pressure')];
  const works = worksOn(patient, observation);
  const results = [];
  print(['CPU per evaluation of all expressions, us', '', 'ours', 'fhirpath.js', 'medplum', 'by hand']);
  for (const published of works) {
    const all = peers(String(published.resource['resourceType']));
    const work = evaluated(published, all);
    const row = all.map((peer) => measure(work, peer, rounds));
    const hand = work.name === 'Patient.name.family' ? best(() => byHand(work.resource), rounds) : undefined;
    results.push({
      name: work.name,
      expressions: work.expressions.length,
      ours: row[0],
      fhirpath: row[1],
      medplum: row[2],
      hand,
    });
    print([work.name, String(work.expressions.length), ...row.map(shown), shown(hand)]);
  }
  for (const resource of [patient, observation]) {
    const { microseconds, checks } = invariants(resource, rounds);
    results.push({
      name: `invariants of ${String(resource['resourceType'])}`,
      expressions: checks,
      ours: microseconds,
    });
    print([`invariants of ${String(resource['resourceType'])}`, String(checks), shown(microseconds)]);
  }
  process.stdout.write(`${JSON.stringify({ bench: 'fhirpath', node: process.version, results })}\n`);
}

function worksOn(patient: JsonObject, observation: JsonObject): readonly Work[] {
  const single = [
    'Patient.name',
    'Patient.name.family',
    "Patient.telecom.where(system = 'phone')",
    'Patient.deceased.exists() and Patient.deceased != false',
    "Patient.extension('http://hl7.org/fhir/StructureDefinition/patient-birthPlace').value",
  ].map((expression) => ({ name: expression, expressions: [expression], resource: patient }));
  const two = ['Observation.value.ofType(Quantity)', 'Observation.code | Observation.component.code'].map(
    (expression) => ({
      name: expression,
      expressions: [expression],
      resource: observation,
    }),
  );
  return [...single, ...two, searchWork('Patient', patient), searchWork('Observation', observation)];
}

function searchWork(type: string, resource: JsonObject): Work {
  const expressions = searchExpressions()
    .filter((one) => one.type === type)
    .map(({ expression }) => expression);
  return { name: `search parameters of ${type}`, expressions, resource };
}

function peers(type: string): readonly Peer[] {
  const load = createRequire(new URL('../server/package.json', import.meta.url));
  const hl7 = load('fhirpath');
  const model = load('fhirpath/fhir-context/r4');
  const medplum = load('@medplum/core');
  return [
    { name: 'ours', prepare: (expression) => compile(expression, { type }) },
    {
      name: 'fhirpath.js',
      prepare: (expression) => hl7.compile(expression, model, { async: false, resolveInternalTypes: true }),
    },
    {
      name: 'medplum',
      prepare: (expression) => {
        const parsed = medplum.parseFhirPath(expression);
        return (resource) => medplum.evalFhirPathTyped(parsed, [medplum.toTypedValue(resource)]);
      },
    },
  ];
}

/** The expressions that every peer evaluates on the resource: sums over different ones would not compare. Ours takes all there are. */
function evaluated({ expressions, ...work }: Work, [ours, ...others]: readonly Peer[]): Work {
  for (const expression of expressions) ours?.prepare(expression)(work.resource);
  const takes = (peer: Peer, expression: string) => {
    try {
      peer.prepare(expression)(work.resource);
      return true;
    } catch (error) {
      process.stderr.write(`${peer.name} does not evaluate ${expression}: ${String(error).split('\n')[0]}\n`);
      return false;
    }
  };
  return { ...work, expressions: expressions.filter((one) => others.every((peer) => takes(peer, one))) };
}

function measure({ expressions, resource }: Work, peer: Peer, rounds: number): number {
  const prepared = expressions.map((expression) => peer.prepare(expression));
  return best(() => {
    for (const run of prepared) run(resource);
  }, rounds);
}

/** Microseconds of CPU of this process for one run: the best round, each long enough for the clock. */
function best(run: () => unknown, rounds: number): number {
  let times = 1;
  while (timed(run, times) < 20_000) times *= 2;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) least = Math.min(least, timed(run, times) / times);
  return least;
}

function timed(run: () => unknown, times: number): number {
  const start = process.cpuUsage();
  for (let at = 0; at < times; at += 1) run();
  const used = process.cpuUsage(start);
  return used.user + used.system;
}

function byHand(patient: JsonObject): readonly Json[] {
  const found: Json[] = [];
  for (const name of (patient['name'] ?? []) as readonly JsonObject[]) {
    if (name['family'] !== undefined) found.push(name['family']);
  }
  return found;
}

type Check = readonly [run: ReturnType<typeof compileBoolean>, value: Json | undefined];

/** All error-level invariants of the resource and of all its elements, but ele-1, which structure checks imply. */
function invariants(resource: JsonObject, rounds: number): { microseconds: number; checks: number } {
  const type = String(resource['resourceType']);
  const published = invariantExpressions().filter(({ key }) => key !== 'ele-1');
  const compiled = new Map<Published, ReturnType<typeof compileBoolean>>();
  const checks: Check[] = [];
  const visit = (node: Parameters<typeof children>[0][number]) => {
    for (const one of published) {
      if (!isA(node.type, one.type) || !isObject(node.value)) continue;
      const run = compiled.get(one) ?? compileBoolean(one.expression, { type: one.type });
      compiled.set(one, run);
      checks.push([run, node.value]);
    }
    children([node]).forEach(visit);
  };
  visit({ value: resource, companion: undefined, type, parent: undefined, name: type, index: -1 });
  const context = { resource, rootResource: resource, htmlChecks: () => true };
  const microseconds = best(() => {
    for (const [run, value] of checks) run(value, context);
  }, rounds);
  return { microseconds, checks: checks.length };
}

function shown(microseconds: number | undefined): string {
  return microseconds === undefined ? '-' : microseconds.toFixed(microseconds < 10 ? 3 : 1);
}

function print([name = '', count = '', ...figures]: readonly string[]): void {
  process.stdout.write(
    `${name.slice(0, 70).padEnd(72)}${count.padStart(4)}${figures.map((text) => text.padStart(13)).join('')}\n`,
  );
}
