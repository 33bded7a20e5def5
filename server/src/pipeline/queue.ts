// What waits to be planned: in memory as intake offers it, and in the store, where all of it is.
import type { Db } from '../base/db.ts';
import type { Admitted } from '../intake/intake.ts';
import { readReceived } from './received-reader.ts';
import type { Prepared, Receipt } from './types.ts';

export type Queue = {
  readonly queue: Receipt[];
  heldBytes: number;
  /** True while the queue holds every received receipt that comes after those already planned. */
  caughtUp: boolean;
  /** The batch to come, which the preparing thread is at. */
  ahead: { readonly receipts: readonly Receipt[]; readonly prepared: Promise<readonly Prepared[]> } | undefined;
};

/** While deliveries wait at the doors, batches are small, for a commit holds up intake's; otherwise a larger one costs less a receipt. */
const BATCH_MAX_IN_TRAFFIC = 48;
export const BATCH_MAX = 64;
/** Long ones, such as transactions of hundreds of resources, fill a batch sooner: one is planned while the other is committed. */
const BATCH_BYTES_MAX = 256 * 1024;
/** Of what waits in the store, many batches are read at once: only the first of them is not prepared beside another. */
const READ_MAX = 16 * BATCH_MAX;
/** Payloads kept in memory between intake and planning; beyond this they are read back from the store. */
const HELD_BYTES_MAX = 4 * 1024 * 1024;

export function offer(state: Queue, admitted: readonly Admitted[]): void {
  for (const { admission, delivery } of admitted) {
    if (admission.outcome === 'duplicate' || !state.caughtUp) continue;
    if (state.heldBytes + delivery.bytes.length > HELD_BYTES_MAX) {
      // What is not held is found again by its state in the store, in order, once the queue is empty.
      state.caughtUp = false;
      continue;
    }
    state.heldBytes += delivery.bytes.length;
    const { deliveryKey: _key, ...rest } = delivery;
    state.queue.push({
      ...rest,
      id: admission.receipt,
      conflictsWith: admission.outcome === 'conflict' ? admission.original : undefined,
      retriedBy: undefined,
    });
  }
}

/** Forgets what is held in memory; the store knows what was received, in order. */
export function readAnew(state: Queue): void {
  state.caughtUp = false;
  state.queue.length = 0;
  state.heldBytes = 0;
  state.ahead = undefined;
}

/** What is being prepared waits again, at the head. */
export function putBack(state: Queue): void {
  const { receipts = [] } = state.ahead ?? {};
  state.ahead = undefined;
  state.queue.unshift(...receipts);
  for (const receipt of receipts) state.heldBytes += receipt.bytes.length;
}

export function takeQueued(state: Queue, deliveriesWaiting: number): readonly Receipt[] {
  const most = deliveriesWaiting > 0 ? BATCH_MAX_IN_TRAFFIC : BATCH_MAX;
  let bytes = 0;
  const longest = state.queue.slice(0, most).findIndex((receipt) => {
    bytes += receipt.bytes.length;
    return bytes > BATCH_BYTES_MAX;
  });
  const batch = state.queue.splice(0, longest < 0 ? most : Math.max(1, longest));
  for (const receipt of batch) state.heldBytes -= receipt.bytes.length;
  return batch;
}

/** From memory while it holds everything; from the store after a start, a failure, a release or an overflow. */
export async function take(
  state: Queue,
  from: { readonly db: Db; readonly deliveriesWaiting: () => number },
): Promise<readonly Receipt[]> {
  if (state.queue.length > 0) return takeQueued(state, from.deliveriesWaiting());
  if (state.caughtUp) return [];
  // From here on, what intake offers is queued; what came before is read. Both may name a receipt, so the read comes first.
  state.caughtUp = true;
  const { receipts, more } = await readReceived(from.db, { most: READ_MAX, bytesMost: HELD_BYTES_MAX });
  if (receipts.length === 0) return [];
  const known = new Set(receipts.map((receipt) => receipt.id));
  const last = receipts.at(-1)?.id ?? 0;
  const offered = state.queue.splice(0);
  state.heldBytes = 0;
  queue(state, receipts);
  if (more || offered.some((receipt) => receipt.id < last && !known.has(receipt.id))) state.caughtUp = false;
  else
    queue(
      state,
      offered.filter((receipt) => !known.has(receipt.id)),
    );
  return takeQueued(state, from.deliveriesWaiting());
}

function queue(state: Queue, receipts: readonly Receipt[]): void {
  for (const receipt of receipts) state.heldBytes += receipt.bytes.length;
  state.queue.push(...receipts);
}
