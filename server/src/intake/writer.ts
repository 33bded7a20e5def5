// Appends receipts: the first of the two writers. One transaction a batch, and nothing is said to a sender before it commits.
import type { Db, Sql } from '../base/db.ts';
import { invariant } from '../base/errors.ts';
import type { Instant, ReceiptId } from '../base/ids.ts';
import { appendLeaves, type PreparedLeaf, takeIndexes } from '../ledger/leaf.ts';
import type { Admission, Delivery } from './types.ts';

export type PreparedDelivery = {
  readonly delivery: Delivery;
  readonly contentHash: Buffer;
  readonly leaf: PreparedLeaf;
};

type Earlier = {
  readonly id: number;
  readonly source: string;
  readonly deliveryKey: string;
  readonly contentHash: string;
  readonly receivedAt: Instant;
};
type Row = { readonly admission: Admission; readonly prepared: PreparedDelivery; readonly carriesPayload: boolean };

/** Appends a batch and returns one admission for each delivery, in order. All or none is durable when this resolves. */
export async function appendReceipts(db: Db, batch: readonly PreparedDelivery[]): Promise<readonly Admission[]> {
  return db.transaction(async (tx) => {
    const base = await takeIndexes(tx, batch.length);
    // Read after the lock is held: whoever came before has committed, so two equal deliveries cannot both be first.
    const rows = admit(batch, await readEarlier(tx, batch), base);
    await insertReceipts(tx, rows);
    await insertPayloads(tx, rows);
    await appendLeaves(
      tx,
      base,
      batch.map((prepared) => prepared.leaf),
    );
    return rows.map((row) => row.admission);
  });
}

async function readEarlier(tx: Sql, batch: readonly PreparedDelivery[]): Promise<readonly Earlier[]> {
  const keyed = batch.filter((prepared) => prepared.delivery.deliveryKey !== undefined);
  if (keyed.length === 0) return [];
  const result = await tx.query<Earlier>(
    `select receipt.id, source, delivery_key as "deliveryKey", encode(content_hash, 'hex') as "contentHash", received_at as "receivedAt"
     from unnest($1::text[], $2::text[]) as asked (source, delivery_key) join receipt using (source, delivery_key)
     where original is null`,
    [keyed.map((prepared) => prepared.delivery.source), keyed.map((prepared) => prepared.delivery.deliveryKey)],
  );
  return result.rows;
}

function admit(batch: readonly PreparedDelivery[], earlier: readonly Earlier[], base: number): readonly Row[] {
  const first = new Map(earlier.map((entry) => [`${entry.source} ${entry.deliveryKey}`, entry]));
  return batch.map((prepared, position) => {
    const { source, deliveryKey, receivedAt } = prepared.delivery;
    const receipt = (base + position) as ReceiptId;
    const contentHash = prepared.contentHash.toString('hex');
    const key = `${source} ${deliveryKey}`;
    const known = deliveryKey === undefined ? undefined : first.get(key);
    if (known === undefined) {
      if (deliveryKey !== undefined) first.set(key, { id: receipt, source, deliveryKey, contentHash, receivedAt });
      return {
        prepared,
        carriesPayload: true,
        admission: { receipt, outcome: 'received', original: undefined, receivedAt },
      };
    }
    const same = known.contentHash === contentHash;
    const original = known.id as ReceiptId;
    // A duplicate is answered with the original's time, so that its answer is the same to the byte.
    return same
      ? {
          prepared,
          carriesPayload: false,
          admission: { receipt, outcome: 'duplicate', original, receivedAt: known.receivedAt },
        }
      : { prepared, carriesPayload: true, admission: { receipt, outcome: 'conflict', original, receivedAt } };
  });
}

async function insertReceipts(tx: Sql, rows: readonly Row[]): Promise<void> {
  const given = rows.map(({ prepared, admission }) => {
    const { bytes, ...known } = prepared.delivery;
    return {
      ...known,
      id: admission.receipt,
      original: admission.original,
      size: bytes.length,
      hash: prepared.contentHash.toString('hex'),
      state: admission.outcome === 'duplicate' ? 'duplicate' : 'received',
      reasons: admission.outcome === 'duplicate' ? [duplicateReason(admission)] : undefined,
    };
  });
  await tx.query(
    `with given as (
       select * from json_to_recordset($1::json) as r (id bigint, source text, door text, format text, "receivedAt" timestamptz, size int,
         hash text, "deliveryKey" text, original bigint, "orderingKeys" json, interaction jsonb, defect jsonb, note text, state text, reasons jsonb)
     ), stored as (
       insert into receipt (id, source, door, format, received_at, size_bytes, content_hash, delivery_key, original, ordering_keys, interaction, defect, note)
       select id, source, door, format, "receivedAt", size, decode(hash, 'hex'), "deliveryKey", original,
         array(select json_array_elements_text("orderingKeys")), interaction, defect, note
       from given
     )
     insert into receipt_state (receipt, source, state, since, reasons) select id, source, state, "receivedAt", reasons from given`,
    [JSON.stringify(given)],
  );
}

function duplicateReason(admission: Admission) {
  invariant(admission.original !== undefined, 'a duplicate names its original');
  return {
    code: 'duplicate-delivery',
    message: `The same bytes came before under the same delivery key, as receipt ${admission.original}.`,
  };
}

// One binary parameter with all payloads end to end: no escaping, no copy per row on the way.
async function insertPayloads(tx: Sql, rows: readonly Row[]): Promise<void> {
  const carrying = rows.filter((row) => row.carriesPayload);
  const bytes = carrying.map((row) => row.prepared.delivery.bytes);
  await tx.query(
    `insert into payload (receipt, bytes)
     select receipt, substr($3::bytea, (sum(size) over (order by n) - size)::int + 1, size)
     from unnest($1::bigint[], $2::int[]) with ordinality as given (receipt, size, n)`,
    [carrying.map((row) => row.admission.receipt), bytes.map((one) => one.length), Buffer.concat(bytes)],
  );
}
