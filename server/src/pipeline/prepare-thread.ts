// The preparing thread: maps and validates the receipts it is sent. Started by preparing.ts.
import { parentPort } from 'node:worker_threads';
import type { Source } from '../mapping/types.ts';
import { type Carried, carry } from './carry.ts';
import { prepare } from './prepare.ts';
import type { Receipt } from './types.ts';

export type Asked = {
  readonly number: number;
  readonly receipts: readonly Receipt[];
  /** In the order of `receipts`. */
  readonly sources: readonly Source[];
};
/** In the order asked; undefined for a receipt that broke the preparing, which the asking side then tries itself and reports. */
export type Answered = { readonly number: number; readonly made: readonly (Carried | undefined)[] };

parentPort?.on('message', ({ number, receipts, sources }: Asked) => {
  const made = receipts.map((receipt, place) => {
    const source = sources[place];
    return source === undefined ? undefined : attempt(receipt, source);
  });
  parentPort?.postMessage({ number, made } satisfies Answered);
});
parentPort?.postMessage('ready');

function attempt(receipt: Receipt, source: Source): Carried | undefined {
  try {
    return carry(prepare(receipt, source));
  } catch {
    // Said by the asking side, where it happens again and where incidents are reported.
    return undefined;
  }
}
