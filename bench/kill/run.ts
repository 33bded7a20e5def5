// The run: cycles of feeding, killing and recovering, with a full check every few cycles and at the end.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../server/src/testkit/people/index.ts';
import { check, type Found, type Notebook } from './check.ts';
import { Operator, type Victim } from './operator.ts';
import { type Senders, startSenders } from './world.ts';

export type KillOptions = {
  readonly cycles: number;
  readonly seed: number;
  /** A full check after so many cycles; there is always one at the end. */
  readonly checkEvery: number;
  readonly tell: (line: string) => void;
};
export type KillSummary = {
  readonly seed: number;
  readonly cycles: number;
  readonly kills: { readonly [victim in Victim | 'starting' | 'nobody']: number };
  readonly acknowledged: { readonly [door: string]: number };
  readonly resent: number;
  readonly checkpoints: number;
  readonly size: number;
  readonly states: { readonly [state: string]: number };
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  readonly seconds: number;
};

const FEED_MIN_MS = 150;
const FEED_MAX_MS = 1_600;
const STARTING_MAX_MS = 1_200;
const STARTING_SHARE = 0.12;
const PAUSE_MAX_MS = 300;
const AIM_MS = 1_000;
const AIM_SPREAD_MS = 25;
const DRAIN_TIMEOUT_MS = 180_000;
const POLL_MS = 50;
const VICTIMS: readonly (readonly [Victim, number])[] = [
  ['server', 9],
  ['postgres', 7],
  ['both', 3],
  ['backend', 2],
];

type Run = {
  readonly options: KillOptions;
  readonly random: Random;
  readonly operator: Operator;
  readonly senders: Senders;
  readonly notebook: Notebook;
  readonly kills: { [victim in Victim | 'starting' | 'nobody']: number };
  readonly recoveriesMs: number[];
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
    random: seededRandom(`kill ${options.seed}`),
    senders: startSenders(operator, options.seed),
    notebook: { key: undefined, checkpoints: new Set() },
    kills: { server: 0, postgres: 0, both: 0, backend: 0, starting: 0, nobody: 0 },
    recoveriesMs: [],
    last: { problems: [], size: 0, states: {} },
  };
  try {
    for (let count = 1; count <= options.cycles; count += 1) {
      await attack(run);
      if (count % options.checkEvery === 0 || count === options.cycles) await settle(run, count);
    }
  } finally {
    await run.senders.end();
  }
  return run;
}

/** Feeds for a random while, notes what the ledger has signed, kills, and waits until the server is ready again. */
async function attack(run: Run): Promise<void> {
  const { random, operator, senders, kills } = run;
  await sleep(random.between(FEED_MIN_MS, FEED_MAX_MS));
  await keepCheckpoint(run);
  const victim = random.weighted(VICTIMS);
  const starting = random.chance(STARTING_SHARE);
  // The moment is what counts. Half of the kills fall while a delivery is under way, a few milliseconds after it was sent.
  await sleep(random.below(PAUSE_MAX_MS));
  if (random.chance(0.5)) {
    const until = performance.now() + AIM_MS;
    while (senders.underWay.count === 0 && performance.now() < until) await nextTurn();
    await sleep(random.below(AIM_SPREAD_MS));
  }
  kills[await operator.kill(victim)] += 1;
  const killedAt = performance.now();
  if (victim === 'server' || victim === 'both') {
    operator.launch();
    if (starting) {
      await sleep(random.below(STARTING_MAX_MS));
      await operator.kill(random.chance(0.5) ? 'server' : 'both');
      kills.starting += 1;
      operator.launch();
    }
  }
  await operator.ready();
  run.recoveriesMs.push(performance.now() - killedAt);
}

async function keepCheckpoint({ operator, notebook }: Run): Promise<void> {
  notebook.key ??= (await (await operator.get('/api/v1/ledger/key')).text()).trim();
  const answer = await operator.get('/api/v1/ledger/checkpoint');
  if (answer.status === 200) notebook.checkpoints.add(await answer.text());
}

/** Holds the senders, lets the pipeline finish, and compares everything. */
async function settle(run: Run, count: number): Promise<void> {
  const { operator, senders, notebook, options } = run;
  await withLimit(
    senders.gate.close(),
    () => `no answer for ${senders.gate.busy.join(', ')}; ${senders.journal.problems.join('; ')}`,
  );
  await withLimit(planned(operator), () => 'receipts are left that nobody plans');
  run.last = await check(operator, senders.journal, notebook);
  const { problems, states, size } = run.last;
  if (problems.length > 0)
    throw new Error(
      `seed ${options.seed}, cycle ${count}:\n${problems.join('\n')}\ndata: ${operator.data}\n${operator.lines.join('\n')}`,
    );
  const { acknowledged, resent } = senders.journal;
  options.tell(
    `cycle ${count} of ${options.cycles}: ${acknowledged.length} acknowledged, ${resent} sent again, ledger of ${size}, ${JSON.stringify(states)}: all holds`,
  );
  senders.gate.open();
}

async function planned(operator: Operator): Promise<void> {
  while ((await operator.books()).total.states.received > 0) await sleep(POLL_MS);
}

async function withLimit(work: Promise<void>, what: () => string): Promise<void> {
  const ending = new AbortController();
  const late = sleep(DRAIN_TIMEOUT_MS, 'late', { signal: ending.signal }).catch(() => 'done');
  const first = await Promise.race([work, late]);
  ending.abort();
  if (first === 'late') throw new Error(what());
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
    seconds: Math.round(seconds),
  };
}
