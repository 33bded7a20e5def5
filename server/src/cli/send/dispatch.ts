// Parcels over lanes: several at once, but the parcels of one patient one after another and in their order.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane, Outcome, Parcel } from './types.ts';

export type Pace = {
  /** Parcels a second over all lanes; undefined: as fast as they are acknowledged. */
  readonly perSecond: number | undefined;
  readonly nowMs: () => number;
};
export type OnOutcome = (parcel: Parcel, outcome: Outcome) => void;

/** After this many failed connections in a row a lane gives up, and says so of what it still had. */
const CONNECT_FAILURES_MAX = 3;

export async function dispatch(
  parcels: readonly Parcel[],
  lanes: readonly Lane[],
  how: { readonly pace: Pace; readonly onOutcome: OnOutcome },
): Promise<void> {
  const queues = lanes.map((): { parcel: Parcel; position: number }[] => []);
  for (const [position, parcel] of parcels.entries()) {
    queues[laneOf(parcel.orderingKey, lanes.length)]?.push({ parcel, position });
  }
  const startedMs = how.pace.nowMs();
  const due = (position: number) =>
    how.pace.perSecond === undefined ? 0 : startedMs + (position * 1000) / how.pace.perSecond;
  await Promise.all(lanes.map((lane, index) => drain(lane, queues[index] ?? [], { ...how, due })));
}

type Draining = { readonly pace: Pace; readonly onOutcome: OnOutcome; readonly due: (position: number) => number };

async function drain(
  lane: Lane,
  queue: readonly { readonly parcel: Parcel; readonly position: number }[],
  { pace, onOutcome, due }: Draining,
): Promise<void> {
  let failures = 0;
  for (const { parcel, position } of queue) {
    if (failures >= CONNECT_FAILURES_MAX) {
      onOutcome(parcel, { kind: 'refused', code: 'not-sent', reason: 'Not sent: the receiver cannot be reached.' });
      continue;
    }
    const waitMs = due(position) - pace.nowMs();
    if (waitMs > 0) await sleep(waitMs);
    const outcome = await lane.send(parcel);
    failures = outcome.kind === 'refused' && outcome.code === 'connect-failed' ? failures + 1 : 0;
    onOutcome(parcel, outcome);
  }
}

/** The same key always takes the same lane. */
function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) >>> 0;
  return hash % lanes;
}
