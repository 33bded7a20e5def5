// A whole server in this process, on a database of its own and free ports: what the stories talk to, through its public edges.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { settableClock } from '../src/base/clock.ts';
import type { Events } from '../src/base/events.ts';
import type { SourceKey } from '../src/base/ids.ts';
import { seededSalts } from '../src/ledger/index.ts';
import { type Running, startServer } from '../src/main.ts';
import type { Source } from '../src/mapping/types.ts';
import type { Config } from '../src/operate/config.ts';
import type { Books, CasePage, CaseSummary, ReceiptJourney } from '../src/operate/types.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { type Line, openLine } from './harness-line.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed when it is JSON. */
  readonly json: unknown;
};
/** What stands at a path of an answer, such as `entry.0.resource.id`; undefined where the path leads nowhere. */
export function at(json: unknown, where: string): unknown {
  return where
    .split('.')
    .reduce<unknown>(
      (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
      json,
    );
}

/** The list at a path; empty where there is none. */
export function listAt(json: unknown, where: string): readonly unknown[] {
  const found = at(json, where);
  return Array.isArray(found) ? found : [];
}

export type House = {
  readonly running: Running;
  readonly clock: ReturnType<typeof settableClock>;
  readonly incidents: readonly string[];
  /** Of its database, as the owner. */
  readonly url: string;
  /** Any request; `body` as it is, or as JSON. */
  http(method: string, path: string, options?: HttpOptions): Promise<Answer>;
  /** One HL7 v2 message on the connection of its source; the answer as text. */
  hl7(source: string, message: string | Uint8Array): Promise<string>;
  /** FHIR: method, path below `/fhir/R4`, and who speaks. */
  fhir(method: string, path: string, options?: HttpOptions): Promise<Answer>;
  rule(ruling: object): Promise<Answer>;
  books(): Promise<Books>;
  cases(state?: 'open' | 'closed'): Promise<readonly CaseSummary[]>;
  receipt(id: number): Promise<ReceiptJourney>;
  /** The newest receipt's number. */
  newest(): Promise<number>;
  idle(): Promise<void>;
};
export type HttpOptions = {
  readonly source?: string;
  readonly body?: string | Uint8Array | object;
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string };
};

export const MRN = 'https://fhir.rxx.example/Id/mrn';
export const NHS = 'https://fhir.nhs.uk/Id/nhs-number';

const plain = {
  authorities: {},
  owns: [],
  timeZone: 'Europe/London',
  csvMap: undefined,
  updatePolicy: { '*': 'snapshot' },
} as const;
const AUTHORITIES = { RXX: MRN, NHS, VISIT: 'https://fhir.rxx.example/Id/visit' };

/** Two hospital systems that speak HL7 v2, a practice and an app that speak FHIR, a clinic that sends files. */
export const SOURCES: readonly Source[] = [
  {
    ...plain,
    key: 'pas' as SourceKey,
    name: 'Patient administration',
    kind: 'pas',
    trust: 80,
    authorities: AUTHORITIES,
  },
  {
    ...plain,
    key: 'lab' as SourceKey,
    name: 'Laboratory',
    kind: 'lab',
    trust: 60,
    authorities: { ...AUTHORITIES, ORD: 'https://fhir.rxx.example/Id/order', LAB: 'https://lab.rxx.example/Id/report' },
  },
  { ...plain, key: 'gp' as SourceKey, name: 'Practice', kind: 'gp', trust: 75 },
  { ...plain, key: 'app' as SourceKey, name: 'Patient app', kind: 'app', trust: 30 },
  {
    ...plain,
    key: 'clinic' as SourceKey,
    name: 'Clinic',
    kind: 'legacy',
    trust: 20,
    csvMap: {
      name: 'clinic',
      delimiter: ',',
      columns: {
        no: { to: 'Patient.identifier', system: 'https://clinic.example/Id/number' },
        mrn: { to: 'Patient.identifier', system: MRN },
        surname: { to: 'Patient.name.family' },
        forename: { to: 'Patient.name.given' },
        dob: { to: 'Patient.birthDate', format: 'DD/MM/YYYY' },
      },
    },
  },
];

/** Every source that speaks HL7 v2 has a listener of its own. */
export function configOf(sources: readonly Source[] = SOURCES, spoken: readonly string[] = ['pas', 'lab']): Config {
  return {
    sources,
    mllp: spoken.map((source) => ({ host: '127.0.0.1', port: 0, source, ack: {} })),
    folders: [],
  };
}

export type HouseOptions = {
  readonly config?: Config | ((data: string) => Config);
  readonly seed?: string;
  /** An incident that the story itself brings about. */
  readonly brings?: RegExp;
  /** The clock's start; it stands unless the test moves it. */
  readonly at?: string;
};

/** Until what is judged behind the commits has looked at all of it: it may open and close cases by receipts of its own. */
export async function followed(house: House): Promise<void> {
  const { db } = house.running;
  for (let tries = 0; ; tries += 1) {
    const { rows } = await db.query<{ isBehind: boolean }>(
      'select watch_head.index < ledger_head.size as "isBehind" from watch_head, ledger_head',
    );
    if (rows[0]?.isBehind === false) return;
    assert.ok(tries < 600, 'what is judged behind the commits follows within a minute');
    await sleep(100);
  }
}

