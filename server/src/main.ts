// Wiring only: which parts there are, what each is given, and the order in which they start and stop.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from './base/clock.ts';
import type { Db } from './base/db.ts';
import { Failed } from './base/errors.ts';
import type { Events } from './base/events.ts';
import { mintWith } from './base/mint.ts';
import type { HttpContext } from './http/context.ts';
import { findIds } from './http/find-ids.ts';
import { holdTerminology } from './http/held-terminology.ts';
import { createJobs } from './http/jobs.ts';
import { searchWorld } from './http/search-world.ts';
import { buildServer } from './http/server.ts';
import { warmExplain } from './http/warm-explain.ts';
import { readModel } from './identity/index.ts';
import { createIntake } from './intake/intake.ts';
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
import { openFolders, openMllp, orderingKeys } from './main/doors.ts';
import { startAllWorkers, tellDoors } from './main/start-workers.ts';
import { startMatching } from './matching/index.ts';
import type { Config } from './operate/config.ts';
import { doorsOf } from './operate/doors.ts';
import { checkHealth } from './operate/health.ts';
import { readPolicy } from './operate/reader.ts';
import { loadRegistry, type SourceRegistry } from './operate/sources.ts';
import { appendPolicy, ensureInstallation } from './operate/writer.ts';
import { type Pipeline, type PipelineEvents, startPipeline } from './pipeline/run.ts';
import type { Plan } from './pipeline/types.ts';
import { type ActivePolicy, holdPolicy, type PolicyText, startPolicyLife } from './policies/index.ts';
import { createOutcomes, type Outcomes } from './processes/outcomes.ts';
import { type CurrentCache, createCurrentCache } from './record/current-cache.ts';
import { createCurrentReader, type Named } from './record/current-reader.ts';
import { SEARCH_TIME_MAX_MS, startIndexer } from './search/index.ts';
import { lockDirectory } from './store/lock.ts';
import { openStore } from './store/open-store.ts';
import { bundlePolicy } from './truth/index.ts';
import { startWatching, trustsUnder } from './watch/index.ts';

