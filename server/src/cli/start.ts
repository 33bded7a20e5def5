// vouch start: the server. Told nothing, it opens the demo's doors and, on a fresh store, plays the demo.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureConsoleBuilt } from '../../../console/build.ts';
import { settableClock, systemClock } from '../base/clock.ts';
import { Failed, Refused } from '../base/errors.ts';
import { jsonEvents } from '../base/events.ts';
import { randomSalts, seededSalts } from '../ledger/index.ts';
import { isUsed, type Running, type ServerOptions, startServer } from '../main.ts';
import {
  assertLoopback,
  type Config,
  EMPTY_CONFIG,
  type MllpDoor,
  readAddress,
  readConfig,
} from '../operate/config.ts';
import { generateMorning } from '../testkit/morning/index.ts';
import { CAST_SIZE } from '../testkit/people/index.ts';
import { demoConfig } from './start/demo-doors.ts';
import { playMorning } from './start/play-morning.ts';
import { progressBar } from './start/progress.ts';
import { addressesText, summaryText } from './start/summary.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch start [--data DIR] [--http HOST:PORT] [--mllp HOST:PORT[=SOURCE]]… [--config vouch.yaml] [--database-url URL]
            [--processes N] [--no-demo]

Starts the server. Told nothing, it uses ./data with the embedded PostgreSQL, opens the demo's doors, and on a fresh
store plays the demo: a messy hospital morning.

  --data DIR          where the store and the ledger's key live (./data)
  --http HOST:PORT    the FHIR and operations API and the console (127.0.0.1:8420)
  --mllp HOST:PORT    an MLLP listener; =SOURCE says who sends, without it MSH-3 and MSH-4 do. May be given again
  --config FILE       sources, listeners and watched folders (see vouch.example.yaml)
  --database-url URL  a PostgreSQL of your own, 14 to 18, instead of the embedded one
  --processes N       processes that serve HTTP and MLLP on the same ports (1); the demo needs one
  --no-demo           play nothing and open only what you name
  --seed N            the demo's seed (1)
  --people N          how many people the demo has (300)

