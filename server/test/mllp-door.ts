// An MLLP door on an intake in memory, and a client that speaks bytes, for the tests of the door.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { settableClock } from '../src/base/clock.ts';
import { Failed } from '../src/base/errors.ts';
import type { ReceiptId, SourceKey } from '../src/base/ids.ts';
import { createFramer, type Envelope, envelopeOf, parse, splitBatch, text } from '../src/hl7v2/index.ts';
import { DEFAULT_CONNECTION, type MllpConnectionConfig, type MllpEvent, startMllp } from '../src/intake/mllp/index.ts';
import type { Admission, Delivery, Intake, ReceiptState, StateReason } from '../src/intake/types.ts';

export type Stored = { readonly delivery: Delivery; readonly admission: Admission };
export type FakeIntake = Intake & {
  readonly stored: Stored[];
  readonly commits: number[];
  down: boolean;
  /** How long a commit takes. */
  commitMs: number;
  /** What the pipeline makes of a receipt; `undefined` is not in time. */
  settle: (delivery: Delivery) => { state: ReceiptState; reasons: StateReason[] } | undefined;
};

/** Intake as the real one behaves: what comes together shares a commit, the same id and bytes are a duplicate. */
export function fakeIntake(): FakeIntake {
  const firsts = new Map<string, Stored>();
  let queue: (() => void)[] = [];
  const fake: FakeIntake = {
    stored: [],
    commits: [],
    down: false,
    commitMs: 0,
    settle: () => ({ state: 'applied', reasons: [] }),
    submit: (delivery) =>
      new Promise((resolve, reject) => {
        queue.push(() => {
          if (fake.down) reject(new Failed('database-unavailable', 'The database cannot be reached.'));
          else resolve(admit(fake, firsts, delivery));
        });
        if (queue.length > 1) return;
        setTimeout(() => {
          const batch = queue;
          queue = [];
          fake.commits.push(batch.length);
          for (const one of batch) one();
        }, fake.commitMs);
      }),
    settled: async (receipt) => {
      const found = fake.stored[receipt];
      assert.ok(found !== undefined);
      return { receipt, ...(fake.settle(found.delivery) ?? { state: 'received', reasons: [] }) };
    },
  };
  return fake;
}

function admit(fake: FakeIntake, firsts: Map<string, Stored>, delivery: Delivery): Admission {
  const receipt = fake.stored.length as ReceiptId;
  const key = `${delivery.source} ${delivery.deliveryKey}`;
  const first = delivery.deliveryKey === undefined ? undefined : firsts.get(key);
  const same = first !== undefined && Buffer.compare(first.delivery.bytes, delivery.bytes) === 0;
  const outcome = first === undefined ? 'received' : same ? 'duplicate' : 'conflict';
  const receivedAt = same ? first.admission.receivedAt : delivery.receivedAt;
  const admission: Admission = { receipt, outcome, original: first?.admission.receipt, receivedAt };
  const stored = { delivery: { ...delivery, bytes: Uint8Array.from(delivery.bytes) }, admission };
  fake.stored.push(stored);
  if (first === undefined) firsts.set(key, stored);
  return admission;
}

export type Answer = {
  readonly code: string;
  readonly controlId: string;
  readonly id: string;
  readonly bytes: Buffer;
  readonly err: string;
  /** The acknowledgements in a batch of them, whose code is `batch` and whose control id is BHS-12. */
  readonly parts: readonly Answer[];
};
export type Client = {
  readonly socket: Socket;
  send(...parts: (string | Uint8Array)[]): void;
  /** Waits for so many answers, and fails when there are more. */
  answers(count: number): Promise<readonly Answer[]>;
  /** The answers so far. */
  received(): readonly Answer[];
  closed(): Promise<void>;
};

