// Opens the store a server runs on: PostgreSQL started or reached, the schema brought up to date, pools opened, the one pipeline's lock held.
import { type Db, type DbOptions, openDb } from '../base/db.ts';
import type { Events } from '../base/events.ts';
import { startEmbedded } from './embedded.ts';
import { migrate, readMigrations, SERVER_ROLE } from './migrate.ts';
import { holdPipelineLock } from './pipeline-lock.ts';

const SQL = new URL('../../sql/', import.meta.url);
/** Intake takes one, the pipeline one for its commit and a few for what a batch reads side by side. */
const WRITING_CONNECTIONS = 5;
/** A search by patient is read by these alone, and takes little of their time. */
const KEYED_CONNECTIONS = 8;

export type DbAddress = Pick<DbOptions, 'url' | 'host' | 'port' | 'user' | 'database'>;
export type OpenStore = {
  readonly db: Db;
  /** For searches: what takes too long is given up. */
  readonly reading: Db;
  /** For the two writers alone. */
  readonly writing: Db;
  /** What another process needs to reach the same database. */
  readonly at: DbAddress;
  /** True when the schema was made just now. */
  readonly fresh: boolean;
  /** Process id of the embedded PostgreSQL. */
  readonly pid: () => number | undefined;
};
export type StoreOptions = {
  readonly data: string;
  /** A PostgreSQL of your own; undefined: the embedded one in the data directory. */
  readonly databaseUrl: string | undefined;
  /** Milliseconds after which a query of `reading` is given up. */
  readonly readTimeMaxMs: number;
  readonly events: Events;
};

/** What is opened is added to `stops`, in order, also when a later step fails. */
export async function openStore(options: StoreOptions, stops: (() => Promise<unknown>)[]): Promise<OpenStore> {
  const { events, databaseUrl } = options;
  const embedded =
    databaseUrl === undefined
      ? await startEmbedded({ directory: options.data, onIncident: (what) => events.incident(what) })
      : undefined;
  if (embedded !== undefined) stops.push(embedded.stop);
  const at = embedded ?? { url: databaseUrl ?? '' };
  const owner = openDb({ ...at, connectionsMax: 2 });
  let from: number;
  try {
    from = (await migrate(owner, readMigrations(SQL))).from;
  } finally {
    await owner.close();
  }
  const db = openDb({ ...at, role: SERVER_ROLE });
  const reading = openDb({ ...at, role: SERVER_ROLE, timeMaxMs: options.readTimeMaxMs, keyed: KEYED_CONNECTIONS });
  stops.push(db.close, reading.close);
  const writing = openDb({ ...at, role: SERVER_ROLE, byKey: true, connectionsMax: WRITING_CONNECTIONS });
  stops.push(writing.close);
  const pipelineLock = await holdPipelineLock(db, events.incident);
  stops.push(pipelineLock.release);
  return { db, reading, writing, at: addressOf(at), fresh: from === 0, pid: () => embedded?.pid() };
}

/** What can be told to another process: nothing of the embedded server but where it listens. */
function addressOf({ url, host, port, user, database }: DbAddress): DbAddress {
  return JSON.parse(JSON.stringify({ url, host, port, user, database }));
}
