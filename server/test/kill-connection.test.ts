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

test('a commit of the pipeline whose answer never came is found done, and no receipt is applied twice or blamed', async (t) => {
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
      try {
        await slowCommits(owner);
        const { http } = running.addresses;
        const receipts = await Promise.all(Array.from({ length: COUNT }, (_, n) => post(http, n)));
        await untilCommitting(owner);
        between.cut();
        await untilSettled(owner);
        // What had been taken up again meanwhile has been dealt with, too.
        await running.pipeline.idle();
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
      } finally {
        await running.stop();
      }
    },
    { migrated: false },
  );
});

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
    near.on('close', () => open.delete(near));
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

/** Every commit that wrote a statement takes its time, as on a busy disk or with a standby that has to answer first. */
async function slowCommits(owner: Db): Promise<void> {
  await owner.query(
    `create function vouch.slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(${SLOW_SECONDS}); return null; end $$`,
  );
  await owner.query(
    `create constraint trigger slow after insert on statement deferrable initially deferred for each row execute function vouch.slowly()`,
  );
}

async function post(http: string, n: number): Promise<number> {
  const answer = await fetch(`${http}/api/v1/receipts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `cut-${n}` },
    body: JSON.stringify({ resourceType: 'Patient', id: `cut-${n}`, name: [{ family: `Reed${n}` }] }),
  });
  assert.equal(answer.status, 202);
  return ((await answer.json()) as { receipt: number }).receipt;
}

async function untilCommitting(owner: Db): Promise<void> {
  const committing =
    "select 1 from pg_stat_activity where state = 'active' and query = 'commit' and wait_event = 'PgSleep'";
  while ((await owner.query(committing)).rowCount === 0) await sleep(20);
}

async function untilSettled(owner: Db): Promise<void> {
  const open = "select 1 from receipt_state where state = 'received'";
  const until = performance.now() + 60_000;
  while ((await owner.query(open)).rowCount > 0) {
    assert.ok(performance.now() < until, 'every receipt is settled in time');
    await sleep(50);
  }
}
