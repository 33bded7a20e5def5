// Wiring only: which parts there are, what each is given, and the order in which they start and stop.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from './base/clock.ts';
import type { Db } from './base/db.ts';
import { Failed } from './base/errors.ts';
import type { Events } from './base/events.ts';
import type { SourceKey } from './base/ids.ts';
import { mintWith } from './base/mint.ts';
import { peek } from './hl7v2/index.ts';
import type { HttpContext } from './http/context.ts';
import { findIds } from './http/find-ids.ts';
import { searchWorld } from './http/search-world.ts';
import { buildServer } from './http/server.ts';
import { readModel } from './identity/index.ts';
import { startFolder } from './intake/folder/index.ts';
import { createIntake } from './intake/intake.ts';
import { DEFAULT_CONNECTION, type MllpEvent, startMllp } from './intake/mllp/index.ts';
import {
  exportEvidence,
  exportLog,
  type LedgerStore,
  openLedger,
  openLedgerKey,
  type SaltSource,
  type Sealing,
  serveCheckpoint,
  serveTile,
  startSealer,
} from './ledger/index.ts';
import type { Format } from './mapping/types.ts';
import { startMatching } from './matching/index.ts';
import type { Config } from './operate/config.ts';
import { type Doors, doorsOf } from './operate/doors.ts';
import { checkHealth } from './operate/health.ts';
import { readPolicy } from './operate/reader.ts';
import { loadRegistry, type SourceRegistry, senderKey } from './operate/sources.ts';
import { appendPolicy, ensureInstallation } from './operate/writer.ts';
import { type Pipeline, startPipeline } from './pipeline/run.ts';
import { type ActivePolicy, holdPolicy, type PolicyText, startPolicyLife } from './policies/index.ts';
import { createCurrentReader } from './record/current-reader.ts';
import { SEARCH_TIME_MAX_MS, startIndexer } from './search/index.ts';
import { lockDirectory } from './store/lock.ts';
import { openStore } from './store/open-store.ts';
import { bundlePolicy } from './truth/index.ts';

export type ServerOptions = {
  readonly data: string;
  /** A PostgreSQL of your own; undefined: the embedded one in the data directory. */
  readonly databaseUrl: string | undefined;
  readonly http: { readonly host: string; readonly port: number };
  readonly config: Config;
  readonly clock: Clock;
  readonly salts: SaltSource;
  /** For the installation's first start; later starts keep what they find. */
  readonly secret?: Uint8Array;
  /** Folder of the built console, if it is to be served. */
  readonly console: string | undefined;
  readonly events: Events;
};

export type Running = {
  readonly addresses: { readonly http: string; readonly mllp: readonly string[]; readonly folders: readonly string[] };
  readonly sources: SourceRegistry;
  readonly pipeline: Pipeline;
  readonly db: Db;
  /** True when this start made the store. */
  readonly fresh: boolean;
  /** Process id of the embedded PostgreSQL, for tests that kill it. */
  readonly postgresPid: () => number | undefined;
  stop(): Promise<void>;
};

const POLICIES = new URL('../../policies/', import.meta.url);
const POLICY_FILE = 'uk-default.v2.yaml';
const MODEL = new URL('identity/uk-default.v1.json', POLICIES);
const POLICY_NAME = 'uk-default@2';
const SEAL_INTERVAL_MS = 1_000;

type Stop = () => Promise<unknown>;

function portTaken(error: unknown): Failed | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE' || !('port' in error))
    return undefined;
  return new Failed(
    'port-taken',
    `Port ${String(error.port)} is taken by another program. Stop that one, or choose other ports with --http and --mllp.`,
  );
}

/** Starts everything and resolves when every door is open. On failure, what had started is stopped again. */
export async function startServer(options: ServerOptions): Promise<Running> {
  const stops: Stop[] = [];
  const stop = () => stopAll(stops);
  try {
    return { ...(await startParts(options, stops)), stop };
  } catch (error) {
    // Why it did not start is what counts; what goes wrong in stopping follows from it.
    await stop().catch((late: unknown) => options.events.incident('Stopping after a failed start went wrong.', late));
    throw portTaken(error) ?? error;
  }
}

/** Last started, first stopped. One that cannot be stopped keeps no other from it: PostgreSQL must not be left running. */
async function stopAll(stops: Stop[]): Promise<void> {
  const failed: unknown[] = [];
  for (const one of stops.splice(0).reverse()) await one().catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw failed[0];
}

