// Receipts as the pipeline takes them up from the store, and what became of one.
import type { Db } from '../base/db.ts';
import type { ReceiptId } from '../base/ids.ts';
import type { ReceiptState, Settled } from '../intake/types.ts';
import type { Receipt } from './types.ts';

type ReceiptRow = Omit<Receipt, 'defect' | 'note' | 'interaction' | 'conflictsWith' | 'retriedBy'> & {
  readonly defect: Receipt['defect'] | null;
  readonly note: string | null;
  readonly interaction: Receipt['interaction'] | null;
  readonly original: ReceiptId | null;
  readonly retriedBy: ReceiptId | null;
};
const RECEIPTS = `select receipt.id, receipt.source, door, format, received_at as "receivedAt", bytes, original, ordering_keys as "orderingKeys", interaction, defect, note, retried_by as "retriedBy"
  from receipt_state join receipt on receipt.id = receipt_state.receipt join payload on payload.receipt = receipt.id`;

function receiptOf({ original, retriedBy, defect, note, interaction, ...row }: ReceiptRow): Receipt {
  return {
    ...row,
    conflictsWith: original ?? undefined,
    retriedBy: retriedBy ?? undefined,
    defect: defect ?? undefined,
    note: note ?? undefined,
    interaction: interaction ?? undefined,
  };
}

/**
 * The next receipts that nobody has planned, oldest first, with their payloads: `most` of them, or fewer where payloads come to more than
 * `bytesMost` together, but at least one. `more`: others may wait behind them.
 */
export async function readReceived(
  db: Db,
  { most, bytesMost }: { readonly most: number; readonly bytesMost: number },
): Promise<{ readonly receipts: readonly Receipt[]; readonly more: boolean }> {
  const result = await db.query<ReceiptRow & { readonly waiting: number }>(
    `with next as (select receipt from receipt_state where state = 'received' order by receipt limit $1),
       long as (select receipt, coalesce(octet_length(bytes), 0) as bytes from next join payload using (receipt)),
       sized as (select receipt, count(*) over () as waiting, sum(bytes) over (order by receipt) - bytes as before from long)
     select sized.waiting::int, read.* from sized join (${RECEIPTS}) as read on read.id = sized.receipt
     where sized.before < $2 order by sized.receipt`,
    [most, bytesMost],
  );
  const waiting = result.rows[0]?.waiting ?? 0;
  return {
    receipts: result.rows.map(({ waiting: _waiting, ...row }) => receiptOf(row)),
    more: waiting === most || result.rows.length < waiting,
  };
}

/** A receipt's state; for a duplicate, the state of the receipt it repeats. Undefined when there is none. */
export async function readState(db: Db, receipt: number): Promise<Settled | undefined> {
  const result = await db.query<{ receipt: ReceiptId; state: ReceiptState; reasons: Settled['reasons'] | null }>(
    `select one.receipt, one.state, one.reasons from receipt join receipt_state one
       on one.receipt = case when exists (select 1 from receipt_state where receipt = $1 and state = 'duplicate') then receipt.original else receipt.id end
     where receipt.id = $1`,
    [receipt],
  );
  const [row] = result.rows;
  return row === undefined ? undefined : { ...row, reasons: row.reasons ?? [] };
}
