// The pool: what the world does to a connection is told as such, and is over with that connection.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDatabase } from '../testkit/database.ts';
import { Failed } from './errors.ts';

test('a process that stood still in a transaction finds the database unavailable, and the next transaction is well', async () => {
  await withDatabase(async ({ db }) => {
    const standingStill = db.transaction(async (tx) => {
      await tx.query('set local idle_in_transaction_session_timeout = 20');
      await sleep(200);
      await tx.query('select 1');
    });
    await assert.rejects(
      standingStill,
      (error) => error instanceof Failed && error.code === 'database-unavailable' && !/SELECT/i.test(error.message),
    );
    const { rowCount } = await db.transaction((tx) => tx.query('select 1'));
    assert.equal(rowCount, 1);
  });
});
