// A PostgreSQL of your own: --database-url.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureConsoleBuilt } from '../../console/build.ts';
import type { Db } from '../src/base/db.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { familyAt, folder, launch, runToEnd, writePatient } from './start-process.ts';

const ANY_PORT = ['--http', '127.0.0.1:0'];

before(() => ensureConsoleBuilt());

test('with --database-url it uses that database, starts no PostgreSQL of its own, and keeps a second server out', async (t) => {
  const home = folder(t);
  await withDatabase(
    async ({ url, owner }) => {
      const args = (name: string) => ['--data', path.join(home, name), '--database-url', url, ...ANY_PORT];
      const first = launch(t, args('first'));
      const ready = await first.ready();
      const location = await writePatient(ready, 'Elsewhere');
      assert.equal(existsSync(path.join(home, 'first', 'postgres')), false);

      const second = await runToEnd(t, args('second'));
      assert.equal(second.code, 1);
      assert.match(second.err, /Another Vouch is running on this database/);

      // The database drops every connection, as when it restarts: the first server goes on, and still keeps others out.
      await owner.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'vouch' and pid <> pg_backend_pid()",
      );
      await untilLocked(owner);
      assert.equal(await familyAt(ready, location), 'Elsewhere');
      const third = await runToEnd(t, args('third'));
      assert.equal(third.code, 1);
      assert.match(third.err, /Another Vouch is running on this database/);

      assert.equal((await first.interrupt()).code, 0);
      const again = launch(t, args('first'));
      assert.equal(await familyAt(await again.ready(), location), 'Elsewhere');
      await again.interrupt();
    },
    { migrated: false },
  );
});

/** Waits until someone holds this database's one advisory lock: that of the pipeline. */
async function untilLocked(owner: Db): Promise<void> {
  const held =
    "select 1 from pg_locks join pg_database on pg_database.oid = database where locktype = 'advisory' and granted and objsubid = 1 and datname = current_database() and classid <> 0";
  while ((await owner.query(held)).rowCount === 0) await sleep(50);
}

test('a database that cannot be reached is said, with how to mend it', async (t) => {
  const home = folder(t);
  const url = 'postgresql://nobody@127.0.0.1:1/absent';
  const refused = await runToEnd(t, ['--data', path.join(home, 'data'), '--database-url', url, ...ANY_PORT]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /The database cannot be reached \(ECONNREFUSED\)/);
});
