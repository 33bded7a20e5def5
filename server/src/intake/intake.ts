// Intake: deliveries that come together share one commit. The only place where bytes become receipts.
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { receiptContent } from '@vouch/proof';
import type { Db } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import type { ReceiptId } from '../base/ids.ts';
import { prepareLeaf, type SaltSource } from '../ledger/leaf.ts';
import type { Admission, Delivery, Intake, Settled } from './types.ts';
import { appendReceipts, type PreparedDelivery } from './writer.ts';

/** A receipt that has just become durable, with its bytes still in memory. */
export type Admitted = { readonly admission: Admission; readonly delivery: Delivery };
export type IntakeOptions = {
  readonly db: Db;
  readonly salts: SaltSource;
  /** Called after the commit, in order. Must not throw. */
  readonly onDurable: (admitted: readonly Admitted[]) => void;
  /** Called when the answer to a commit never came, and before the next `onDurable` after it: it may have been made all the same. */
  readonly onUnknown: () => void;
  /** Resolves when the pipeline has settled the receipt. */
  readonly settled: Intake['settled'];
};

const BATCH_MAX = 256;
const BATCH_BYTES_MAX = 32 * 1024 * 1024;
/** Deliveries waiting for a commit. Beyond this the store is not keeping up, and saying so beats growing without bound. */
const QUEUE_MAX = 20_000;

type Pending = {
  readonly delivery: Delivery;
  readonly resolve: (admission: Admission) => void;
  readonly reject: (error: unknown) => void;
};

/** Starts intake. Waiting deliveries form the next batch while one commits, so the batch grows with the load by itself. */
export function createIntake(given: IntakeOptions): Intake & { idle(): Promise<void>; waiting(): number } {
  const options = tellingTwice(given);
  const queue: Pending[] = [];
  let committing = 0;
  let running: Promise<void> | undefined;
  const drain = async () => {
    while (queue.length > 0) {
      // Each connection that has something to be read is read in a turn of its own: when all were, what they brought shares a commit.
      await nextTurn();
      const batch = takeBatch(queue);
      committing = batch.length;
      await commitBatch(options, batch);
      committing = 0;
    }
    running = undefined;
  };
  return {
    submit: (delivery) =>
      new Promise((resolve, reject) => {
        if (queue.length >= QUEUE_MAX) {
          reject(new Failed('intake-overloaded', 'Too many deliveries wait for the store. Send this one again later.'));
          return;
        }
        queue.push({ delivery, resolve, reject });
        running ??= drain();
      }),
    settled: (receipt: ReceiptId, timeoutMs: number): Promise<Settled> => options.settled(receipt, timeoutMs),
    waiting: () => queue.length + committing,
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}

// The database may still be making the commit whose connection broke. The next commit waits for it, so by then it is seen or was not made.
function tellingTwice(options: IntakeOptions): IntakeOptions {
  let unknown = false;
  return {
    ...options,
    onUnknown: () => {
      unknown = true;
      options.onUnknown();
    },
    onDurable: (admitted) => {
      if (unknown) options.onUnknown();
      unknown = false;
      options.onDurable(admitted);
    },
  };
}

function takeBatch(queue: Pending[]): readonly Pending[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && count < BATCH_MAX && (count === 0 || bytes < BATCH_BYTES_MAX)) {
    bytes += queue[count]?.delivery.bytes.length ?? 0;
    count += 1;
  }
  return queue.splice(0, count);
}

async function commitBatch(options: IntakeOptions, batch: readonly Pending[]): Promise<void> {
  try {
    const admissions = await appendReceipts(
      options.db,
      batch.map((pending) => prepare(pending.delivery, options.salts)),
    );
    const admitted: Admitted[] = [];
    for (const [position, pending] of batch.entries()) {
      const admission = admissions[position];
      if (admission !== undefined) admitted.push({ admission, delivery: pending.delivery });
    }
    options.onDurable(admitted);
    for (const [position, pending] of batch.entries()) pending.resolve(admitted[position]?.admission as Admission);
  } catch (error) {
    if (batch.length === 1 || (error instanceof Failed && error.code === 'database-unavailable')) {
      options.onUnknown();
      for (const pending of batch) pending.reject(error);
      return;
    }
    // One delivery broke the batch (a value the database refuses): halving finds it, and the others go through.
    const middle = Math.ceil(batch.length / 2);
    await commitBatch(options, batch.slice(0, middle));
    await commitBatch(options, batch.slice(middle));
  }
}

function prepare(delivery: Delivery, salts: SaltSource): PreparedDelivery {
  const contentHash = hash('sha256', delivery.bytes, 'buffer');
  const content = receiptContent({
    source: delivery.source,
    door: delivery.door,
    format: delivery.format,
    receivedAt: delivery.receivedAt,
    deliveryKey: delivery.deliveryKey,
    payloadHash: contentHash,
  });
  return { delivery, contentHash, leaf: prepareLeaf('receipt', content, salts) };
}
