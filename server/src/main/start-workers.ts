// Starts the workers of the first process: what they start from, what answers them, and what health says of their doors.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Running, ServerOptions } from '../main.ts';
import type { Doors } from '../operate/doors.ts';
import { type createOutcomes, slim } from '../processes/outcomes.ts';
import type { DatabaseAddress } from '../processes/types.ts';
import { startWorkers, type Workers } from '../processes/workers.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

type BehindWorkers = Pick<Running, 'sources' | 'pipeline'> & {
  readonly database: DatabaseAddress;
  readonly outcomes: ReturnType<typeof createOutcomes>;
  readonly inner: string;
};

export async function startAllWorkers(options: ServerOptions, behind: BehindWorkers): Promise<Workers> {
  const { sources, pipeline, outcomes } = behind;
  const processes = options.processes ?? 1;
  const http = await settled(options.http);
  const mllp = await Promise.all(options.config.mllp.map(settled));
  return startWorkers({
    program: fileURLToPath(WORKER),
    processes,
    setup: () => ({
      database: behind.database,
      http,
      config: { mllp },
      console: options.console,
      sources: [...sources.all().values()],
      first: behind.inner,
      processes,
    }),
    answering: {
      durable: pipeline.missed,
      plan: async (receipt, timeoutMs) => {
        const plan = outcomes.recent(receipt) ?? (await pipeline.planOf(receipt, timeoutMs));
        return plan && slim(plan);
      },
      settled: pipeline.settled,
      source: async (key, like) => sources.all().get(await sources.ensure(key, like)),
    },
    events: options.events,
  });
}

/** Callers expect a door where it was, also after all workers died: a port that is left to the system is chosen once, here. */
async function settled<T extends { readonly host: string; readonly port: number }>(door: T): Promise<T> {
  if (door.port !== 0) return door;
  const server = createServer().listen(0, door.host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? { ...door, port: address.port } : door;
}

/** A door of the workers is open while one of them is there; how many are is told. */
export function tellDoors(doors: Doors, workers: Workers, processes: number): void {
  const state = () => ({ ok: workers.open() > 0, detail: `${workers.open()} of ${processes} processes serve it` });
  doors.opened('http', 0, { name: workers.addresses.http, state });
  for (const [index, name] of workers.addresses.mllp.entries())
    doors.opened('mllp', index, { name: name.split('=')[0] ?? name, state });
}
