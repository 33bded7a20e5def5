// npm run bench:validation: what a validation costs beside JSON.parse of the same text, in one run, and beside other validators.
//   node bench/validation.ts [--examples PACKAGE.tgz] [--schema fhir.schema.json] [FILE.json | FILE.ndjson ...]
// FILES are resources or bundles (their entries are measured one by one); without any, 200 that bench:fhir sends. --examples validates every
// resource of a FHIR package too, and lists what is found. --schema measures ajv with HL7's JSON schema. CPU time in microseconds,
// the best of several rounds for each resource, medians over resources.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type JsonObject, parseFaithful } from '../server/src/base/json.ts';
import { filesOfTar } from '../server/src/fhir/tar.ts';
import { validate } from '../server/src/validation/index.ts';
import { drawFrom, observation, patient } from './fhir/data.ts';
import { type Contender, contenders } from './validation/contenders.ts';

const ROUNDS = 7;
const WARM_UP = 30;
const ROUND_MS = 0.5;
const SHOWN_MAX = 60;

type Sample = { readonly text: string; readonly resource: JsonObject; readonly type: string };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { examples: { type: 'string' }, schema: { type: 'string' } },
});
const samples = positionals.length > 0 ? positionals.flatMap(fromFile) : generated();
await measureAll(samples);
if (values.examples !== undefined) validateExamples(values.examples);

function fromFile(path: string): readonly Sample[] {
  const text = readFileSync(path, 'utf8');
  const documents = path.endsWith('.ndjson') ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return documents.map((one) => JSON.parse(one) as JsonObject).flatMap(entriesOf);
}

/** One patient for each nine observations, as the records of hospitals are made of. */
function generated(): readonly Sample[] {
  const draw = drawFrom(1, 'validation');
  const made = Array.from({ length: 200 }, (_, at) =>
    at % 10 === 0 ? patient(draw) : observation(draw, `Patient/${at}`),
  );
  return made.map((one) => sampleOf(JSON.parse(JSON.stringify(one)) as JsonObject));
}

function entriesOf(resource: JsonObject): readonly Sample[] {
  const entries = (resource['entry'] ?? []) as readonly { readonly resource?: JsonObject }[];
  if (resource['resourceType'] !== 'Bundle' || entries.length === 0) return [sampleOf(resource)];
  return entries.flatMap((entry) => (entry.resource === undefined ? [] : [sampleOf(entry.resource)]));
}

function sampleOf(resource: JsonObject): Sample {
  return { text: JSON.stringify(resource), resource, type: String(resource['resourceType']) };
}

async function measureAll(list: readonly Sample[]): Promise<void> {
  const own: Contender = { name: 'Vouch', run: ({ resource, type }) => validate(resource, { type }) };
  const all: Contender = {
    name: 'Vouch, warnings too',
    run: ({ resource, type }) => validate(resource, { type, warnings: true }),
  };
  const parsed = timesOf({ name: 'JSON.parse', run: ({ text }) => JSON.parse(text) }, list);
  const bytes = median(list.map(({ text }) => text.length));
  print(`${list.length} resources, median ${bytes} characters; JSON.parse ${median(parsed).toFixed(2)} us`);
  for (const contender of [own, all, ...(await contenders(values.schema, print))]) {
    const times = timesOf(contender, list);
    const ratio = median(times.map((time, at) => time / (parsed[at] ?? time)));
    const total = sum(times) / sum(parsed);
    print(
      `${contender.name}: median ${median(times).toFixed(2)} us, ${ratio.toFixed(2)} x JSON.parse (all together ${total.toFixed(2)} x)`,
    );
  }
}

/** Microseconds for each sample: the best round, which is the one that the machine disturbed least. */
function timesOf({ run }: Contender, list: readonly Sample[]): readonly number[] {
  for (let round = 0; round < WARM_UP; round++) for (const sample of list) run(sample);
  return list.map((sample) => {
    const once = elapsed(() => run(sample), 1);
    const count = Math.max(1, Math.min(200, Math.ceil(ROUND_MS / Math.max(once, 0.001))));
    return Math.min(...Array.from({ length: ROUNDS }, () => (elapsed(() => run(sample), count) / count) * 1000));
  });
}

function elapsed(run: () => unknown, times: number): number {
  const start = performance.now();
  for (let at = 0; at < times; at++) run();
  return performance.now() - start;
}

function validateExamples(path: string): void {
  const found = new Map<string, number>();
  const counts = { resources: 0, valid: 0, bytes: 0, parseMs: 0, validateMs: 0 };
  for (const { name, bytes } of filesOfTar(gunzipSync(readFileSync(path)))) {
    if (!name.endsWith('.json') || /package\.json$|\.index/.test(name)) continue;
    const text = new TextDecoder().decode(bytes);
    let resource: JsonObject = {};
    counts.parseMs += elapsed(() => (resource = parseFaithful(text) as JsonObject), 1);
    const type = String(resource['resourceType']);
    let issues: ReturnType<typeof validate> = [];
    counts.validateMs += elapsed(() => (issues = validate(resource, { type, references: 'sent' })), 1);
    counts.resources++;
    counts.bytes += bytes.length;
    if (issues.length === 0) counts.valid++;
    for (const { reason, expression = '' } of issues) {
      const where = `${reason} ${expression.replace(/\[\d+\]/g, '[]')} in ${name.slice(name.lastIndexOf('/') + 1)}`;
      found.set(where, (found.get(where) ?? 0) + 1);
    }
  }
  const { resources, valid, bytes, parseMs, validateMs } = counts;
  print(
    `${resources} examples, ${(bytes / 1e6).toFixed(0)} MB: ${valid} valid; each once, cold: parsed in ${parseMs.toFixed(0)} ms, validated in ${validateMs.toFixed(0)} ms`,
  );
  for (const [where, count] of [...found].slice(0, SHOWN_MAX)) print(`  ${count} x ${where}`);
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
}

function sum(list: readonly number[]): number {
  return list.reduce((total, one) => total + one, 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
