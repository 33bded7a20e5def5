// The doors of this server, each with what it says of itself when asked. A door that has not opened yet is there already, closed.
import type { Config } from './config.ts';
import type { DoorHealth, DoorState } from './types.ts';

type Door = Pick<DoorHealth, 'door' | 'name' | 'source'> & { readonly state: () => DoorState };
export type Doors = {
  /** Tells that a door is open: under which name it is reached, and what to ask for its state from now on. */
  opened(door: DoorHealth['door'], index: number, as: { readonly name: string; readonly state: () => DoorState }): void;
  health(): readonly DoorHealth[];
};

const CLOSED: DoorState = { ok: false, detail: 'is not open yet' };

/** HTTP, and the doors of a configuration in its order. */
export function doorsOf({ mllp, folders }: Pick<Config, 'mllp' | 'folders'>, http: string): Doors {
  const state = () => CLOSED;
  const doors: { readonly [door in DoorHealth['door']]: Door[] } = {
    http: [{ door: 'http', name: http, source: undefined, state }],
    mllp: mllp.map(({ host, port, source }) => ({ door: 'mllp', name: `${host}:${port}`, source, state })),
    folder: folders.map(({ path, source }) => ({ door: 'folder', name: path, source, state })),
  };
  return {
    opened: (door, index, as) => {
      const known = doors[door][index];
      if (known !== undefined) doors[door][index] = { ...known, ...as };
    },
    health: () =>
      [...doors.http, ...doors.mllp, ...doors.folder].map(({ state: ask, ...door }) => ({ ...door, ...ask() })),
  };
}
