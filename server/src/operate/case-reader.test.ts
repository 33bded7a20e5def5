// What stood open then is told only when nothing from before is still being worked on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant } from '../base/ids.ts';
import { withDatabase } from '../testkit/database.ts';
import { isUnsettled, readCases } from './case-reader.ts';

test('a size is unsettled while receipts from before it are received and the ledger has not gone on', async () => {
  await withDatabase(async ({ db }) => {
    await db.query('update ledger_head set size = 3');
    await db.query(
      "insert into receipt_state (receipt, source, state, since) values (1, 'gp', 'applied', now()), (2, 'gp', 'received', now())",
    );
    assert.deepEqual([await isUnsettled(db, 3), await isUnsettled(db, 2)], [true, false]);
    await db.query('update ledger_head set size = 4');
    assert.equal(await isUnsettled(db, 3), false, 'what comes now has a later size');
  });
});

test('the history of a case is written at the end of the commit, with the size the ledger then has', async () => {
  await withDatabase(async ({ db }) => {
    await db.query("insert into installation (secret, created_at) values ('', now())");
    const now = new Date().toISOString() as Instant;
    const open = { state: 'open', kind: undefined, after: undefined, limit: 9, now } as const;
    await db.transaction(async (tx) => {
      await tx.query(
        "insert into case_file (id, home, kind, state, opened_at, opened_by, persons, detail) values ('c', 1, 'conflict', 'open', now(), 0, '{}', '{}')",
      );
      await tx.query('update ledger_head set size = 5');
    });
    await db.query("update case_file set state = 'closed', closed_by = 6, closed_at = now()");
    const found = [];
    for (const asOf of [4, 5, undefined]) found.push((await readCases(db, { ...open, asOf })).length);
    assert.deepEqual(found, [0, 0, 0], 'opened and closed at the same size is closed as of it');
    await db.query('update ledger_head set size = 7');
    await db.query("update case_file set state = 'open', opened_by = 6");
    assert.equal((await readCases(db, { ...open, asOf: 7 })).length, 1);
    assert.equal((await readCases(db, { ...open, asOf: 6 })).length, 0);
    await assert.rejects(db.query('delete from case_history'), /append-only|permission/);
  });
});
