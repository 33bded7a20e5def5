// What shares a commit of intake.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Db } from '../base/db.ts';
import { createIntake } from './intake.ts';
import type { Delivery } from './types.ts';

const DELIVERY: Delivery = {
  source: 'ward' as Delivery['source'],
  door: 'fhir',
  format: 'fhir-json',
  receivedAt: '2026-11-23T09:00:00.000Z',
  bytes: Buffer.from('{}'),
  deliveryKey: undefined,
  orderingKeys: [],
} as unknown as Delivery;

test('deliveries of connections that are read one after the other in one turn of the loop share a commit', async () => {
  const sizes: number[] = [];
  const intake = createIntake({
    db: storeNoting(sizes),
    salts: () => Buffer.alloc(16),
    onDurable: () => undefined,
    onUnknown: () => undefined,
    settled: () => Promise.reject(new Error('nobody waits here')),
  });
  // As with sockets, microtasks run between two callbacks of the same turn.
  const came = [1, 2, 3].map(
    () => new Promise((resolve, reject) => setImmediate(() => intake.submit(DELIVERY).then(resolve, reject))),
  );
  await Promise.all(came);
  assert.deepEqual(sizes, [3]);
});

function storeNoting(sizes: number[]): Db {
  const query = (_text: string, [given]: readonly unknown[] = []) => {
    const { length } = JSON.parse(String(given)) as unknown[];
    sizes.push(length);
    const rows = Array.from({ length }, (_, at) => ({ id: at, outcome: 'received', original: null, receivedAt: '' }));
    return Promise.resolve({ rows, rowCount: length });
  };
  return { query } as unknown as Db;
}
