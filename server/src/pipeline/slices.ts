// Long work in short slices: whoever waits at a door must not wait for a whole batch.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

type Doors = { readonly deliveriesWaiting: () => number };

/** Planning yields to the doors after this long, so that an acknowledgement never waits for a whole batch. */
const SLICE_MS = 4;
/** How long planning gives way at most before its next slice, so that it never stands still under a constant stream. */
const GIVE_WAY_MS_MAX = 20;

/** Does the work item by item, giving way to the doors in between. */
export async function inSlices<T>(options: Doors, items: readonly T[], work: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - since < SLICE_MS) continue;
    await giveWay(options);
    since = performance.now();
  }
}

async function giveWay({ deliveriesWaiting }: Doors): Promise<void> {
  const until = performance.now() + GIVE_WAY_MS_MAX;
  await nextTurn();
  while (deliveriesWaiting() > 0 && performance.now() < until) await sleep(1);
}