When every door is open it prints one JSON line with "event":"ready" and the addresses. Ctrl-C stops it in order.`;

const HTTP_DEFAULT = '127.0.0.1:8420';
const MLLP_PORT_DEFAULT = 2575;
const PROCESSES_MAX = 16;
const DATE = '2026-03-02';

type Options = ReturnType<typeof parse>;

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: 'string', default: 'data' },
        http: { type: 'string', default: HTTP_DEFAULT },
        mllp: { type: 'string', multiple: true, default: [] },
        config: { type: 'string' },
        'database-url': { type: 'string' },
        processes: { type: 'string', default: '1' },
        'no-demo': { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        people: { type: 'string', default: '300' },
      },
    });
    return values;
  } catch (error) {
    throw new Refused('usage', `${error instanceof Error ? error.message : 'bad arguments'}\n${usage}`);
  }
}

export const start: Command = {
  name: 'start',
  summary: 'start the server; on a fresh store, play the demo',
  usage,
  run,
};

async function run(args: string[], io: CommandIo): Promise<number> {
  const options = parse(args);
  const told = options['no-demo'] || options.config !== undefined || options.mllp.length > 0;
  const clock = switchable();
  const events = jsonEvents((line) => io.stdout.write(line), clock);
  const stopping = stopSignal();
  const demo = !told && !isUsed(path.resolve(options.data));
  const seed = Number(options.seed);
  if (demo && !(Number(options.people) >= CAST_SIZE)) {
    throw new Refused('usage', `--people takes a number from ${CAST_SIZE}: that many have a part in the stories.`);
  }
  const processes = processesOf(options.processes, demo);
  if (demo) clock.simulate(`${DATE}T00:00:00.000Z`);
  const salts = { next: demo ? seededSalts(options.seed) : randomSalts() };
  const http = readAddress(options.http, '--http');
  assertLoopback(http.host, '--http');
  const serverOptions: ServerOptions = {
    data: path.resolve(options.data),
    databaseUrl: options['database-url'],
    http,
    processes,
    config: configOf(options, told),
    clock,
    salts: () => salts.next(),
    ...(demo ? { secret: createHash('sha256').update(`vouch demo ${seed}`).digest() } : {}),
    console: await ensureConsoleBuilt(),
    events,
  };
  const running = await startServer(serverOptions);
  try {
    if (demo && running.fresh)
      await playDemo(running, {
        io,
        clock,
        seed,
        people: Number(options.people),
        stopped: () => stopping.why !== undefined,
      });
    clock.real();
    salts.next = randomSalts();
    // A later start has no summary; whoever watches a terminal is told where to look.
    if (!demo && io.stderr.isTTY === true) io.stderr.write(addressesText(running));
    if (stopping.why === undefined) events.ready(running.addresses);
    events.stopping(await stopping.wait);
  } finally {
    await running.stop();
    events.stopped();
  }
  return 0;
}

/** The demo plays on a clock of its own, which other processes do not have. */
function processesOf(given: string, demo: boolean): number {
  const processes = Number(given);
  if (!Number.isInteger(processes) || processes < 1 || processes > PROCESSES_MAX)
    throw new Refused('usage', `--processes takes a number from 1 to ${PROCESSES_MAX}.`);
  if (demo && processes > 1)
    throw new Refused('usage', 'The demo plays in one process. Add --no-demo, or leave --processes out.');
  return processes;
}

async function playDemo(
  running: Running,
  demo: { io: CommandIo; clock: ReturnType<typeof switchable>; seed: number; people: number; stopped: () => boolean },
): Promise<void> {
  const morning = generateMorning({ seed: demo.seed, people: demo.people, date: DATE });
  const bar = progressBar(demo.io.stderr, morning.deliveries.length, 'a messy hospital morning');
  const played = await playMorning(running, morning, {
    setClock: demo.clock.simulate,
    progress: bar.update,
    stopped: demo.stopped,
  });
  if (demo.stopped()) {
    demo.io.stderr.write('\nThe demo was stopped. Its data stays; for a whole one, start with another --data DIR.\n');
    return;
  }
  bar.finish();
  demo.io.stdout.write(await summaryText(running, morning, played));
}

function configOf(options: Options, told: boolean): Config {
  // Told to take any free port for HTTP, it takes any for MLLP too.
  if (!told) return demoConfig(path.resolve(options.data), options.http.endsWith(':0') ? 0 : MLLP_PORT_DEFAULT);
  const fromFile = options.config === undefined ? EMPTY_CONFIG : readConfig(readFile(options.config));
  const mllp = [...fromFile.mllp, ...options.mllp.map(mllpDoor)];
  for (const door of mllp) assertLoopback(door.host, 'mllp');
  return { ...fromFile, mllp };
}

function mllpDoor(text: string): MllpDoor {
  const [address = '', source] = text.split('=');
  return { ...readAddress(address, '--mllp'), source, ack: {} };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failed('config-file', `The configuration ${file} cannot be read. Check its path.`, { cause: error });
  }
}

/** The demo's time stands where its deliveries are; afterwards it is the machine's. */
function switchable() {
  const simulated = settableClock('1970-01-01T00:00:00Z');
  let current: { now: typeof systemClock.now } = systemClock;
  return {
    now: () => current.now(),
    simulate: (at: string) => {
      simulated.set(at);
      current = simulated;
    },
    real: () => {
      current = systemClock;
    },
  };
}

function stopSignal(): { readonly wait: Promise<string>; why: string | undefined } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const state: { wait: Promise<string>; why: string | undefined } = { wait: promise, why: undefined };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      state.why = signal;
      resolve(signal);
    });
  }
  // Started through another process (server/bin/vouch.mjs): its end is ours.
  process.on('disconnect', () => {
    state.why = 'disconnect';
    resolve('disconnect');
  });
  process.channel?.unref();
  return state;
}
