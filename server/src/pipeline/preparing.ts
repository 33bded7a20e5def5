// Preparing beside the loop: with much waiting, the batch to come is mapped by a thread of its own while this one plans.
// The thread starts when it is first of use and ends when nothing has needed it for a while. Preparing is a function of receipt and
// source, so it makes no difference who does it; whatever befalls the thread, the loop prepares for itself.
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Source } from '../mapping/types.ts';
import { unload } from './carry.ts';
import type { Answered, Asked } from './prepare-thread.ts';
import type { Prepared, Receipt } from './types.ts';

export type Preparing = {
  /** True when the thread stands ready; asking starts it otherwise. */
  isReady(): boolean;
  /** In order; undefined where the caller has to prepare a receipt itself, all of them if the thread broke. */
  ask(receipts: readonly Receipt[], sources: readonly Source[]): Promise<readonly (Prepared | undefined)[]>;
  stop(): Promise<void>;
};
type Waiting = { readonly receipts: readonly Receipt[]; readonly sources: readonly Source[]; readonly tell: Tell };
type Tell = (made: readonly (Prepared | undefined)[]) => void;
type Options = { readonly incident: (what: string, error: unknown) => void };

const IDLE_MS = 60_000;
/** The thread holds little: one batch and the definitions that it validates by. */
const LIMITS = { maxOldGenerationSizeMb: 128 };
/** The process was started with a large young generation, and V8 reads those flags for each heap that it makes, whatever limits are given. */
const YOUNG = ['--min-semi-space-size=4', '--max-semi-space-size=4'];

export function createPreparing({ incident }: Options): Preparing {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let ready = false;
  let broken = false;
  let number = 0;
  let idle: NodeJS.Timeout | undefined;

  const leave = () => {
    ready = false;
    thread = undefined;
    clearTimeout(idle);
    for (const { receipts, tell } of waiting.values()) tell(receipts.map(() => undefined));
    waiting.clear();
  };
  const rest = async () => {
    const ending = thread;
    leave();
    await ending?.terminate();
  };
  const start = () => {
    for (const flag of YOUNG) setFlagsFromString(flag);
    const made = new Worker(new URL('./prepare-thread.ts', import.meta.url), { resourceLimits: LIMITS });
    made.unref();
    made.on('message', (answer: Answered | 'ready') => {
      if (answer === 'ready') {
        ready = true;
        return;
      }
      const asked = waiting.get(answer.number);
      waiting.delete(answer.number);
      asked?.tell(unloaded(asked, answer));
    });
    made.on('error', (error) => {
      // Once is a fault to look at; a second thread would meet the same one.
      broken = true;
      incident('The preparing thread broke. Receipts are prepared in the main thread from now on.', error);
      leave();
    });
    return made;
  };
  return {
    isReady: () => {
      if (!broken) thread ??= start();
      return ready;
    },
    ask: (receipts, sources) =>
      new Promise((resolve) => {
        if (thread === undefined) {
          resolve(receipts.map(() => undefined));
          return;
        }
        number += 1;
        waiting.set(number, { receipts, sources, tell: resolve });
        thread.postMessage({ number, receipts, sources } satisfies Asked);
        clearTimeout(idle);
        idle = setTimeout(rest, IDLE_MS).unref();
      }),
    stop: rest,
  };
}

function unloaded({ receipts, sources }: Waiting, { made }: Answered): readonly (Prepared | undefined)[] {
  return receipts.map((receipt, place) => {
    const [carried, source] = [made[place], sources[place]];
    return carried === undefined || source === undefined ? undefined : unload(carried, receipt, source);
  });
}
