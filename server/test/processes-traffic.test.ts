// Several processes under traffic: HL7 v2 messages, an end in order, workers that are killed, policies and search parameters of one's own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureConsoleBuilt } from '../../console/build.ts';
import type { Books, Health } from '../src/operate/types.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { bundlePolicy } from '../src/truth/index.ts';
import { at, listAt } from './harness.ts';
import { adt } from './messages.ts';
import { folder, type Launched, launch, type Ready } from './start-process.ts';

const ANY_PORT = ['--http', '127.0.0.1:0', '--mllp', '127.0.0.1:0=pas'];
const CALL_MS = 15_000;
const POLICIES = new URL('../../policies/', import.meta.url);

before(() => ensureConsoleBuilt());

type Told = { readonly status: number; readonly json: unknown };
type Asked = { readonly method?: string; readonly body?: object; readonly source?: string };

/** On a connection of its own each time, so that the processes take turns. */
function call(url: string, { method = 'GET', body, source = 'gp' }: Asked = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const headers = { 'content-type': 'application/fhir+json', 'vouch-source': source };
    const on = request(url, { method, agent, headers, signal: AbortSignal.timeout(CALL_MS) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: text === '' ? {} : JSON.parse(text) }));
    });
    on.on('error', reject);
    on.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** One message on a connection of its own; undefined when the connection broke before the answer was whole. */
function hl7({ mllp }: Ready, message: string): Promise<string | undefined> {
  const [host = '', port = ''] = (mllp[0] ?? '').split('=')[0]?.split(':') ?? [];
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) });
    const timer = setTimeout(() => reject(new Error('a message was not answered')), CALL_MS);
    let answer = '';
    const done = (told: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(told);
    };
    socket.on('data', (part: Buffer) => {
      answer += part.toString('utf8');
      if (answer.includes('\x1c\r')) done(answer);
    });
    socket.on('error', () => done(undefined));
    socket.on('close', () => done(undefined));
    socket.write(`\x0b${message}\x1c\r`);
  });
}

const admission = (n: number) =>
  adt({
    trigger: 'A01',
    id: `M${n}`,
    at: '202603020800',
    who: { mrn: `P${n % 10}`, family: `Lark${n}`, given: 'Ada', born: '19600607', sex: 'F' },
  });
const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });

async function withServer(
  t: TestContext,
  processes: number,
  work: (parts: { server: Launched; ready: Ready; again: () => Launched }) => Promise<void>,
): Promise<void> {
  const home = folder(t);
  await withDatabase(
    async ({ url }) => {
      const args = ['--data', path.join(home, 'first'), '--database-url', url, ...ANY_PORT];
      const start = () => launch(t, [...args, '--processes', String(processes)]);
      const server = start();
      await work({ server, ready: await server.ready(), again: start });
    },
    { migrated: false },
  );
}

async function booksOf({ http }: Ready): Promise<Books> {
  return (await call(`${http}/api/v1/books`)).json as Books;
}

function workersOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

test('messages are answered by every worker in the order of their patients, and SIGTERM answers what was taken', async (t) => {
  await withServer(t, 3, async ({ server, ready, again }) => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => hl7(ready, admission(n))));
    for (const answer of answers) assert.match(answer ?? '', /\rMSA\|AA\|/);
    const before = await booksOf(ready);
    assert.deepEqual([before.total.received, before.total.residual], [60, 0]);

    const messages = Array.from({ length: 40 }, async (_, n) => {
      await sleep(n * 5);
      return hl7(ready, admission(100 + n));
    });
    const writes = Array.from({ length: 40 }, async (_, n) => {
      await sleep(n * 5);
      const asked = { method: 'PUT', body: patient(`drain-${n}`) };
      return call(`${ready.http}/fhir/R4/Patient/drain-${n}`, asked).catch(() => undefined);
    });
    await sleep(60);
    process.kill(server.pid, 'SIGTERM');
    const acknowledged = (await Promise.all(messages)).filter((answer) => answer?.includes('MSA|AA|') === true).length;
    const written = (await Promise.all(writes)).flatMap((one, n) => (one?.status === 201 ? [n] : []));
    const { code, out } = await server.ended;
    assert.equal(code, 0, out);
    assert.doesNotMatch(out, /"event":"incident"/);
    assert.ok(acknowledged > 0 && written.length > 0, `${acknowledged} ${written.length}`);

    const next = again();
    const after = await next.ready();
    const { total } = await booksOf(after);
    assert.equal(total.residual, 0);
    assert.ok(total.received >= 60 + acknowledged + written.length);
    for (const n of written) assert.equal((await call(`${after.http}/fhir/R4/Patient/drain-${n}`)).status, 200);
    assert.equal((await next.interrupt()).code, 0);
  });
});

