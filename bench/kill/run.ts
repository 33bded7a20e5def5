// The run: cycles of feeding, killing and recovering, with a check every few cycles and a full one now and then and at the end.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../server/src/base/db.ts';
import { type Random, seededRandom } from '../../server/src/testkit/people/index.ts';
import { check, type Found, type Notebook, openNotebook } from './check.ts';
import { Operator } from './operator.ts';
import { type Aim, count, type Histogram, look, openObserver } from './phases.ts';
import { type Hit, strike, type Victim } from './strike.ts';
import { type Senders, startSenders } from './world.ts';

export type KillOptions = {
  readonly cycles: number;
  readonly seed: number;
  /** A check of what came since the last one after so many cycles; every fifth, and the one at the end, is of everything. */
  readonly checkEvery: number;
  readonly tell: (line: string) => void;
};
export type KillSummary = {
  readonly seed: number;
  readonly cycles: number;
  /** By victim, and by what it was in the middle of. */
  readonly kills: Histogram;
  readonly acknowledged: { readonly [door: string]: number };
  readonly resent: number;
  readonly checkpoints: number;
  readonly size: number;
  readonly states: { readonly [state: string]: number };
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  /** Of one cycle: feeding, killing and recovering; the checks come on top. */
  readonly cycleMs: number;
  readonly seconds: number;
};

const FEED_MIN_MS = 20;
const FEED_MAX_MS = 700;
const STARTING_MAX_MS = 800;
/** Of the kills that bring the server down, this share is followed by another while it starts, and that one again. */
const STARTING_SHARE = 0.3;
const DRAIN_TIMEOUT_MS = 180_000;
const POLL_MS = 25;
const LAUNCHES_MAX = 3;
const FULL_EVERY = 5;
const VICTIMS: readonly (readonly [Victim, number])[] = [
  ['server', 6],
  ['postgres', 4],
  ['cluster', 2],
  ['backend', 2],
  ['both', 3],
  ['everything', 3],
];
const STARTING_VICTIMS: readonly (readonly [Victim, number])[] = [
  ['server', 4],
  ['both', 2],
  ['everything', 2],
  ['postgres', 1],
  ['cluster', 1],
];
/** Half of the kills fall at any moment. The others wait for one that is short, and so would hardly ever be hit. */
const AIMS: readonly (readonly [Aim | undefined, number])[] = [
  [undefined, 6],
  [{ writer: 'intake', commit: false }, 1],
  [{ writer: 'intake', commit: true }, 1],
  [{ writer: 'pipeline', commit: false }, 1],
  [{ writer: 'pipeline', commit: true }, 2],
  [{ writer: 'sealing', commit: true }, 1],
];

type Run = {
  readonly options: KillOptions;
  readonly random: Random;
  readonly operator: Operator;
  readonly observer: Db;
  readonly senders: Senders;
  readonly notebook: Notebook;
  readonly kills: Histogram;
  readonly recoveriesMs: number[];
  readonly cyclesMs: number[];
  last: Found;
};

/** Runs all cycles. Throws at the first check that finds something, and then leaves the data directory as it is. */
export async function killRepeatedly(options: KillOptions): Promise<KillSummary> {
  const began = performance.now();
  const operator = new Operator();
  try {
    operator.launch();
    await operator.ready();
    const run = await cycle(operator, options);
    const code = await operator.stop();
    if (code !== 0)
      throw new Error(`the server ended with ${code} when it was told to stop\n${operator.lines.join('\n')}`);
    if (operator.postmaster() !== undefined) throw new Error('PostgreSQL still runs after the server was told to stop');
    operator.remove();
    return summaryOf(run, (performance.now() - began) / 1_000);
  } finally {
    await operator.end();
  }
}

async function cycle(operator: Operator, options: KillOptions): Promise<Run> {
  const run: Run = {
    options,
    operator,
    observer: openObserver(operator.socket()),
    random: seededRandom(`kill ${options.seed}`),
    senders: startSenders(operator, options.seed),
    notebook: openNotebook(),
    kills: {},
    recoveriesMs: [],
    cyclesMs: [],
    last: { problems: [], size: 0, states: {} },
  };
  try {
    for (let done = 1; done <= options.cycles; done += 1) {
      const began = performance.now();
      await attack(run);
      run.cyclesMs.push(performance.now() - began);
      if (done % options.checkEvery === 0 || done === options.cycles) await settle(run, done);
    }
  } finally {
    await run.senders.end();
    await run.observer.close();
  }
  return run;
}

