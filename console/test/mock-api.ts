// A server that answers as Vouch would, from fixtures, and hands out the built console: for developing it and for its tests.
// By hand: node console/test/mock-api.ts [port]
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { ensureConsoleBuilt } from '../build.ts';
import type { RulingBody } from '../src/api/types.ts';
import { exploredAt, STATEMENTS } from './fixtures/explored.ts';
import { BOOKS, CASES, HEALTH } from './fixtures/operations.ts';
import { CHANGES, personAsOf } from './fixtures/past.ts';
import { explanationOf, OTHER_PERSON, PATIENTS, PERSON } from './fixtures/people.ts';
import { DIFF, POLICIES } from './fixtures/policies.ts';
import { journeyOf, PAYLOADS, RECEIPTS } from './fixtures/receipts.ts';
import { ALLERGIES, CONDITIONS, ENCOUNTERS, OBSERVATIONS } from './fixtures/record.ts';

type Answer = { readonly status: number; readonly type: string; readonly body: string | Uint8Array };
export type MockApi = {
  readonly url: string;
  /** Bodies posted to /api/v1/rulings. */
  readonly rulings: readonly RulingBody[];
  /** What was posted as a second person's answer. */
  readonly answers: readonly { readonly path: string; readonly body: unknown }[];
  /** Every path asked for, to see that nothing else was. */
  readonly asked: readonly string[];
  /** Replaces the answer to paths that start so. */
  answerWith(prefix: string, answer: { status: number; body: unknown }): void;
  answerAsEver(): void;
  close(): Promise<void>;
};

const MEDIA: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
/** The server's own rule for what the page may load and run. */
const HEADERS = {
  'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
};
const EMPTY_BUNDLE = '{"resourceType":"Bundle","type":"searchset","total":0}';

export async function startMockApi(dist: string, port = 0): Promise<MockApi> {
  const rulings: RulingBody[] = [];
  const answers: { path: string; body: unknown }[] = [];
  const asked: string[] = [];
  const instead = new Map<string, { status: number; body: unknown }>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    asked.push(url.pathname);
    const replaced = [...instead].find(([prefix]) => url.pathname.startsWith(prefix))?.[1];
    if (replaced !== undefined) return send(response, problemOr(replaced.status, replaced.body));
    if (request.method === 'POST' && /^\/api\/v1\/cases\/[^/]+\/(approve|decline)$/.test(url.pathname)) {
      answers.push({ path: url.pathname, body: JSON.parse(await bodyOf(request)) });
      return send(response, json({ receipt: 4202, state: 'applied' }, 201));
    }
    if (request.method === 'POST' && url.pathname === '/api/v1/rulings') {
      rulings.push(JSON.parse(await bodyOf(request)) as RulingBody);
      return send(response, json({ receipt: 4201 }, 201));
    }
    if (url.pathname.endsWith('/_search')) {
      url.search = await bodyOf(request);
      url.pathname = url.pathname.slice(0, -'/_search'.length);
    }
    send(response, api(url) ?? file(dist, url.pathname));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rulings,
    answers,
    asked,
    answerWith: (prefix, answer) => {
      instead.set(prefix, answer);
    },
    answerAsEver: () => instead.clear(),
    close: () => closeServer(server),
  };
}

function api(url: URL): Answer | undefined {
  const path = decodeURIComponent(url.pathname);
  if (path.startsWith('/api/v1/')) return operations(path.slice('/api/v1/'.length), url.searchParams);
  return path.startsWith('/fhir/R4/') ? fhir(path.slice('/fhir/R4/'.length), url.searchParams) : undefined;
}

function operations(path: string, query: URLSearchParams): Answer {
  const [noun, id = '', part] = path.split('/');
  if (noun === 'books') return json(BOOKS);
  if (noun === 'health') return json(HEALTH);
  if (noun === 'sources') return json({ sources: BOOKS.sources.map(({ source, name }) => ({ key: source, name })) });
  if (noun === 'cases') return id === '' ? cases(query) : caseOf(id);
  if (noun === 'persons' && id === PERSON.id) return personAt(query);
  if (noun === 'policies') return id === '' ? json(POLICIES) : id === DIFF.to ? json(DIFF) : notFound(path);
  if (noun === 'persons' && id === 'gp-77') return json({ ...PERSON, redirectedFrom: 'gp-77' });
  if (noun === 'persons' && id === OTHER_PERSON.id) return json(OTHER_PERSON);
  if (noun === 'receipts' && id === '') return receipts(query);
  if (noun === 'receipts' && part === 'payload') {
    return { status: 200, type: 'application/octet-stream', body: PAYLOADS.get(Number(id)) ?? Buffer.from('{}') };
  }
  const journey = noun === 'receipts' ? journeyOf(Number(id)) : undefined;
  return journey === undefined ? notFound(path) : json(journey);
}

