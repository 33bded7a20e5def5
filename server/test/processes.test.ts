// Several processes on one database: one ledger, one order, one answer, whichever of them is asked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureConsoleBuilt } from '../../console/build.ts';
import type { Health } from '../src/operate/types.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { books, folder, launch, processesOf, type Ready, runToEnd, untilGone } from './start-process.ts';

const ANY_PORT = ['--http', '127.0.0.1:0', '--mllp', '127.0.0.1:0=race-pas'];
const PROCESSES = 4;
const RACERS = 64;
const PAGE = 7;
/** A connection that a dying process took with it may never be answered. */
const CALL_MS = 15_000;

type Told = { readonly status: number; readonly text: string; readonly location: string | undefined };
type Bundle = {
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly resource: { readonly id: string; readonly meta: { readonly versionId: string } };
  }[];
};

before(() => ensureConsoleBuilt());

/** On a connection of its own each time, so that the processes take turns. */
function call(
  url: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: object; headers?: object } = {},
) {
  return new Promise<Told>((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    const on = request(
      url,
      {
        method,
        agent,
        signal: AbortSignal.timeout(CALL_MS),
        headers: { 'content-type': 'application/fhir+json', ...headers },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location }));
      },
    );
    on.on('error', reject);
    on.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function observation(code: string) {
  return {
    resourceType: 'Observation',
    status: 'final',
    identifier: [{ system: 'https://example.org/race', value: code }],
    code: { text: code },
  };
}

async function bundleAt(url: string): Promise<Bundle> {
  return JSON.parse((await call(url)).text) as Bundle;
}

test('four processes on one database leave one of 64 identical conditional creates, page one history, and balance the books', async (t) => {
  const home = folder(t);
  await withDatabase(
    async ({ url }) => {
      const args = ['--data', path.join(home, 'first'), '--database-url', url, ...ANY_PORT];
      const server = launch(t, [...args, '--processes', String(PROCESSES)]);
      const ready = await server.ready();
      const fhir = `${ready.http}/fhir/R4`;
      assert.equal(workersOf(server.pid).length, PROCESSES);

      const race = { method: 'POST', body: observation('only-one') };
      const headers = { 'if-none-exist': 'identifier=https://example.org/race|only-one' };
      const told = await Promise.all(
        Array.from({ length: RACERS }, () => call(`${fhir}/Observation`, { ...race, headers })),
      );
      assert.deepEqual(
        told.map(({ status }) => status).sort(),
        [...Array<number>(RACERS - 1).fill(200), 201],
        told.find(({ status }) => status > 201)?.text ?? '',
      );
      assert.equal((await bundleAt(`${fhir}/Observation?identifier=only-one&_total=accurate`)).total, 1);

      // At the same time, through whichever process takes each: every write is a version.
      const writes = Array.from({ length: 20 }, (_, n) =>
        call(`${fhir}/Observation/paged`, { method: 'PUT', body: { ...observation(`step-${n}`), id: 'paged' } }),
      );
      assert.deepEqual((await Promise.all(writes)).map(({ status }) => status).sort(), [
        ...Array<number>(19).fill(200),
        201,
      ]);
      const versions: string[] = [];
      let next: string | undefined = `${fhir}/Observation/paged/_history?_count=${PAGE}`;
      while (next !== undefined) {
        const page: Bundle = await bundleAt(next);
        versions.push(...(page.entry ?? []).map(({ resource }) => resource.meta.versionId));
        next = page.link?.find(({ relation }) => relation === 'next')?.url;
      }
      assert.deepEqual(
        versions,
        Array.from({ length: 20 }, (_, n) => String(20 - n)),
      );

      const senders = Array.from({ length: 16 }, (_, n) =>
        call(`${fhir}/Observation`, {
          method: 'POST',
          body: observation(`new-${n}`),
          headers: { 'vouch-source': 'met-by-all' },
        }),
      );
      for (const { status, text } of await Promise.all(senders)) assert.equal(status, 201, text);
      const { total } = await books(ready);
      assert.equal(total.received, RACERS + 20 + 16);
      assert.equal(total.residual, 0);
      assert.equal((await health(ready)).ready, true);
      assert.equal((await server.interrupt()).code, 0);
    },
    { migrated: false },
  );
});

test('a worker that is killed loses nothing acknowledged, and another takes its place', async (t) => {
  const home = folder(t);
  await withDatabase(
    async ({ url }) => {
      const args = ['--data', path.join(home, 'first'), '--database-url', url, ...ANY_PORT, '--processes', '2'];
      const server = launch(t, args);
      const ready = await server.ready();
      const fhir = `${ready.http}/fhir/R4`;
      const [victim = 0] = workersOf(server.pid);
      const sent = Array.from({ length: 60 }, async (_, n) => {
        await sleep(n * 5);
        if (n === 30) process.kill(victim, 'SIGKILL');
        // A broken connection is not an acknowledgement.
        return await call(`${fhir}/Observation`, { method: 'POST', body: observation(`kept-${n}`) }).catch(
          () => undefined,
        );
      });
      const acknowledged = (await Promise.all(sent)).filter((one) => one?.status === 201);
      assert.ok(acknowledged.length > 30);
      await untilGone(victim);
      while (workersOf(server.pid).length < 2 || !(await serving(ready, 2))) await sleep(50);
      for (const one of acknowledged)
        assert.equal((await call(new URL(one?.location ?? '', ready.http).href)).status, 200);
      assert.equal((await books(ready)).total.residual, 0);
      const ended = await server.interrupt();
      assert.equal(ended.code, 0);
      assert.match(ended.out, /A worker process ended \(SIGKILL\); another one takes its place/);
    },
    { migrated: false },
  );
});

test('workers end when the first process is killed', async (t) => {
  const home = folder(t);
  await withDatabase(
    async ({ url }) => {
      const args = ['--data', path.join(home, 'first'), '--database-url', url, ...ANY_PORT, '--processes', '2'];
      const server = launch(t, args);
      await server.ready();
      const workers = workersOf(server.pid);
      assert.equal(workers.length, 2);
      await server.kill();
      for (const pid of workers) await untilGone(pid);
    },
    { migrated: false },
  );
});

test('a number of processes that cannot be is refused before anything starts', async (t) => {
  const home = folder(t);
  const { code, err } = await runToEnd(t, ['--data', path.join(home, 'none'), '--processes', '0']);
  assert.equal(code, 2);
  assert.match(err, /--processes takes a number from 1 to/);
  assert.deepEqual(processesOf(home), []);
});

async function health({ http }: Ready): Promise<Health> {
  return JSON.parse((await call(`${http}/api/v1/health`)).text) as Health;
}

async function serving(ready: Ready, processes: number): Promise<boolean> {
  const { doors } = await health(ready);
  return doors.every(({ detail }) => detail === `${processes} of ${processes} processes serve it`);
}

function workersOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
