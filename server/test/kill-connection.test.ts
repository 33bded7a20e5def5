// The connection to the database dies while a commit is under way: the server cannot know how it ended, and must do nothing twice.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/base/clock.ts';
import type { Db } from '../src/base/db.ts';
import { randomSalts } from '../src/ledger/index.ts';
import { startServer } from '../src/main.ts';
import { EMPTY_CONFIG } from '../src/operate/config.ts';
import { withDatabase } from '../src/testkit/database.ts';

const SOCKET = '.s.PGSQL.5432';
const COUNT = 5;
const SLOW_SECONDS = 1;
const WAIT_MS_MAX = 60_000;

type Cut = {
  readonly http: string;
  readonly owner: Db;
  readonly incidents: readonly string[];
  /** Cuts every connection between server and database; new ones can be made. */
  readonly cut: () => void;
  readonly idle: () => Promise<void>;
};

/** Runs `work` on a server whose connections to the database can be cut. */
async function withCut(t: TestContext, work: (cut: Cut) => Promise<void>): Promise<void> {
  await withDatabase(
    async ({ url, owner }) => {
      const between = await startBetween(t, new URL(url).searchParams.get('host') ?? '');
      const incidents: string[] = [];
      const running = await startServer({
        data: temporary(t),
        databaseUrl: url.replace(/host=[^&]*/, `host=${encodeURIComponent(between.directory)}`),
        http: { host: '127.0.0.1', port: 0 },
        config: EMPTY_CONFIG,
        clock: systemClock,
        salts: randomSalts(),
        console: undefined,
        events: {
          ready: () => undefined,
          stopping: () => undefined,
          stopped: () => undefined,
          incident: (what) => incidents.push(what),
          wire: () => undefined,
        },
      });
      const { http } = running.addresses;
      try {
        await work({ http, owner, incidents, cut: between.cut, idle: running.pipeline.idle });
      } finally {
        await running.stop();
      }
    },
    { migrated: false },
  );
}

test('a commit of the pipeline whose answer never came is found done, and no receipt is applied twice or blamed', (t) =>
  withCut(t, async ({ http, owner, incidents, cut, idle }) => {
    await slowCommits(owner, 'statement');
    const receipts = await Promise.all(Array.from({ length: COUNT }, (_, n) => post(http, n)));
    await untilCommitting(owner);
    cut();
    await untilSettled(owner);
    // What had been taken up again meanwhile has been dealt with, too.
    await idle();
    const states = await owner.query('select state, count(*)::int from receipt_state group by state');
    assert.deepEqual(states.rows, [{ state: 'applied', count: COUNT }]);
    const statements = await owner.query(
      'select receipt, count(*)::int from statement group by receipt order by receipt',
    );
    assert.deepEqual(
      statements.rows,
      receipts.toSorted((a, b) => a - b).map((receipt) => ({ receipt, count: 1 })),
    );
    assert.deepEqual(
      incidents.filter((what) => /quarantined|Another Vouch/.test(what)),
      [],
    );
  }));

test('a receipt whose answer never came is planned all the same, and nobody has to send it again or start anything', (t) =>
  withCut(t, async ({ http, owner, cut }) => {
    await slowCommits(owner, 'receipt');
    const first = send(http, 1, { family: 'Reed' });
    await untilCommitting(owner);
    cut();
    assert.equal((await first).status, 503);
    await untilStored(owner);
    await untilSettled(owner);
    const states = await owner.query('select state from receipt_state');
    assert.deepEqual(states.rows, [{ state: 'applied' }]);
  }));

test('what follows such a receipt is planned after it', (t) =>
  withCut(t, async ({ http, owner, cut, incidents }) => {
    await slowCommits(owner, 'receipt');
    const first = send(http, 1, { family: 'Early' });
    await untilCommitting(owner);
    cut();
    assert.equal((await first).status, 503);
    // Sent at once: the commit of the first is still under way, and this one waits for it.
    assert.equal((await send(http, 1, { family: 'Late', key: 'later' })).status, 202);
    await untilSettled(owner);
    const said = await owner.query("select text::json->'name'->0->>'family' as family from statement order by index");
    assert.deepEqual(said.rows, [{ family: 'Early' }, { family: 'Late' }]);
    assert.deepEqual(
      incidents.filter((what) => /broke/.test(what)),
      [],
    );
  }));

function temporary(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-cut-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Stands between server and database, and cuts every connection when told: the database goes on with what it was asked. */
async function startBetween(t: TestContext, host: string): Promise<{ directory: string; cut: () => void }> {
  const directory = temporary(t);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(path.join(host, SOCKET));
    open.add(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => {
      open.delete(near);
      // The database is told that nobody is there any more, as by a system whose process was killed; it goes on with a commit under way.
      far.destroy();
    });
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(path.join(directory, SOCKET), resolve));
  t.after(() => server.close());
  return {
    directory,
    cut: () => {
      for (const near of open) near.destroy();
    },
  };
}

/** Every commit that wrote to the table takes its time, as on a busy disk or with a standby that has to answer first. */
async function slowCommits(owner: Db, table: 'statement' | 'receipt'): Promise<void> {
  await owner.query(
    `create function vouch.slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(${SLOW_SECONDS}); return null; end $$`,
  );
  await owner.query(
    `create constraint trigger slow after insert on ${table} deferrable initially deferred for each row execute function vouch.slowly()`,
  );
}

async function post(http: string, n: number): Promise<number> {
  const answer = await send(http, n, { family: `Reed${n}` });
  assert.equal(answer.status, 202);
  return ((await answer.json()) as { receipt: number }).receipt;
}

type Sent = { readonly family: string; readonly key?: string };

function send(http: string, n: number, { family, key = `cut-${n}` }: Sent): Promise<Response> {
  return fetch(`${http}/api/v1/receipts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ resourceType: 'Patient', id: `cut-${n}`, name: [{ family }] }),
  });
}

async function untilCommitting(owner: Db): Promise<void> {
  const committing = "select 1 from pg_stat_activity where state = 'active' and wait_event = 'PgSleep'";
  await until('a commit is under way', async () => (await owner.query(committing)).rowCount > 0);
}

async function untilStored(owner: Db): Promise<void> {
  await until('it is stored', async () => (await owner.query('select 1 from receipt')).rowCount > 0);
}

async function untilSettled(owner: Db): Promise<void> {
  const open = "select 1 from receipt_state where state = 'received'";
  await until('every receipt is settled', async () => (await owner.query(open)).rowCount === 0);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const latest = performance.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    assert.ok(performance.now() < latest, `in time, ${what}`);
    await sleep(20);
  }
}
