// npm run bench:fhir: creates, reads, mixed requests, transactions and searches, beside what the same PostgreSQL does with rows alone.
// --seconds N (5) for each scenario; --patients N (2000) with ten observations each are there before searches, and --resources N (20000)
// more come by $import; --only NAME,… ;
// --folder DIR sends the Bundles of a folder instead of made ones; --rate N asks at a rate (open loop) instead of waiting for answers;
// --processes N has N of them serve; --profile tells where the time of the server goes in each scenario, which costs some of it.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openDb } from '../server/src/base/db.ts';
import { startTemporary } from '../server/src/testkit/database.ts';
import { importResources } from './fhir/import.ts';
import { type LoadRequest, type LoadResult, type Scenario, SEARCHES } from './fhir/load.ts';
import { rawInserts } from './intake/raw.ts';
import { memoryOf } from './machine.ts';
import { inWords, profiled } from './profile.ts';
import { type ServerUnderTest, startUnderTest } from './server.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    patients: { type: 'string', default: '2000' },
    resources: { type: 'string', default: '20000' },
    only: { type: 'string' },
    folder: { type: 'string' },
    rate: { type: 'string', default: '0' },
    processes: { type: 'string', default: '1' },
    profile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const RAW_ROWS = 10_000;
const ENTRIES = 100;
const IMPORT_SEED = 1;
/** Entries of the transactions that fill the store: one patient and ten observations. */
const ENTRIES_OF_A_PATIENT = 11;
const SCENARIOS: readonly (readonly [name: Scenario, connections: number])[] = [
  ['create-patient', 16],
  ['create-patient', 1],
  ['create-observation', 16],
  ['read', 16],
  ['mixed', 64],
  ['transaction', 8],
  ...(Object.keys(SEARCHES) as Scenario[]).map((name) => [name, 16] as const),
];

const figures: Record<string, unknown> = {};
let seed = 0;
const raw = await rawRows();
let server = await startUnderTest({
  processes: Number(values.processes),
  inspected: values.profile,
});
await tellStart('start of an empty store to its first answer');
try {
  const patients = await fill(server);
  await imported(server);
  for (const [scenario, connections] of SCENARIOS) {
    if (values.only !== undefined && !values.only.split(',').includes(scenario)) continue;
    // What the scenario before left to be done behind its answers is not to be counted here.
    await server.rested();
    const name = `${scenario}, ${connections} connection${connections === 1 ? '' : 's'}`;
    const result = await timed(
      name,
      () => send(server, { scenario, connections, patients, seconds: Number(values.seconds) }),
      ({ answered }) => answered,
    );
    const perSecond = Math.round((result.answered - result.failed) / result.seconds);
    const { failed, firstFailure, p50Ms, p95Ms, p99Ms } = result;
    tell(name, {
      perSecond,
      ...(scenario === 'transaction' ? { resourcesPerSecond: Math.round(result.resources / result.seconds) } : {}),
      shareOfRawRows: Math.round((perSecond / raw) * 1_000) / 1_000,
      p50Ms,
      p95Ms,
      p99Ms,
      ...(failed === 0 ? {} : { failed, firstFailure }),
    });
  }
  tell('memory of the server', { ...memoryOf(server.pid) });
  const { total } = await server.books();
  if (total.residual !== 0) throw new Error('the books do not balance');
  server = await server.again();
  await tellStart('start of that store to its first answer');
} finally {
  await server.stop();
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);

function tell(name: string, figure: Record<string, unknown>): void {
  figures[name] = figure;
  if (values.json) return;
  const shown = Object.entries(figure).map(([key, value]) => `${key} ${String(value)}`);
  process.stdout.write(`${name.padEnd(44)} ${shown.join('  ')}\n`);
}

/** With --profile, where the time of the server went is told after the work. */
async function timed<T>(name: string, work: () => Promise<T>, requestsOf: (result: T) => number): Promise<T> {
  if (!values.profile) return work();
  const { result, told } = await profiled(server, work);
  const requests = requestsOf(result);
  figures[`${name}: where the time goes`] = { ...told, requests, parts: Object.fromEntries(told.parts) };
  if (!values.json) process.stdout.write(`  ${inWords(told, requests)}\n`);
  return result;
}

/** From the start of the process; the first answer is a search. */
async function tellStart(name: string): Promise<void> {
  const asked = performance.now();
  await fetch(`${server.http}/fhir/R4/Patient?_count=1`);
  tell(name, { ms: Math.round(server.startMs + performance.now() - asked) });
}

/** The reference: rows of a kilobyte into the same PostgreSQL, a hundred at a time, and nothing else. */
async function rawRows(): Promise<number> {
  const { embedded, remove } = await startTemporary();
  const db = openDb({ ...embedded });
  try {
    const rate = Math.round(await rawInserts(db, RAW_ROWS, 8));
    tell('reference: raw 100-row inserts', { perSecond: rate });
    return rate;
  } finally {
    await db.close();
    await embedded.stop();
    remove();
  }
}

async function imported(on: ServerUnderTest): Promise<void> {
  const wanted = Number(values.resources);
  if (wanted === 0) return;
  const { resources, seconds } = await timed(
    '$import of NDJSON',
    () => importResources(`${on.http}/fhir/R4`, wanted, IMPORT_SEED),
    (made) => made.resources,
  );
  const perSecond = Math.round(resources / seconds);
  tell('$import of NDJSON', { resources, perSecond, shareOfRawRows: Math.round((perSecond / raw) * 1_000) / 1_000 });
}

/** Patients with observations, or the Bundles of a folder. Returns ids of patients that are there now. */
async function fill(on: ServerUnderTest): Promise<readonly string[]> {
  const started = performance.now();
  let resources = 0;
  const bundles = values.folder === undefined ? undefined : bundlesIn(values.folder);
  if (bundles === undefined) {
    const seconds = Number(values.patients) / 200;
    const made = await send(on, {
      scenario: 'transaction',
      connections: 8,
      seconds,
      patients: [],
      entries: ENTRIES_OF_A_PATIENT,
    });
    resources = made.resources;
  } else {
    for (const body of bundles) {
      const answer = await fetch(`${on.http}/fhir/R4`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/fhir+json' },
      });
      if (!answer.ok)
        throw new Error(`a Bundle of the folder was answered with ${answer.status}: ${await answer.text()}`);
      resources += (JSON.parse(body) as { entry?: unknown[] }).entry?.length ?? 0;
    }
  }
  tell('filling the store', { resources, perSecond: Math.round(resources / ((performance.now() - started) / 1_000)) });
  const page = (await (await fetch(`${on.http}/fhir/R4/Patient?_count=500`)).json()) as {
    entry?: { resource: { id: string } }[];
  };
  return (page.entry ?? []).map(({ resource }) => resource.id);
}

function bundlesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

type Part = Pick<LoadRequest, 'scenario' | 'connections' | 'patients' | 'seconds'> & { readonly entries?: number };

function send(on: ServerUnderTest, part: Part): Promise<LoadResult> {
  seed += 1;
  const rate = Number(values.rate);
  const request: LoadRequest = { base: `${on.http}/fhir/R4`, rate, seed, entries: ENTRIES, ...part };
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [new URL('./fhir/load.ts', import.meta.url).pathname, JSON.stringify(request)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(out) as LoadResult) : reject(new Error(`the caller ended with ${code}`)),
    );
  });
}
