// Opens the doors of a configuration: MLLP listeners, in one process or in each worker, and watched folders, always in the first.
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Events } from '../base/events.ts';
import type { SourceKey } from '../base/ids.ts';
import { peek } from '../hl7v2/index.ts';
import { startFolder } from '../intake/folder/index.ts';
import { DEFAULT_CONNECTION, type MllpEvent, startMllp } from '../intake/mllp/index.ts';
import type { Intake } from '../intake/types.ts';
import type { Format } from '../mapping/types.ts';
import type { Config } from '../operate/config.ts';
import type { Doors } from '../operate/doors.ts';
import { type SourceRegistry, senderKey } from '../operate/sources.ts';

type Opening = {
  readonly clock: Clock;
  readonly events: Pick<Events, 'incident' | 'wire'>;
  readonly intake: Intake;
  readonly sources: SourceRegistry;
  readonly doors: Pick<Doors, 'opened'>;
  readonly stops: (() => Promise<unknown>)[];
};

/** Opens the listeners; each address comes with `=source` where one is set. */
export async function openMllp(
  config: Pick<Config, 'mllp'>,
  { clock, events, intake, sources, doors, stops }: Opening,
): Promise<readonly string[]> {
  const resolver = {
    resolve: (application: string, facility: string) =>
      sources.ensure(senderKey(application, facility), { name: `${application} at ${facility}`, kind: 'unknown' }),
  };
  const mllp: string[] = [];
  for (const [index, door] of config.mllp.entries()) {
    const source =
      door.source === undefined ? undefined : await sources.ensure(door.source, { name: door.source, kind: 'unknown' });
    const { ack } = DEFAULT_CONNECTION;
    const listener = await startMllp({
      listen: { host: door.host, port: door.port },
      connection: {
        ...DEFAULT_CONNECTION,
        source,
        ack: { ...ack, ...door.ack, codes: { ...ack.codes, ...door.ack.codes } },
      },
      intake,
      sources: resolver,
      clock,
      events: (event) => tellMllp(events, event),
    });
    stops.push(() => listener.close());
    doors.opened('mllp', index, { name: `${listener.address.host}:${listener.address.port}`, state: listener.state });
    mllp.push(`${listener.address.host}:${listener.address.port}${source === undefined ? '' : `=${source}`}`);
  }
  return mllp;
}

/** Watches the folders. One process does: a file is taken once. */
export async function openFolders(
  config: Pick<Config, 'folders'>,
  { clock, events, intake, sources, doors, stops }: Opening,
): Promise<readonly string[]> {
  for (const [index, folder] of config.folders.entries()) {
    const source = await sources.ensure(folder.source, { name: folder.source, kind: 'legacy' });
    const watcher = await startFolder({
      directory: path.resolve(folder.path),
      source,
      intake,
      clock,
      events: { incident: events.incident },
    });
    stops.push(() => watcher.close());
    doors.opened('folder', index, { name: path.resolve(folder.path), state: watcher.state });
  }
  return config.folders.map((folder) => path.resolve(folder.path));
}

function tellMllp(events: Opening['events'], event: MllpEvent): void {
  if (event.kind === 'not-stored' || event.kind === 'listener-error')
    events.incident(`mllp: ${event.kind}`, event.error);
  else if (event.kind !== 'connected' && event.kind !== 'closed') events.wire('mllp', event.kind);
}

export function orderingKeys(format: Format, bytes: Uint8Array, _source: SourceKey): readonly string[] {
  return format === 'hl7v2' ? (peek(bytes)?.patientKeys ?? []) : [];
}
