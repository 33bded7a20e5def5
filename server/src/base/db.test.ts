// The pool: what the world does to a connection is told as such, and is over with that connection.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { withDatabase } from '../testkit/database.ts';
import { instantOf } from './db.ts';
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

test('rows are shown one by one; what the one who sees them throws, and what the database says, reaches the asker', async () => {
  await withDatabase(async ({ db }) => {
    const seen: number[] = [];
    const see = ({ n }: { readonly n: number }) => {
      if (n === 4) throw new Error('enough');
      seen.push(n);
    };
    const count = 'select n from generate_series(1, $1::int) n';
    await db.each(count, [3], see);
    assert.deepEqual(seen, [1, 2, 3]);
    await assert.rejects(db.each(count, [1_000], see), /enough/);
    await assert.rejects(db.each('select 1 / (3 - n) as n from generate_series(1, $1::int) n', [5], see), {
      code: '22012',
    });
    assert.deepEqual(seen, [1, 2, 3, 1, 2, 3, 0, 1]);
    assert.equal((await db.query('select 1')).rowCount, 1);
  });
});

test('a time of the database is the instant with milliseconds, with and without fractions and beyond what is usual', () => {
  for (const [written, instant] of [
    ['2026-11-23 09:00:00+00', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23 09:00:00.5+00', '2026-11-23T09:00:00.500Z'],
    ['2026-11-23 09:00:00.04+00', '2026-11-23T09:00:00.040Z'],
    ['2026-11-23 09:00:00.123456+00', '2026-11-23T09:00:00.123Z'],
  ] as const)
    assert.equal(instantOf(written), instant);
});

test('every instant comes back from the way in which the database writes it', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59.999Z'),
        noInvalidDate: true,
      }),
      (date) => {
        const instant = date.toISOString();
        const written = instant
          .replace('T', ' ')
          .replace('Z', '+00')
          .replace(/\.?0{1,3}\+/, '+');
        assert.equal(instantOf(written), instant);
      },
    ),
  );
});
