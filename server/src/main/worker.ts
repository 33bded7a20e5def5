// A worker's program: HTTP and MLLP with an intake of its own, everything else asked of the first process. It keeps nothing.
import { systemClock } from '../base/clock.ts';
import { openDb } from '../base/db.ts';
import { Broken } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import type { HttpContext } from '../http/context.ts';
import { holdTerminology } from '../http/held-terminology.ts';
import { buildServer } from '../http/server.ts';
import { createIntake } from '../intake/intake.ts';
import { randomSalts } from '../ledger/index.ts';
import { readPolicy } from '../operate/reader.ts';
import { holdPolicy } from '../policies/index.ts';
import { type First, openFirst, remotePipeline, remoteSources } from '../processes/first.ts';
import { forwardTo } from '../processes/forward.ts';
import { troubleOf } from '../processes/trouble.ts';
import type { WorkerSetup } from '../processes/types.ts';
import { createCurrentReader } from '../record/current-reader.ts';
import { SEARCH_TIME_MAX_MS } from '../search/index.ts';
import { SERVER_ROLE } from '../store/migrate.ts';
import { openMllp, orderingKeys } from './doors.ts';

/** All workers together: PostgreSQL has 100 connections where nobody said otherwise, and the first process has its own. */
const READING_CONNECTIONS = 40;
const READING_CONNECTIONS_MAX = 12;
const READING_CONNECTIONS_MIN = 2;

type Stop = () => Promise<unknown>;

/** Serves until it is told to stop. */
async function serve(first: First, stops: Stop[]): Promise<void> {
  const setup = await first.begun;
  const events = eventsTo(first);
  const context = await contextOf(first, setup, { events, stops });
  const app = await buildServer(context, { console: setup.console });
  forwardTo(app, setup.first);
  const http = await app.listen(setup.http);
  stops.push(() => app.close());
  const { intake, sources, clock } = context;
  const doors = { opened: () => undefined };
  const mllp = await openMllp(setup.config, { clock, events, intake, sources, doors, stops });
  first.tell({ kind: 'open', http, mllp });
}

type WorkerEvents = Pick<Events, 'incident' | 'wire'>;

function eventsTo(first: First): WorkerEvents {
  return {
    incident: (text, error) =>
      first.tell({ kind: 'incident', text, trouble: error === undefined ? undefined : troubleOf(error) }),
    wire: (door, code) => first.tell({ kind: 'wire', door, code }),
  };
}

async function contextOf(
  first: First,
  setup: WorkerSetup,
  { events, stops }: { events: WorkerEvents; stops: Stop[] },
): Promise<HttpContext> {
  const share = Math.floor(READING_CONNECTIONS / setup.processes);
  const connectionsMax = Math.min(READING_CONNECTIONS_MAX, Math.max(READING_CONNECTIONS_MIN, share));
  const db = openDb({ ...setup.database, role: SERVER_ROLE, connectionsMax, timeMaxMs: SEARCH_TIME_MAX_MS });
  stops.push(db.close);
  const writing = openDb({ ...setup.database, role: SERVER_ROLE, byKey: true, connectionsMax: 1 });
  stops.push(writing.close);
  const pipeline = remotePipeline(first);
  const durable = () => first.tell({ kind: 'durable' });
  const intake = createIntake({
    db: writing,
    salts: randomSalts(),
    onDurable: durable,
    onUnknown: durable,
    settled: pipeline.settled,
  });
  stops.push(() => intake.idle());
  const standing = await readPolicy(db);
  if (standing === undefined) throw new Broken('workers are started on a store that has a policy');
  const { at: policyAt } = holdPolicy(db, standing);
  return {
    db,
    readCurrent: createCurrentReader(db),
    clock: systemClock,
    intake,
    pipeline,
    sources: remoteSources(first, setup.sources),
    policyAt,
    health: elsewhere,
    incident: events.incident,
    terminology: holdTerminology({ db, incident: events.incident }),
    orderingKeys,
    ...ofFirst,
  };
}

/** Routes that need these are passed on before they are looked at. */
const elsewhere = (): never => {
  throw new Broken('a worker was asked for what the first process answers');
};
const ofFirst: Pick<HttpContext, 'matching' | 'ledger' | 'policyLife' | 'jobs'> = {
  jobs: { begin: elsewhere, check: elsewhere },
  policyLife: {
    list: elsewhere,
    propose: elsewhere,
    diff: elsewhere,
    approve: elsewhere,
    activate: elsewhere,
    rollBack: elsewhere,
  },
  matching: {
    get model(): never {
      return elsewhere();
    },
    match: elsewhere,
    rerun: elsewhere,
    stop: elsewhere,
  },
  ledger: {
    checkpoint: elsewhere,
    tile: elsewhere,
    verifierKey: elsewhere,
    evidence: elsewhere,
    exportLog: elsewhere,
  },
};

async function main(): Promise<void> {
  // Ctrl-C reaches every process of a terminal; the first one says when the workers end, so that none ends before it has drained.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const terminated = Promise.withResolvers<void>();
  process.on('SIGTERM', () => terminated.resolve());
  const first = openFirst();
  const stops: Stop[] = [];
  try {
    await serve(first, stops);
    await Promise.race([first.stopped, terminated.promise]);
  } catch (error) {
    first.tell({ kind: 'not-started', trouble: troubleOf(error) });
    process.exitCode = 1;
  }
  for (const stop of stops.reverse())
    await stop().catch((error: unknown) =>
      first.tell({ kind: 'incident', text: 'A worker process did not stop in order.', trouble: troubleOf(error) }),
    );
  process.disconnect();
}

await main();
