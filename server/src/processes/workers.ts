// The first process's side: forks the workers, answers what they ask, replaces one that dies, and ends them in order.
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { errorOf, troubleOf } from './trouble.ts';
import type { Answer, Answering, Ask, FromWorker, ToWorker, WorkerAddresses, WorkerSetup } from './types.ts';

export type WorkersOptions = {
  /** The program of a worker. */
  readonly program: string;
  readonly processes: number;
  /** Asked for each worker, so that a replacement knows what has been registered since. */
  readonly setup: () => WorkerSetup;
  readonly answering: Answering;
  readonly events: Events;
};
export type Workers = {
  readonly addresses: WorkerAddresses;
  /** Workers whose doors are open. */
  open(): number;
  stop(): Promise<void>;
};

/** A worker that dies again and again is not started faster than this. */
const REPLACE_MS = 500;
/** A worker that does not end in order by then is killed: what it had acknowledged is durable. */
const STOP_MS = 20_000;

/** Starts the workers; resolves when all have opened their doors. Workers that have started are ended when one cannot. */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  // Each worker accepts from the shared socket itself. Handed over by the first process, a connection on its way to a worker that is
  // killed would be nobody's, and hang: now what no worker has taken waits for the next, and what one had taken breaks with it.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // Plans hold maps and bytes, which JSON would lose.
  cluster.setupPrimary({ exec: options.program, args: [], serialization: 'advanced' });
  const state: State = { ...options, open: new Set(), stopping: false };
  try {
    const addresses = await Promise.all(Array.from({ length: options.processes }, () => begin(state)));
    return {
      addresses: addresses[0] ?? { http: '', mllp: [] },
      open: () => state.open.size,
      stop: () => stopAll(state),
    };
  } catch (error) {
    await stopAll(state);
    throw error;
  }
}

type State = WorkersOptions & { readonly open: Set<Worker>; stopping: boolean };

/** Resolves with its addresses once the worker's doors are open. */
function begin(state: State): Promise<WorkerAddresses> {
  const worker = cluster.fork();
  const opened = Promise.withResolvers<WorkerAddresses>();
  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'loaded':
        return send(worker, { kind: 'begin', setup: state.setup() });
      case 'open':
        state.open.add(worker);
        return opened.resolve({ http: message.http, mllp: message.mllp });
      case 'not-started':
        return opened.reject(errorOf(message.trouble));
      case 'durable':
        return state.answering.durable();
      case 'ask':
        return void answer(state, worker, message);
      case 'incident':
        return state.events.incident(message.text, message.trouble && errorOf(message.trouble));
      case 'wire':
        return state.events.wire(message.door, message.code);
      default:
        return message satisfies never;
    }
  });
  worker.once('exit', (code, signal) => {
    const was = state.open.delete(worker);
    opened.reject(new Failed('worker-start', `A worker process ended before its doors were open (${signal ?? code}).`));
    if (was && !state.stopping) void replace(state, signal ?? String(code));
  });
  return opened.promise;
}

/** Its connections are gone with it; senders connect again and are served by the others meanwhile. */
async function replace(state: State, how: string): Promise<void> {
  state.events.incident(`A worker process ended (${how}); another one takes its place.`);
  while (!state.stopping) {
    try {
      await begin(state);
      return;
    } catch (error) {
      if (!state.stopping) state.events.incident('A worker process could not be started; it is tried again.', error);
      await sleep(REPLACE_MS);
    }
  }
}

async function answer(state: State, worker: Worker, { id, ask }: { id: number; ask: Ask }): Promise<void> {
  try {
    send(worker, { kind: 'answer', id, value: await answerTo(state.answering, ask) });
  } catch (error) {
    send(worker, { kind: 'trouble', id, trouble: troubleOf(error) });
  }
}

function answerTo(answering: Answering, ask: Ask): Promise<Answer> {
  if (ask.what === 'source') return answering.source(ask.key, ask.like);
  return ask.what === 'plan'
    ? answering.plan(ask.receipt, ask.timeoutMs)
    : answering.settled(ask.receipt, ask.timeoutMs);
}

// One that has just died is found out by its exit, not by what could not be said to it.
function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}

async function stopAll(state: State): Promise<void> {
  state.stopping = true;
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  await Promise.all(workers.map(stopOne));
}

function stopOne(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) return resolve();
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), STOP_MS);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    send(worker, { kind: 'stop' });
  });
}