/** Feeds for a random while, notes what the ledger has signed, kills, and waits until the server is ready again. */
async function attack(run: Run): Promise<void> {
  const { random, operator, observer } = run;
  const feedMs = random.between(FEED_MIN_MS, FEED_MAX_MS);
  const [victim, aim] = [random.weighted(VICTIMS), random.weighted(AIMS)];
  await keepCheckpoint(run);
  // The first look on a new PostgreSQL makes a connection, which is slow: not what a kill should wait for.
  await look(observer);
  await sleep(feedMs);
  const postmaster = operator.postmaster();
  let hit = await hitNow(run, victim, aim);
  const killedAt = performance.now();
  while (hit.victim !== 'backend' && hit.victim !== 'nobody') {
    if (operator.server === undefined) operator.launch();
    if (!random.chance(STARTING_SHARE)) break;
    await sleep(random.below(STARTING_MAX_MS));
    hit = await hitNow(run, random.weighted(STARTING_VICTIMS), undefined);
  }
  await recovered(run, hit.victim === 'backend' || hit.victim === 'nobody' ? undefined : postmaster);
  run.recoveriesMs.push(performance.now() - killedAt);
}

async function hitNow({ operator, observer, random, kills }: Run, victim: Victim, aim: Aim | undefined): Promise<Hit> {
  const hit = await strike({ operator, observer, random, victim, aim });
  if (hit.victim !== 'nobody') count(kills, hit.victim, hit.phases);
  return hit;
}

/** Ready means on another PostgreSQL, where that was killed: the connections of the old one may answer for a moment longer. */
async function recovered({ operator }: Run, killed: number | undefined): Promise<void> {
  for (let launches = 0; ; launches += 1) {
    while (operator.server !== undefined && (operator.postmaster() ?? killed) === killed) await sleep(POLL_MS);
    if (await operator.comesUp()) return;
    if (launches === LAUNCHES_MAX) throw new Error(`the server does not come up\n${operator.lines.join('\n')}`);
    // PostgreSQL was killed while the server started on it: that start ends, and says why. Whoever watches over it starts it again.
    operator.launch();
  }
}

async function keepCheckpoint({ operator, notebook }: Run): Promise<void> {
  notebook.key ??= (await (await operator.get('/api/v1/ledger/key')).text()).trim();
  const answer = await operator.get('/api/v1/ledger/checkpoint');
  if (answer.status === 200) notebook.checkpoints.add(await answer.text());
}

/** Holds the senders, lets the pipeline finish, and compares everything. */
async function settle(run: Run, done: number): Promise<void> {
  const { operator, senders, notebook, options } = run;
  await withLimit(
    senders.gate.close(),
    () => `no answer for ${senders.gate.busy.join(', ')}; ${senders.journal.problems.join('; ')}`,
  );
  await withLimit(planned(operator), () => 'receipts are left that nobody plans');
  const full = done === options.cycles || done % (FULL_EVERY * options.checkEvery) === 0;
  run.last = await check({ operator, journal: senders.journal, notebook, full });
  const { problems, states, size } = run.last;
  if (problems.length > 0)
    throw new Error(
      `seed ${options.seed}, cycle ${done}:\n${problems.join('\n')}\ndata: ${operator.data}\n${operator.lines.join('\n')}`,
    );
  const { acknowledged, resent } = senders.journal;
  options.tell(
    `cycle ${done} of ${options.cycles}: ${acknowledged.length} acknowledged, ${resent} sent again, ledger of ${size}, ${JSON.stringify(states)}: ${full ? 'all' : 'what came since'} holds`,
  );
  senders.gate.open();
}

async function planned(operator: Operator): Promise<void> {
  while ((await operator.books()).total.states.received > 0) await sleep(POLL_MS);
}

function withLimit(work: Promise<void>, what: () => string): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(what())), DRAIN_TIMEOUT_MS);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function summaryOf(run: Run, seconds: number): KillSummary {
  const { options, senders, notebook, kills, recoveriesMs, last } = run;
  const acknowledged: { [door: string]: number } = {};
  for (const { door } of senders.journal.acknowledged) acknowledged[door] = (acknowledged[door] ?? 0) + 1;
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  return {
    seed: options.seed,
    cycles: options.cycles,
    kills,
    acknowledged,
    resent: senders.journal.resent,
    checkpoints: notebook.checkpoints.size,
    size: last.size,
    states: last.states,
    recoveryMs: {
      median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
      longest: Math.round(sorted.at(-1) ?? 0),
    },
    cycleMs: Math.round(run.cyclesMs.reduce((sum, one) => sum + one, 0) / Math.max(1, run.cyclesMs.length)),
    seconds: Math.round(seconds),
  };
}
