// npm run bench:intake: how fast messages are acknowledged and applied, beside what the same PostgreSQL does with the bytes alone.
// --messages N (20000) for the throughput part; --long goes to 500,000 receipts to see whether the cost of a message stays flat, of patients
// who come and go: a bed is never left and taken again by the same person.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openDb } from '../server/src/base/db.ts';
import { startTemporary } from '../server/src/testkit/database.ts';
import type { LoadRequest, LoadResult } from './intake/load.ts';
import { rawInserts } from './intake/raw.ts';
import { cpuMsOf, memoryOf } from './machine.ts';
import { type ServerUnderTest, startUnderTest } from './server.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    long: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const MESSAGES = Number(values.messages);
const CONNECTIONS = 8;
/** A large hospital has about a thousand beds; people come and go, and most messages update somebody who is there. */
const PATIENTS = 2_000;
const PACED_RATE = 50;
const PACED_MESSAGES = 1_000;
const LONG_TOTAL = 500_000;
const LONG_STEP = 10_000;
const POLL_MS = 50;

/** The one stream that all parts send: each goes on where the one before ended. */
let sent = 0;
const figures: Record<string, number> = {};
const tell = (name: string, value: number, unit: string) => {
  figures[name] = Math.round(value * 100) / 100;
  if (!values.json) process.stdout.write(`${name.padEnd(62)} ${figures[name]} ${unit}\n`);
};

const raw = await withRaw();
const server = await startUnderTest();
try {
  await paced(server, '');
  await stored(server);
  await paced(server, ', after a burst');
  await applied(server);
  if (values.long) await flat(server);
  const memory = memoryOf(server.pid);
  if (memory !== undefined) tell('server resident memory, peak', memory.peakMb, 'MB');
} finally {
  await server.stop();
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);

async function withRaw(): Promise<number> {
  const { embedded, remove } = await startTemporary();
  const db = openDb({ ...embedded });
  try {
    const rate = await rawInserts(db, MESSAGES, CONNECTIONS);
    tell('reference: raw 100-row inserts of the same bytes', rate, 'messages/s');
    return rate;
  } finally {
    await db.close();
    await embedded.stop();
    remove();
  }
}

async function stored(on: ServerUnderTest): Promise<void> {
  for (const window of [1, 16]) {
    const result = await send(on, { messages: MESSAGES, window, rate: 0 });
    const rate = result.acknowledged / result.seconds;
    tell(`acknowledged as stored, 8 connections, window ${window}`, rate, 'messages/s');
    tell(`  p99 from last byte to acknowledgement, window ${window}`, result.p99Ms, 'ms');
    tell(`  share of the reference, window ${window}`, rate / raw, '×');
    if (result.refused > 0) throw new Error(`${result.refused} messages were refused`);
    await settled(on);
  }
}

/** At the pace of a busy hospital; `when` says what came before. A server just started compiles its code first, so some go ahead. */
async function paced(on: ServerUnderTest, when: string): Promise<void> {
  if (sent === 0) await send(on, { messages: PACED_MESSAGES, window: 1, rate: 0 });
  await settled(on);
  const result = await send(on, { messages: PACED_MESSAGES, window: 0, rate: PACED_RATE });
  tell(`acknowledgement at ${PACED_RATE} messages/s, p50${when}`, result.p50Ms, 'ms');
  tell(`acknowledgement at ${PACED_RATE} messages/s, p99${when}`, result.p99Ms, 'ms');
  await settled(on);
}

/** From the first byte sent until every message is applied: intake and pipeline together. */
async function applied(on: ServerUnderTest): Promise<void> {
  const parts = [
    ['usual', 'applied end to end, 8 connections'],
    ['always', 'applied end to end, where every message changes the patient'],
  ] as const;
  for (const [changes, name] of parts) {
    const began = performance.now();
    await send(on, { messages: MESSAGES, window: 16, rate: 0, changes });
    await settled(on);
    const rate = MESSAGES / ((performance.now() - began) / 1_000);
    tell(name, rate, 'messages/s');
    tell('  share of the reference', rate / raw, '×');
  }
}

/**
 * What a message costs in steps up to 500,000 receipts; the last steps against the first. On Linux in time spent on processors, by the
 * server and PostgreSQL together, which other work on the machine disturbs little; elsewhere in time on the clock.
 */
async function flat(on: ServerUnderTest): Promise<void> {
  const costs: number[] = [];
  const spent = () => cpuMsOf(on.pid) ?? performance.now();
  for (let total = (await on.books()).total.received; total < LONG_TOTAL; total += LONG_STEP) {
    const began = spent();
    await send(on, { messages: LONG_STEP, window: 16, rate: 0 });
    await settled(on);
    costs.push((spent() - began) / LONG_STEP);
    if (costs.length % 5 === 1) tell(`  ms a message at ${total} receipts`, costs.at(-1) ?? 0, 'ms');
  }
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  tell('cost at 500,000 receipts against cost at the start', mean(costs.slice(-5)) / mean(costs.slice(0, 5)), '×');
}

/** Until nothing waits to be planned; then the books must balance. They are counted once, for counting costs time of its own. */
async function settled(on: ServerUnderTest): Promise<void> {
  while (await on.plansWait()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const { total } = await on.books();
  if (total.residual !== 0) throw new Error('the books do not balance');
  if (total.states.applied !== total.received)
    throw new Error(
      `of ${total.received} messages only ${total.states.applied} were applied: this measures the wrong thing`,
    );
}

function send(
  on: ServerUnderTest,
  part: Pick<LoadRequest, 'messages' | 'window' | 'rate'> & { readonly changes?: LoadRequest['changes'] },
): Promise<LoadResult> {
  const request: LoadRequest = {
    ...on.mllp,
    ...{ connections: CONNECTIONS, patients: PATIENTS, skip: sent, changes: 'usual', turnover: values.long },
    ...part,
  };
  sent += part.messages;
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [new URL('./intake/load.ts', import.meta.url).pathname, JSON.stringify(request)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('exit', (code) =>
      code === 0 ? resolve(JSON.parse(out) as LoadResult) : reject(new Error(`the sender ended with ${code}`)),
    );
  });
}