export type ServerOptions = {
  readonly data: string;
  /** A PostgreSQL of your own; undefined: the embedded one in the data directory. */
  readonly databaseUrl: string | undefined;
  readonly http: { readonly host: string; readonly port: number };
  /** Processes that serve HTTP and MLLP. 1, also when left out: all in this one; more: workers, on whose behalf this one commits. */
  readonly processes?: number;
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

/** Where the first process answers what its workers pass on: any port, for them alone. */
const BEHIND_WORKERS = { host: '127.0.0.1', port: 0 };
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

/** What of requests the operator hears of, and what is kept in memory for them. */
function besides({ clock, events: { incident } }: ServerOptions, db: Db) {
  return { incident, jobs: createJobs({ clock, incident }), terminology: holdTerminology({ db, incident }) };
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
  const sealing = startSealing(options, db, stops);
  const mint = mintWith(secret);
  const indexer = startIndexer({ db, incident: events.incident });
  stops.push(() => indexer.stop());
  let waiting = () => 0;
  const alone = (options.processes ?? 1) < 2;
  const outcomes = alone ? undefined : createOutcomes();
  const fromStore = createCurrentReader(reading);
  const current = createCurrentCache(fromStore);
  const pipeline = startPipeline({
    db: store.writing,
    clock,
    salts,
    standing: () => ({ mint, policy: policies.active(), sources: sources.all() }),
    events: { ...toldOf({ outcomes, current, wake: indexer.wake }), incident: events.incident },
    deliveriesWaiting: () => waiting(),
    find: (query, most) => findIds(reading, query, { world: searchWorld(clock), most }),
    held: fromStore,
  });
  stops.push(() => pipeline.stop());
  const intake = createIntake({
    db: store.writing,
    salts,
    // With workers, receipts of several processes become durable side by side: only the store knows their order.
    onDurable: alone ? pipeline.offer : pipeline.missed,
    onUnknown: pipeline.missed,
    settled: pipeline.settled,
  });
  waiting = intake.waiting;
  stops.push(() => intake.idle());
  const behind = startBehind(options, { db, intake, sources, pipeline, held: policies });
  stops.push(behind.stop);
  const doors = doorsOf(options.config, `${options.http.host}:${options.http.port}`);
  const context: HttpContext = {
    db: reading,
    readCurrent: current.read,
    clock,
    intake,
    pipeline,
    sources,
    policyAt: policies.at,
    policyLife: behind.policyLife,
    matching: behind.matching,
    health: () => checkHealth({ db, clock, doors }),
    ...besides(options, reading),
    orderingKeys,
    ledger: ledgerRoutes(sealing),
  };
  await warmExplain(context);
  const app = await buildServer(context, { console: options.console });
  const inner = await app.listen(alone ? options.http : BEHIND_WORKERS);
  stops.push(() => app.close());
  const opening = { clock, events, intake, sources, doors, stops };
  const folders = await openFolders(options.config, opening);
  const parts = { sources, pipeline, db, fresh: store.fresh, postgresPid: store.pid };
  if (outcomes === undefined) {
    doors.opened('http', 0, { name: inner, state: () => ({ ok: true, detail: 'answers' }) });
    return { addresses: { http: inner, mllp: await openMllp(options.config, opening), folders }, ...parts };
  }
  const workers = await startAllWorkers(options, { database: store.at, sources, pipeline, outcomes, inner });
  stops.push(() => workers.stop());
  tellDoors(doors, workers, options.processes ?? 1);
  return { addresses: { ...workers.addresses, folders }, ...parts };
}

/** What hears of commits: what is held of the record, plans kept for workers that ask late, and the index, which follows. */
function toldOf(hearing: {
  readonly outcomes: Outcomes | undefined;
  readonly current: CurrentCache;
  readonly wake: () => void;
}): Omit<PipelineEvents, 'incident'> {
  const { outcomes, current, wake } = hearing;
  return {
    writing: (plans) => current.writing(plans.flatMap(changedBy)),
    written: (plans) => current.written(plans.flatMap(changedBy)),
    committed: ({ plans }) => {
      outcomes?.committed(plans);
      wake();
    },
  };
}

/** What a plan may change of what is served: versions, and to whose record the id of a patient leads. */
function changedBy({ versions, subjects }: Plan): readonly Named[] {
  return [...versions, ...subjects.map(({ id }) => ({ type: 'Patient', id }))];
}

/** The ledger under its key, with what seals it from time to time. */
function startSealing({ data, clock, events }: ServerOptions, db: Db, stops: Stop[]): Sealing & LedgerStore {
  const sealing = { ...openLedger(db), db, signer: openLedgerKey(data), clock };
  const sealer = startSealer({
    ...sealing,
    intervalMs: SEAL_INTERVAL_MS,
    onError: (error) => events.incident('The ledger could not be sealed; it is tried again.', error),
  });
  stops.push(() => sealer.stop());
  return sealing;
}

type Behind = Pick<Running, 'db' | 'sources' | 'pipeline'> & {
  readonly intake: ReturnType<typeof createIntake>;
  readonly held: ActivePolicy;
};

/** What goes on behind the doors: policies that come in force, matching, and the watch. All enter what they do as receipts. */
function startBehind(
  { clock, salts, config, events }: ServerOptions,
  { db, intake, sources, pipeline, held }: Behind,
): Pick<HttpContext, 'policyLife' | 'matching'> & { readonly stop: () => Promise<void> } {
  const parts = { db, clock, intake, sources };
  const watching = startWatching({
    ...parts,
    policyAt: held.at,
    onError: (error) =>
      events.incident('The watch behind the commits was stopped by a failure; it is tried again.', error),
  });
  const matching = startMatching({
    ...parts,
    model: readModel(readFileSync(MODEL, 'utf8')),
    links: config.matching ?? 'off',
    onError: (error) => events.incident('Scored matching was stopped by a failure; it is tried again.', error),
  });
  return {
    policyLife: startPolicyLife({
      ...parts,
      salts,
      held,
      between: pipeline.between,
      trustsUnder: (policy) => trustsUnder(parts, policy),
      onError: (error) => events.incident('The trial of a policy was stopped by a failure.', error),
    }),
    matching,
    stop: async () => {
      await Promise.all([watching.stop(), matching.stop()]);
    },
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

/** True when a data directory has been started before. */
export function isUsed(data: string): boolean {
  return existsSync(path.join(data, 'ledger-key.pem'));
}
