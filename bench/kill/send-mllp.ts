// The MLLP sender: bursts of messages on one connection, many frames at once, and again whatever was not acknowledged.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamedAdt } from '../../server/src/testkit/morning/adt-stream.ts';
import type { Random } from '../../server/src/testkit/people/random.ts';
import type { World } from './world.ts';

const WINDOW = 8;
const ANSWER_TIMEOUT_MS = 15_000;
const RETRY_MS = 50;
const END_BLOCK = '\x1c\r';
const SOURCE = 'pas';

type Line = { socket: Socket; received: string; wake: () => void };

export type Mllp = { readonly promise: 'stored' | 'processed'; readonly stream: Iterator<StreamedAdt> };

/** Sends until the world ends. Messages of one patient always come on the same connection, in order. */
export async function sendMllp(world: World, { promise, stream }: Mllp, random: Random): Promise<void> {
  let line: Line | undefined;
  while (await world.next()) {
    let waiting = Array.from({ length: random.between(1, WINDOW) }, () => stream.next().value as StreamedAdt);
    while (waiting.length > 0 && !world.isOver()) {
      line ??= await open(world, promise);
      if (line !== undefined) {
        waiting = await burst(world, line, waiting);
        if (waiting.length === 0) break;
        // An answer that did not come, or asks to send again: what follows on this connection can no longer be told apart.
        line.socket.destroy();
        line = undefined;
        world.journal.resent += waiting.length;
      }
      await sleep(RETRY_MS);
    }
  }
  line?.socket.destroy();
}

async function open(world: World, promise: Mllp['promise']): Promise<Line | undefined> {
  const at = world.operator.addresses?.[promise];
  if (at === undefined) return undefined;
  const socket = connect({ host: at.host, port: at.port, noDelay: true });
  const line: Line = { socket, received: '', wake: () => undefined };
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!opened) return undefined;
  socket.on('error', () => line.wake());
  socket.on('close', () => line.wake());
  socket.on('data', (chunk: Buffer) => {
    line.received += chunk.toString('latin1');
    line.wake();
  });
  return line;
}

/** Sends all, takes answers until none is missing or no more can come, and returns what was not acknowledged. */
async function burst(world: World, line: Line, messages: readonly StreamedAdt[]): Promise<StreamedAdt[]> {
  line.socket.write(Buffer.from(messages.map(({ text }) => `\x0b${text}${END_BLOCK}`).join(''), 'latin1'));
  const until = performance.now() + ANSWER_TIMEOUT_MS;
  const waiting = [...messages];
  while (waiting.length > 0) {
    const end = line.received.indexOf(END_BLOCK);
    if (end >= 0) {
      const answer = line.received.slice(0, end);
      line.received = line.received.slice(end + END_BLOCK.length);
      const [first] = waiting;
      if (first === undefined || !take(world, answer, first)) return waiting;
      waiting.shift();
    } else if (line.socket.destroyed || performance.now() > until) return waiting;
    else await more(line);
  }
  return waiting;
}

function more(line: Line): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ANSWER_TIMEOUT_MS / 10);
    line.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** True when the answer acknowledges this message. */
function take(world: World, answer: string, message: StreamedAdt): boolean {
  const [, code, controlId] = /\rMSA\|([A-Z]{2})\|([^|\r]*)/.exec(answer) ?? [];
  if (controlId !== message.controlId)
    world.journal.problems.push(`mllp: the answer to ${message.controlId} names ${controlId}`);
  // AE asks to send again: the store was away. Anything else refuses what is well-formed.
  else if (code !== 'AA' && code !== 'AE') world.journal.problems.push(`mllp: ${controlId} was refused with ${code}`);
  if (code !== 'AA') return false;
  const hash = createHash('sha256').update(message.text, 'latin1').digest('hex');
  const key = `RXX-PAS|RXX|${message.controlId}`;
  world.journal.add({ door: 'mllp', source: SOURCE, key, receipt: undefined, hash, again: false });
  return true;
}
