// Enters what the watch found as a receipt, by the one door.
import { enterOwn, type OwnDoor } from '../intake/enter-own.ts';
import type { RulingRequest } from '../pipeline/types.ts';

export type Door = OwnDoor;

const WATCH = { key: 'vouch-watch', name: 'Watch behind the commits' };

export async function submit(door: Door, request: RulingRequest): Promise<void> {
  await enterOwn(door, WATCH, request);
}