/** Runs `work` against a fresh server and stops it afterwards. Anything that the server calls an incident fails the test. */
export async function withHouse<T>(work: (house: House) => Promise<T>, options: HouseOptions = {}): Promise<T> {
  return withDatabase(
    async ({ url }) => {
      const data = mkdtempSync(path.join(tmpdir(), 'vouch-house-'));
      const incidents: string[] = [];
      const clock = settableClock(options.at ?? '2026-03-02T08:00:00Z');
      const { config = configOf(), seed = 'house' } = options;
      const running = await startServer({
        data,
        databaseUrl: url,
        http: { host: '127.0.0.1', port: 0 },
        config: typeof config === 'function' ? config(data) : config,
        clock,
        salts: seededSalts(seed),
        secret: createHash('sha256').update(seed).digest(),
        console: undefined,
        events: eventsInto(incidents),
      });
      const lines = new Map<string, Line>();
      try {
        const result = await work(houseOf({ running, clock, incidents, url, lines }));
        const unforeseen = incidents.filter((incident) => options.brings?.test(incident) !== true);
        assert.deepEqual(unforeseen, [], 'the server met no incident');
        return result;
      } finally {
        for (const line of lines.values()) line.close();
        await running.stop();
        rmSync(data, { recursive: true, force: true });
      }
    },
    { migrated: false },
  );
}

function eventsInto(incidents: string[]): Events {
  return {
    ready: () => undefined,
    stopping: () => undefined,
    stopped: () => undefined,
    incident: (what, error) => {
      incidents.push(`${what} ${error instanceof Error ? (error.stack ?? error.message) : ''}`);
    },
    wire: () => undefined,
  };
}

type Parts = Pick<House, 'running' | 'clock' | 'incidents' | 'url'> & { readonly lines: Map<string, Line> };

function houseOf(parts: Parts): House {
  const { running } = parts;
  const http: House['http'] = (method, where, options = {}) =>
    request(new URL(where, running.addresses.http).href, method, options);
  const get = async <T>(where: string) => {
    const answer = await http('GET', where);
    assert.equal(answer.status, 200, `GET ${where}: ${answer.text.slice(0, 300)}`);
    return answer.json as T;
  };
  return {
    ...parts,
    http,
    hl7: (source, message) =>
      lineOf(parts, source).exchange(typeof message === 'string' ? Buffer.from(message) : message),
    fhir: (method, where, options) => http(method, `/fhir/R4${where}`, { type: 'application/fhir+json', ...options }),
    rule: (ruling) => ruledByTwo(http, ruling),
    books: () => get<Books>('/api/v1/books'),
    cases: async (state = 'open') => {
      const found: CaseSummary[] = [];
      for (let next: string | undefined = `/api/v1/cases?state=${state}`; next !== undefined; ) {
        const page: CasePage = await get<CasePage>(next);
        found.push(...page.cases);
        next = page.next;
      }
      return found;
    },
    receipt: (id) => get<ReceiptJourney>(`/api/v1/receipts/${id}`),
    newest: async () =>
      (await get<{ receipts: readonly { id: number }[] }>('/api/v1/receipts?_count=1')).receipts[0]?.id ?? -1,
    idle: () => running.pipeline.idle(),
  };
}

/** Where the policy asks for a second person, a colleague agrees. */
async function ruledByTwo(http: House['http'], ruling: object): Promise<Answer> {
  const answer = await http('POST', '/api/v1/rulings', { body: ruling, type: 'application/json' });
  const { receipt, waitsForSecond } = answer.json as { receipt?: number; waitsForSecond?: boolean };
  if (waitsForSecond !== true) return answer;
  const open = (await http('GET', '/api/v1/cases?limit=500')).json as CasePage;
  const found =
    open.cases.find((one) => one.proposal?.receipt === receipt) ?? assert.fail('the proposal waits in a case');
  const body = { proposal: receipt, reason: 'Looked at the same.', by: 'colleague' };
  return http('POST', `/api/v1/cases/${found.id}/approve`, { body, type: 'application/json' });
}

async function request(url: string, method: string, { source, body, type, headers }: HttpOptions): Promise<Answer> {
  const raw =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: {
      ...(source === undefined ? {} : { 'vouch-source': source }),
      ...(type === undefined || body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(raw === undefined ? {} : { body: typeof raw === 'string' ? raw : Buffer.from(raw) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: a test that reads members of it fails on the empty object, with the text beside it.
    return {};
  }
}

function lineOf({ running, lines }: Parts, source: string): Line {
  const known = lines.get(source);
  if (known !== undefined) return known;
  const address =
    running.addresses.mllp.find((one) => one.endsWith(`=${source}`)) ??
    running.addresses.mllp.find((one) => !one.includes('='));
  assert.ok(address !== undefined, `no listener for ${source}`);
  const [host = '', port = ''] = (address.split('=')[0] ?? '').split(':');
  const made = openLine(connect({ host, port: Number(port), noDelay: true }));
  lines.set(source, made);
  return made;
}