async function startParts(options: ServerOptions, stops: Stop[]): Promise<Omit<Running, 'stop'>> {
  const { clock, events, salts } = options;
  const lock = await lockDirectory(options.data);
  stops.push(lock.release);
  const store = await openStore({ ...options, readTimeMaxMs: SEARCH_TIME_MAX_MS }, stops);
  const { db, reading } = store;
  // By the machine's clock, also in a demo with one of its own: ages are measured against it.
  const secret = await ensureInstallation(db, options.secret ?? randomBytes(32), systemClock.now());
  const policies = holdPolicy(db, await standingPolicy(db, options));
  const sources = await loadRegistry({ db, clock, salts });
  for (const source of options.config.sources) await sources.register(source);
  const signer = openLedgerKey(options.data);
  const sealing = { ...openLedger(db), db, signer, clock };
  const sealer = startSealer({
    ...sealing,
    intervalMs: SEAL_INTERVAL_MS,
    onError: (error) => events.incident('The ledger could not be sealed; it is tried again.', error),
  });
  stops.push(() => sealer.stop());
  const standing = { mint: mintWith(secret) };
  const indexer = startIndexer({ db, incident: events.incident });
  stops.push(() => indexer.stop());
  let waiting = () => 0;
  const readCurrent = createCurrentReader(reading);
  const pipeline = startPipeline({
    db: store.writing,
    clock,
    salts,
    standing: () => ({ ...standing, policy: policies.active(), sources: sources.all() }),
    events: { committed: indexer.wake, incident: events.incident },
    deliveriesWaiting: () => waiting(),
    find: (query, most) => findIds(reading, query, { world: searchWorld(clock), most }),
    held: readCurrent,
  });
  stops.push(() => pipeline.stop());
  const intake = createIntake({
    db: store.writing,
    salts,
    onDurable: pipeline.offer,
    onUnknown: pipeline.missed,
    settled: pipeline.settled,
  });
  waiting = intake.waiting;
  stops.push(() => intake.idle());
  const { policyLife, matching } = startBehind(options, { db, intake, sources, pipeline, held: policies });
  stops.push(() => matching.stop());
  const doors = doorsOf(options.config, `${options.http.host}:${options.http.port}`);
  const context: HttpContext = {
    db: reading,
    readCurrent,
    clock,
    intake,
    pipeline,
    sources,
    policyAt: policies.at,
    policyLife,
    matching,
    health: () => checkHealth({ db, clock, doors }),
    orderingKeys,
    ledger: ledgerRoutes(sealing),
  };
  const app = await buildServer(context, {
    console: options.console,
    onBroken: (error) => events.incident('A request met a fault of ours.', error),
  });
  const http = await app.listen(options.http);
  stops.push(() => app.close());
  doors.opened('http', 0, { name: http, state: () => ({ ok: true, detail: 'answers' }) });
  const opened = await openDoors(options, { intake, sources, doors, stops });
  return { addresses: { http, ...opened }, sources, pipeline, db, fresh: store.fresh, postgresPid: store.pid };
}

type Behind = Pick<Running, 'db' | 'sources' | 'pipeline'> & {
  readonly intake: ReturnType<typeof createIntake>;
  readonly held: ActivePolicy;
};

/** What goes on behind the doors: policies that come in force, and matching. Both enter what they do as receipts. */
function startBehind(
  { clock, salts, config, events }: ServerOptions,
  { db, intake, sources, pipeline, held }: Behind,
): Pick<HttpContext, 'policyLife' | 'matching'> {
  const parts = { db, clock, intake, sources };
  return {
    policyLife: startPolicyLife({
      ...parts,
      salts,
      held,
      between: pipeline.between,
      onError: (error) => events.incident('The trial of a policy was stopped by a failure.', error),
    }),
    matching: startMatching({
      ...parts,
      model: readModel(readFileSync(MODEL, 'utf8')),
      links: config.matching ?? 'off',
      onError: (error) => events.incident('Scored matching was stopped by a failure; it is tried again.', error),
    }),
  };
}

function ledgerRoutes(sealing: Sealing & LedgerStore): HttpContext['ledger'] {
  const { db, signer } = sealing;
  return {
    checkpoint: () => serveCheckpoint(sealing),
    tile: (name) => serveTile(sealing, `tile/${name}`),
    verifierKey: () => signer.verifierKey,
    evidence: (request) => exportEvidence(sealing, request),
    exportLog: () => Readable.from(exportLog(db, signer)),
  };
}

/** The shipped policy is put in force at the first start. */
async function standingPolicy(db: Db, { clock, salts }: ServerOptions): Promise<PolicyText> {
  const known = await readPolicy(db);
  if (known !== undefined) return known;
  const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
  const first = { name: POLICY_NAME, body: bundlePolicy(read(POLICY_FILE), read) };
  await appendPolicy(db, first, { at: clock.now(), salts });
  return first;
}

type Opening = {
  readonly intake: ReturnType<typeof createIntake>;
  readonly sources: SourceRegistry;
  readonly doors: Doors;
  readonly stops: Stop[];
};

async function openDoors(
  options: ServerOptions,
  { intake, sources, doors, stops }: Opening,
): Promise<{ mllp: readonly string[]; folders: readonly string[] }> {
  const { clock, events, config } = options;
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
  return { mllp, folders: config.folders.map((folder) => path.resolve(folder.path)) };
}

function tellMllp(events: Events, event: MllpEvent): void {
  if (event.kind === 'not-stored' || event.kind === 'listener-error')
    events.incident(`mllp: ${event.kind}`, event.error);
  else if (event.kind !== 'connected' && event.kind !== 'closed') events.wire('mllp', event.kind);
}

function orderingKeys(format: Format, bytes: Uint8Array, _source: SourceKey): readonly string[] {
  return format === 'hl7v2' ? (peek(bytes)?.patientKeys ?? []) : [];
}

/** True when a data directory has been started before. */
export function isUsed(data: string): boolean {
  return existsSync(path.join(data, 'ledger-key.pem'));
}
