// Appends receipts: the first of the two writers. One call a batch, and nothing is said to a sender before it commits.
import type { Db } from '../base/db.ts';
import type { ReceiptId } from '../base/ids.ts';
import { leafColumns, type PreparedLeaf } from '../ledger/leaf.ts';
import type { Admission, Delivery } from './types.ts';

export type PreparedDelivery = {
  readonly delivery: Delivery;
  readonly contentHash: Buffer;
  readonly leaf: PreparedLeaf;
};

type AdmissionRow = Omit<Admission, 'original'> & { readonly id: ReceiptId; readonly original: ReceiptId | null };

/** Appends a batch and returns one admission for each delivery, in order. All or none is durable when this resolves. */
export async function appendReceipts(db: Db, batch: readonly PreparedDelivery[]): Promise<readonly Admission[]> {
  const given = batch.map(({ delivery: { bytes, ...known }, contentHash }) => ({
    ...known,
    size: bytes.length,
    hash: contentHash.toString('hex'),
  }));
  // One binary parameter with all payloads end to end: no escaping, no copy per row on the way.
  const bytes = Buffer.concat(batch.map(({ delivery }) => delivery.bytes));
  const { rows } = await db.query<AdmissionRow>('select * from append_receipts($1, $2, $3, $4)', [
    JSON.stringify(given),
    bytes,
    ...leafColumns(batch.map(({ leaf }) => leaf)),
  ]);
  return rows.map(({ id, outcome, original, receivedAt }) => ({
    receipt: id,
    outcome,
    original: original ?? undefined,
    receivedAt,
  }));
}
