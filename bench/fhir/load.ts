// The caller: connections that each ask, wait for the answer and ask again; or, at a rate, ask when it is time. A process of its own.
// Started by bench/fhir.ts with one JSON argument; prints one JSON line when done.
import http from 'node:http';
import { bundle, type Draw, drawFrom, MIXED, observation, patient, type Resource } from './data.ts';

export type LoadRequest = {
  readonly base: string;
  readonly scenario: Scenario;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; 0: as fast as they are answered. */
  readonly rate: number;
  readonly seed: number;
  /** Ids of patients that are there. */
  readonly patients: readonly string[];
  /** Entries of a transaction. */
  readonly entries: number;
};
export type LoadResult = {
  readonly answered: number;
  readonly failed: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  readonly resources: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Patients that were made. */
  readonly made: readonly string[];
};
export type Scenario =
  | 'create-patient'
  | 'create-observation'
  | 'read'
  | 'mixed'
  | 'transaction'
  | keyof typeof SEARCHES;

type Ask = { readonly method: string; readonly path: string; readonly body?: Resource; readonly expect: number };
type Answer = { readonly status: number; readonly text: string; readonly location: string | undefined };
type Run = {
  readonly request: LoadRequest;
  readonly draw: Draw;
  readonly agent: http.Agent;
  readonly latencies: number[];
  readonly made: string[];
  failed: number;
  resources: number;
  firstFailure: string | undefined;
  readonly until: number;
};

/** What is searched for; `%s` is a patient that is there. */
export const SEARCHES = {
  'search-subject-code': 'Observation?subject=Patient/%s&code=http://loinc.org|2951-2',
  'search-name': 'Patient?name=Lark7',
  'search-identifier': 'Patient?identifier=https://hospital.example.org/id/mrn|M77',
  'search-date': 'Observation?subject=Patient/%s&date=ge2025-06-01&date=lt2025-07-01',
  'search-tokens': 'Observation?subject=Patient/%s&code=2951-2,2823-3,718-7',
  'search-include': 'Observation?subject=Patient/%s&_include=Observation:subject',
  'search-chain': 'Observation?subject:Patient._id=%s&code=2951-2',
} as const;

async function load(request: LoadRequest): Promise<LoadResult> {
  const { connections, seconds, seed, scenario } = request;
  const run: Run = {
    request,
    draw: drawFrom(seed, scenario),
    agent: new http.Agent({ keepAlive: true, maxSockets: connections }),
    latencies: [],
    made: [],
    failed: 0,
    resources: 0,
    firstFailure: undefined,
    until: performance.now() + seconds * 1_000,
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, (_, lane) => worker(run, lane)));
  run.agent.destroy();
  const sorted = run.latencies.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  const { failed, firstFailure, resources, made } = run;
  return {
    answered: sorted.length,
    failed,
    firstFailure,
    seconds: (performance.now() - began) / 1_000,
    resources,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    made,
  };
}

async function worker(run: Run, lane: number): Promise<void> {
  const { rate, connections } = run.request;
  // Open loop: a request is due at its time whether or not the one before was answered, so a stall shows in what follows it.
  const everyMs = rate === 0 ? 0 : (1_000 * connections) / rate;
  let due = performance.now() + (everyMs * lane) / connections;
  while (performance.now() < run.until) {
    if (everyMs > 0) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    } else due = performance.now();
    await cycle(run, due);
    due += everyMs;
  }
}

async function cycle(run: Run, due: number): Promise<void> {
  const { scenario, entries } = run.request;
  switch (scenario) {
    case 'create-patient':
      return create(run, patient(run.draw), due);
    case 'create-observation':
      return create(run, observation(run.draw, `Patient/${somebody(run)}`), due);
    case 'read':
      await timed(run, { method: 'GET', path: `/Patient/${somebody(run)}`, expect: 200 }, due);
      return;
    case 'mixed':
      return mixed(run);
    case 'transaction':
      if (
        (await timed(run, { method: 'POST', path: '', body: bundle(run.draw, entries), expect: 200 }, due)) !==
        undefined
      )
        run.resources += entries;
      return;
    default:
      await timed(
        run,
        { method: 'GET', path: `/${SEARCHES[scenario].replace('%s', somebody(run))}`, expect: 200 },
        due,
      );
  }
}

function somebody({ request: { patients }, draw }: Run): string {
  return patients[draw(Math.max(1, patients.length))] ?? 'nobody';
}

async function create(run: Run, body: Resource, due: number): Promise<void> {
  const answer = await timed(run, { method: 'POST', path: `/${body.resourceType}`, body, expect: 201 }, due);
  const id = answer?.location?.split('/_history')[0]?.split('/').at(-1);
  if (id === undefined) return;
  run.resources += 1;
  if (body.resourceType === 'Patient') run.made.push(id);
}

/** Nine resources that point at each other: made, read, changed and taken away again. */
async function mixed(run: Run): Promise<void> {
  const made: { readonly type: string; readonly id: string; readonly body: Resource }[] = [];
  const of: { [type: string]: string } = {};
  for (const make of MIXED) {
    const body = make(run.draw, of);
    const type = body.resourceType;
    const answer = await timed(run, { method: 'POST', path: `/${type}`, body, expect: 201 });
    const id = answer?.location?.split('/_history')[0]?.split('/').at(-1);
    if (id === undefined) continue;
    of[type] = `${type}/${id}`;
    made.push({ type, id, body });
  }
  for (const { type, id } of made) await timed(run, { method: 'GET', path: `/${type}/${id}`, expect: 200 });
  for (const { type, id, body } of made) {
    const changed = { ...body, id, language: 'en' };
    await timed(run, { method: 'PUT', path: `/${type}/${id}`, body: changed, expect: 200 });
  }
  for (const { type, id } of made.reverse())
    await timed(run, { method: 'DELETE', path: `/${type}/${id}`, expect: 204 });
}

async function timed(run: Run, ask: Ask, due = performance.now()): Promise<Answer | undefined> {
  const answer = await send(run, ask);
  run.latencies.push(performance.now() - due);
  if (answer.status === ask.expect) return answer;
  run.failed += 1;
  run.firstFailure ??= `${ask.method} ${ask.path}: ${answer.status} ${answer.text.slice(0, 300)}`;
  return undefined;
}

function send({ request, agent }: Run, { method, path, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/fhir+json' };
    const sent = http.request(`${request.base}${path}`, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, location: response.headers.location }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

if (import.meta.main) {
  const result = await load(JSON.parse(process.argv[2] ?? '{}') as LoadRequest);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