export type Opened = {
  readonly intake: FakeIntake;
  readonly clock: ReturnType<typeof settableClock>;
  readonly events: MllpEvent[];
  readonly port: number;
  readonly kinds: () => string[];
  client(): Promise<Client>;
  /** Closes the listener with clients still there. */
  shutdown(): Promise<void>;
  close(): Promise<void>;
};

export async function openDoor(config: Partial<MllpConnectionConfig> = {}): Promise<Opened> {
  const intake = fakeIntake();
  const clock = settableClock('2026-03-02T07:15:00.000Z');
  const events: MllpEvent[] = [];
  const clients: Socket[] = [];
  const listener = await startMllp({
    listen: { host: '127.0.0.1', port: 0 },
    connection: { ...DEFAULT_CONNECTION, source: 'rxx-pas' as SourceKey, ...config },
    intake,
    sources: {
      resolve: async (application, facility) => `sender-${application}-${facility}`.toLowerCase() as SourceKey,
    },
    clock,
    events: (event) => events.push(event),
  });
  const { port } = listener.address;
  return {
    intake,
    clock,
    events,
    port,
    kinds: () => events.map(({ kind }) => kind),
    client: async () => {
      const socket = connect(port, '127.0.0.1');
      clients.push(socket);
      await once(socket, 'connect');
      return clientOf(socket);
    },
    shutdown: () => listener.close(2000),
    close: async () => {
      for (const socket of clients) socket.destroy();
      await listener.close(200);
    },
  };
}

function clientOf(socket: Socket): Client {
  const framer = createFramer({ sizeBytesMax: 1_000_000 });
  const got: Answer[] = [];
  let wake: () => void = () => undefined;
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    for (const event of framer.push(chunk)) {
      assert.equal(event.kind, 'frame');
      if (event.kind === 'frame') got.push(answerOf(Buffer.from(event.bytes)));
    }
    wake();
  });
  socket.on('error', () => wake());
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const until = async (met: () => boolean) => {
    const late = Date.now() + 10_000;
    while (!met() && Date.now() < late) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 50);
      });
    }
  };
  return {
    socket,
    send: (...parts) => {
      for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    },
    answers: async (count) => {
      await until(() => got.length >= count || isClosed);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(got.length, count, 'number of answers');
      return got;
    },
    received: () => got,
    closed: async () => {
      await until(() => isClosed);
      assert.ok(isClosed, 'is closed');
    },
  };
}

function answerOf(bytes: Buffer): Answer {
  const envelope = envelopeOf(bytes);
  if (envelope !== undefined) return batchAnswerOf(bytes, envelope);
  const parsed = parse(bytes);
  assert.ok(parsed.ok, 'an answer is readable');
  const { message } = parsed;
  const msa = message.first('MSA');
  const err = bytes
    .toString('latin1')
    .split('\r')
    .filter((line) => line.startsWith('ERR'))
    .join('\n');
  return { code: text(msa, 1), controlId: text(msa, 2), id: text(message.first('MSH'), 10), bytes, err, parts: [] };
}

function batchAnswerOf(bytes: Buffer, { reference, controlId }: Envelope): Answer {
  const split = splitBatch(bytes);
  assert.ok(split.ok);
  assert.deepEqual(split.findings, [], 'a batch of answers is whole, and its count is right');
  const parts = split.messages.map(({ start, end }) => answerOf(bytes.subarray(start, end)));
  return { code: 'batch', controlId: reference, id: controlId, bytes, err: '', parts };
}

export const framed = (content: string): string => `\x0b${content}\x1c\r`;

/** An ADT A08 with this control id. `more` follows MSH-12; `patient` is PID-3. */
export function adt(id: string, more = '', patient = '123'): string {
  return `MSH|^~\\&|PAS|RXX|VOUCH|RYY|20260302071500||ADT^A08^ADT_A01|${id}|P|2.5.1${more}\rEVN||20260302071500\rPID|1||${patient}^^^RXX^PI||Testpatient^Ann||19850715|F\r`;
}
