// The reference: the same bytes into the same PostgreSQL by plain 100-row inserts, and nothing else.
import type { Db } from '../../server/src/base/db.ts';
import { adtStream } from '../../server/src/testkit/morning/index.ts';

const ROWS = 100;

/** Rows a second over `connections` connections, each committing 100 rows at a time with fsync on. */
export async function rawInserts(db: Db, messages: number, connections: number): Promise<number> {
  await db.query(
    'create table if not exists raw_message (id bigint generated always as identity primary key, body bytea not null)',
  );
  const stream = adtStream(8, { prefix: 'RAW' });
  const batches = Array.from({ length: Math.ceil(messages / ROWS) }, () =>
    Array.from({ length: ROWS }, () => Buffer.from(stream.next().value.text, 'latin1')),
  );
  const insert = `insert into raw_message (body) values ${Array.from({ length: ROWS }, (_, index) => `($${index + 1})`).join(',')}`;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await db.query(insert, batch);
    }),
  );
  const rate = messages / ((performance.now() - began) / 1_000);
  await db.query('drop table raw_message');
  return rate;
}