function cases(query: URLSearchParams): Answer {
  const all = CASES.filter(({ state }) => state === (query.get('state') ?? 'open'));
  const kinds = Object.fromEntries(all.map(({ kind }) => [kind, all.filter((one) => one.kind === kind).length]));
  const [kind, harm, olderThan] = ['kind', 'harm', 'olderThan'].map((name) => query.get(name));
  const shown = all.filter(
    (one) =>
      (kind === null || one.kind === kind) &&
      (harm === null || one.harm === harm) &&
      (query.get('overdue') !== 'true' || one.overdue === true) &&
      (olderThan === null || (one.ageSeconds ?? 0) >= Number(olderThan)),
  );
  return json({
    cases: shown,
    total: all.length,
    kinds,
    overdue: { conflict: all.filter((one) => one.overdue).length },
  });
}

function personAt(query: URLSearchParams): Answer {
  const asOf = query.get('asOf');
  const person = asOf === null ? PERSON : personAsOf(Number(asOf));
  return person === undefined ? notFound('that size of the ledger') : json(person);
}

function caseOf(id: string): Answer {
  const found = CASES.find((one) => one.id === id);
  return found === undefined ? notFound(`cases/${id}`) : json(found);
}

function receipts(query: URLSearchParams): Answer {
  const [source, state, before] = ['source', 'state', 'before'].map((name) => query.get(name) ?? '');
  const count = Number(query.get('_count') ?? '50');
  const all = RECEIPTS.filter(
    (receipt) =>
      (source === '' || receipt.source === source) &&
      (state === '' || receipt.state === state) &&
      (before === '' || receipt.id < Number(before)),
  );
  return json({ receipts: all.slice(0, count), next: all.length > count ? all[count - 1]?.id : undefined });
}

function fhir(path: string, query: URLSearchParams): Answer {
  if (path === 'Patient') return patients(query);
  if (path.endsWith('/$explain')) {
    const explanation = explanationOf(query.get('path') ?? '');
    return explanation === undefined ? outcome(404, `No policy covers ${query.get('path')}.`) : json(explanation);
  }
  if (path.endsWith('/$changes')) return json({ changes: CHANGES });
  if (path.endsWith('/$statements')) return json({ statements: STATEMENTS });
  const explored = exploredAt(path);
  if (explored !== undefined) return { status: 200, type: 'application/fhir+json', body: explored };
  const bundles: { readonly [type: string]: string } = {
    AllergyIntolerance: ALLERGIES,
    Observation: OBSERVATIONS,
    Encounter: ENCOUNTERS,
    Condition: CONDITIONS,
  };
  const body = query.get('patient') === PERSON.id ? bundles[path] : path in bundles ? EMPTY_BUNDLE : undefined;
  return body === undefined
    ? outcome(404, `Nothing is held at ${path}.`)
    : { status: 200, type: 'application/fhir+json', body };
}

function patients(query: URLSearchParams): Answer {
  const wanted = [query.get('name'), query.get('identifier')?.split('|').at(-1), query.get('birthdate')]
    .filter((text) => text !== null && text !== undefined)
    .map((text) => text.toLowerCase());
  const found = PATIENTS.filter((patient) =>
    wanted.every((text) => JSON.stringify(patient).toLowerCase().includes(text)),
  );
  const entry = found.map((resource) => ({ resource }));
  return json({ resourceType: 'Bundle', type: 'searchset', total: found.length, entry });
}

function file(dist: string, path: string): Answer {
  const name = join(dist, normalize(path === '/' ? '/index.html' : path));
  if (!name.startsWith(dist) || !existsSync(name)) return notFound(path);
  return { status: 200, type: MEDIA[extname(name)] ?? 'application/octet-stream', body: readFileSync(name) };
}

function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}
function problemOr(status: number, body: unknown): Answer {
  return { ...json(body, status), type: status < 400 ? 'application/json' : 'application/problem+json' };
}
function notFound(path: string): Answer {
  return problemOr(404, { title: 'Not found', status: 404, detail: `There is nothing at ${path}.` });
}
function outcome(status: number, diagnostics: string): Answer {
  const issue = [{ severity: 'error', code: 'not-found', diagnostics }];
  return { ...json({ resourceType: 'OperationOutcome', issue }, status), type: 'application/fhir+json' };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...HEADERS, 'content-type': answer.type }).end(answer.body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

if (process.argv[1] === import.meta.filename) {
  const mock = await startMockApi(await ensureConsoleBuilt(), Number(process.argv[2] ?? '8123'));
  process.stdout.write(`The console over invented data: ${mock.url}\n`);
}
