// The sender: MLLP connections that each send distinct ADT messages and wait for their acknowledgements. A process of its own.
// Started by bench/intake.ts with one JSON argument; prints one JSON line when done.
import { connect, type Socket } from 'node:net';
import { adtStream } from '../../server/src/testkit/morning/index.ts';

export type LoadRequest = {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly messages: number;
  /** Messages of one connection that may wait for their acknowledgement. */
  readonly window: number;
  /** Messages a second over all connections; 0: as fast as they are acknowledged. */
  readonly rate: number;
  readonly patients: number;
  /** Messages that were sent before: the stream goes on after them. */
  readonly skip: number;
  readonly changes: 'usual' | 'always';
  /** True: whoever is discharged is followed by somebody new. */
  readonly turnover: boolean;
};
export type LoadResult = {
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

type Lane = { readonly socket: Socket; readonly sentAt: number[]; received: string };
type Run = {
  readonly request: LoadRequest;
  readonly next: () => Buffer | undefined;
  readonly latencies: number[];
  refused: number;
  bytes: number;
};

const END_BLOCK = '\x1c\r';

export async function load(request: LoadRequest): Promise<LoadResult> {
  const { patients, skip, changes, turnover } = request;
  const stream = adtStream(7, { patients, skip, changes, turnover });
  let left = request.messages;
  const next = () => {
    if (left === 0) return undefined;
    left -= 1;
    return Buffer.from(`\x0b${stream.next().value.text}${END_BLOCK}`, 'latin1');
  };
  const run: Run = { request, next, latencies: [], refused: 0, bytes: 0 };
  const began = performance.now();
  await Promise.all(Array.from({ length: request.connections }, (_, index) => lane(run, index)));
  const sorted = run.latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    acknowledged: sorted.length - run.refused,
    refused: run.refused,
    seconds: (performance.now() - began) / 1_000,
    bytes: run.bytes,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function lane(run: Run, index: number): Promise<void> {
  const { host, port, rate, connections } = run.request;
  const one: Lane = { socket: connect({ host, port, noDelay: true }), sentAt: [], received: '' };
  return new Promise((resolve, reject) => {
    one.socket.on('error', reject);
    one.socket.on('close', () => resolve());
    one.socket.on('data', (chunk: Buffer) => {
      take(run, one, chunk.toString('latin1'));
      if (rate === 0) fill(run, one);
    });
    one.socket.on('connect', () =>
      rate === 0
        ? fill(run, one)
        : pace(run, one, { everyMs: (1_000 * connections) / rate, offsetMs: (1_000 * index) / rate }),
    );
  });
}

function fill(run: Run, one: Lane): void {
  while (one.sentAt.length < run.request.window) if (!sendNext(run, one)) break;
  if (one.sentAt.length === 0) one.socket.end();
}

// Open loop: a message is due at its time whether or not the one before was answered, so a stall shows in what follows it.
function pace(run: Run, one: Lane, { everyMs, offsetMs }: { everyMs: number; offsetMs: number }): void {
  let due = performance.now() + offsetMs;
  const tick = () => {
    while (performance.now() >= due) {
      if (!sendNext(run, one, due)) {
        one.socket.end();
        return;
      }
      due += everyMs;
    }
    setTimeout(tick, Math.max(0, due - performance.now()));
  };
  tick();
}

function sendNext(run: Run, one: Lane, due = performance.now()): boolean {
  const frame = run.next();
  if (frame === undefined) return false;
  run.bytes += frame.length;
  one.sentAt.push(due);
  one.socket.write(frame);
  return true;
}

function take(run: Run, one: Lane, text: string): void {
  one.received += text;
  for (let end = one.received.indexOf(END_BLOCK); end >= 0; end = one.received.indexOf(END_BLOCK)) {
    const answer = one.received.slice(0, end);
    one.received = one.received.slice(end + END_BLOCK.length);
    run.latencies.push(performance.now() - (one.sentAt.shift() ?? 0));
    if (!answer.includes('MSA|AA')) run.refused += 1;
  }
}

if (import.meta.main) {
  const result = await load(JSON.parse(process.argv[2] ?? '{}') as LoadRequest);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
