// Migrations on a real database: up, down and up again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../testkit/database.ts';
import { migrate, readMigrations } from './migrate.ts';

const SQL = new URL('../../sql/', import.meta.url);
const migrations = readMigrations(SQL);

test('the schema goes up, down and up again with data in it', async () => {
  await withDatabase(
    async ({ owner }) => {
      await migrate(owner, migrations);
      await owner.query("insert into ledger_leaf values (0, 1, '\\x00', '\\x01', '\\x02')");
      await owner.query("insert into payload values (0, '\\x4d5348')");
      assert.deepEqual(await migrate(owner, migrations, 0), { from: migrations.length, to: 0 });
      const left = await owner.query("select tablename from pg_tables where schemaname = 'vouch'");
      assert.deepEqual(left.rows, [{ tablename: 'schema_migration' }]);
      await migrate(owner, migrations);
      assert.deepEqual((await owner.query('select size from ledger_head')).rows, [{ size: 0 }]);
    },
    { migrated: false },
  );
});

test('a store written by a newer Vouch is refused with what to do', async () => {
  await withDatabase(async ({ owner }) => {
    await owner.query("insert into schema_migration (number, name, checksum) values (99, 'future', 'x')");
    await assert.rejects(migrate(owner, migrations), /Start the newer version/);
  });
});

test('an applied migration whose file changed is refused', async () => {
  await withDatabase(async ({ owner }) => {
    const changed = migrations.map((migration) => ({ ...migration, checksum: 'other' }));
    await assert.rejects(migrate(owner, changed), /other content/);
  });
});

test('two servers that start together migrate once', async () => {
  await withDatabase(
    async ({ owner }) => {
      const both = await Promise.all([migrate(owner, migrations), migrate(owner, migrations)]);
      assert.deepEqual(both.map((run) => run.from).sort(), [0, migrations.length]);
    },
    { migrated: false },
  );
});

test('the database itself refuses to change what is append-only, whoever asks', async () => {
  await withDatabase(async ({ db, owner }) => {
    for (const table of [
      'ledger_leaf',
      'checkpoint',
      'source_version',
      'policy_version',
      'receipt',
      'statement',
      'link',
      'ruling',
      'plan_record',
      'payload',
    ]) {
      await assert.rejects(db.query(`delete from ${table}`), /permission denied/, `server role deletes from ${table}`);
      await assert.rejects(owner.query(`delete from ${table}`), /append-only/, `owner deletes from ${table}`);
      await assert.rejects(owner.query(`truncate ${table} cascade`), /append-only/, `owner truncates ${table}`);
    }
    await assert.rejects(db.query("update payload set bytes = ''"), /permission denied/);
  });
});

test('erasure is the one way a payload changes, and it leaves a trace', async () => {
  await withDatabase(async ({ db, owner }) => {
    await db.query("insert into payload values (7, '\\x4d5348')");
    await assert.rejects(db.query("select erase_receipt(7, 'request', 'dpo')"), /permission denied/);
    await owner.query("select erase_receipt(7, 'request of the person', 'data protection officer')");
    const [row] = (await owner.query<{ bytes: Buffer | null }>('select bytes from payload where receipt = 7')).rows;
    assert.equal(row?.bytes, null);
    assert.equal((await owner.query('select 1 from erasure where receipt = 7')).rowCount, 1);
  });
});