test('no caller hangs when workers are killed one after the other, and health and books are the same through each', async (t) => {
  await withServer(t, 3, async ({ server, ready }) => {
    let killing = true;
    let late = 0;
    const callers = Array.from({ length: 12 }, async (_, n) => {
      for (let turn = 0; killing; turn += 1) {
        const asked = { method: 'PUT', body: patient(`k-${n}`, { language: `en-x-${turn}` }) };
        await call(`${ready.http}/fhir/R4/Patient/k-${n}`, asked).catch(async (error: Error) => {
          if (error.name === 'TimeoutError' || error.name === 'AbortError') late += 1;
          await sleep(20);
        });
      }
    });
    const healthy = async () => (await call(`${ready.http}/api/v1/health`)).json as Health;
    const serve = async (n: number) => (await healthy()).doors.every(({ detail }) => detail.startsWith(`${n} of 3`));
    for (let round = 0; round < 3; round += 1) {
      await sleep(300);
      const [victim] = workersOf(server.pid);
      if (victim !== undefined) process.kill(victim, 'SIGKILL');
      while (!(await serve(3).catch(() => false))) await sleep(50);
    }
    // All at once: they come back where they were.
    for (const pid of workersOf(server.pid)) process.kill(pid, 'SIGKILL');
    while (!(await serve(3).catch(() => false))) await sleep(50);
    killing = false;
    await Promise.all(callers);
    assert.equal(late, 0, 'a connection was left hanging');
    const seen = await Promise.all(Array.from({ length: 9 }, healthy));
    assert.ok(
      seen.every(({ ready: is, checks }) => is && checks.every(({ ok }) => ok)),
      JSON.stringify(seen[0]),
    );
    const books = await Promise.all(Array.from({ length: 9 }, () => booksOf(ready)));
    for (const { total } of books) assert.deepEqual([total.received, total.residual], [books[0]?.total.received, 0]);
    assert.equal((await server.interrupt()).code, 0);
  });
});

test('a policy that comes into force, and a search parameter of one’s own, hold in every worker at once', async (t) => {
  await withServer(t, 3, async ({ server, ready }) => {
    const fhir = `${ready.http}/fhir/R4`;
    const api = `${ready.http}/api/v1`;
    const identifier = [{ system: 'https://example.org/registry', value: 'R-1' }];
    for (const [source, id, birthDate] of [
      ['gp', 'gp-1', '1960-06-07'],
      ['app', 'app-1', '1960-07-06'],
    ] as const)
      await call(`${fhir}/Patient/${id}`, { method: 'PUT', source, body: patient(id, { identifier, birthDate }) });
    const inEach = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 12 }, ask));
    const state = async () => at((await call(`${fhir}/Patient/gp-1/$explain?path=birthDate`)).json, 'state');
    assert.deepEqual(new Set(await inEach(state)), new Set(['assumed']));
    await activate(api);
    assert.deepEqual(new Set(await inEach(state)), new Set(['conflicting']));

    const colour = 'https://example.org/eye-colour';
    const parameter = {
      ...{ resourceType: 'SearchParameter', id: 'eyes', url: 'https://example.org/SearchParameter/eyes', name: 'Eyes' },
      ...{ status: 'active', description: 'Colour', code: 'eyes', base: ['Patient'], type: 'token' },
      expression: `Patient.extension.where(url = '${colour}').value.ofType(code)`,
    };
    const made = await call(`${fhir}/SearchParameter/eyes`, { method: 'PUT', body: parameter });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const progress = async () => at((await call(`${fhir}/SearchParameter/eyes/$status`)).json, 'parameter.0.valueCode');
    while ((await progress()) !== 'complete') await sleep(50);
    const body = patient('eyed', { extension: [{ url: colour, valueCode: 'green' }] });
    const eyed = await call(`${fhir}/Patient/eyed`, { method: 'PUT', body });
    assert.equal(eyed.status, 201, JSON.stringify(eyed.json));
    const found = async () =>
      listAt((await call(`${fhir}/Patient?eyes=green`)).json, 'entry').map((entry) => at(entry, 'resource.id'));
    for (const ids of await inEach(found)) assert.deepEqual(ids, ['eyed']);
    const listed = async () => JSON.stringify((await call(`${fhir}/metadata`)).json).includes('"eyes"');
    assert.deepEqual(new Set(await inEach(listed)), new Set([true]));
    assert.equal((await server.interrupt()).code, 0);
  });
});

/** The shipped policy, but nobody is believed about a birth date over somebody else. */
async function activate(api: string): Promise<void> {
  const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
  const strict = bundlePolicy(read('uk-default.v2.yaml'), read)
    .replace(/^version: 2$/m, 'version: 3')
    .replace(
      /^( +)birthDate:\n((?:\1 .*\n)+)/m,
      (_all, indent: string, body: string) =>
        `${indent}birthDate:\n${body.replace(/harm: H\d/, 'harm: H3').replace(/choose: .*\n/, 'choose: []\n')}`,
    );
  const author = { by: 'author', reason: 'birth dates matter' };
  const other = { by: 'second', reason: 'agreed' };
  const post = (where: string, body: object) => call(`${api}/policies${where}`, { method: 'POST', body });
  assert.equal((await post('', { body: strict, ...author })).status, 201);
  while (at((await call(`${api}/policies/uk-default%403/diff`)).json, 'done') !== true) await sleep(20);
  assert.equal((await post('/uk-default@3/approve', other)).status, 200);
  assert.equal((await post('/uk-default@3/activate', other)).status, 200);
}
