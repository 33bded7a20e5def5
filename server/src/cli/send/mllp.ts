// Sending over MLLP: one message, one acknowledgement that names it. An answer that is late or names another message closes the
// connection, because the next answer on it could be taken for the wrong message's.
import { connect, type Socket } from 'node:net';
import { createFramer, type FramerEvent, header, type Message, parse, renderField, text } from '../../hl7v2/index.ts';
import type { Lane, Outcome, Parcel } from './types.ts';

type Address = { readonly host: string; readonly port: number; readonly timeoutMs: number };
type Waiting = { readonly controlId: string; readonly settle: (outcome: Outcome) => void };

const SB = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const ACK_BYTES_MAX = 1024 * 1024;
const TEXT_MAX = 200;

const refused = (code: string, reason: string): Outcome => ({ kind: 'refused', code, reason });

/** One connection, opened when first needed and again after it was closed. */
export function mllpLane(address: Address): Lane {
  return new MllpLane(address);
}

// A class because it is a connection with a lifetime.
class MllpLane implements Lane {
  private readonly address: Address;
  private socket: Socket | undefined;
  private waiting: Waiting | undefined;

  constructor(address: Address) {
    this.address = address;
  }

  async send(parcel: Parcel): Promise<Outcome> {
    const unsafe = framingByte(parcel.bytes);
    if (unsafe !== undefined) {
      return refused('framing-byte', `Byte ${unsafe} would end or begin a frame; it cannot be sent over MLLP.`);
    }
    const opened = await this.open();
    if (opened !== undefined) return opened;
    return this.exchange(parcel);
  }

  async close(): Promise<void> {
    const { socket } = this;
    if (socket === undefined) return;
    this.socket = undefined;
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.end();
      socket.setTimeout(1000, () => socket.destroy());
    });
  }

  /** Undefined when there is a connection, otherwise why there is none. */
  private async open(): Promise<Outcome | undefined> {
    if (this.socket !== undefined) return undefined;
    const { host, port, timeoutMs } = this.address;
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const failure = await new Promise<string | undefined>((resolve) => {
      socket.setTimeout(timeoutMs, () => resolve('no answer'));
      socket.once('connect', () => resolve(undefined));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    if (failure !== undefined) {
      socket.destroy();
      return refused('connect-failed', `No connection to ${host}:${port} (${failure}).`);
    }
    socket.setTimeout(0);
    this.attend(socket);
    this.socket = socket;
    return undefined;
  }

  private attend(socket: Socket): void {
    const framer = createFramer({ sizeBytesMax: ACK_BYTES_MAX });
    socket.on('data', (chunk) => {
      for (const event of framer.push(chunk)) this.answered(event, socket);
    });
    // A connection that was dropped has no say any more: what it still reports is not about the message now waiting.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.give(refused('connection-broken', `The connection broke before the answer (${error.code ?? 'unknown'}).`));
    });
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.give(refused('connection-closed', 'The receiver closed the connection before it answered.'));
    });
  }

  private exchange(parcel: Parcel): Promise<Outcome> {
    const { socket } = this;
    if (socket === undefined) return Promise.resolve(refused('connection-closed', 'The connection is closed.'));
    const parsed = parse(parcel.bytes);
    const controlId = parsed.ok ? header(parsed.message).controlId : '';
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.drop();
        this.give(
          refused('ack-late', `No acknowledgement within ${this.address.timeoutMs / 1000} s; connection closed.`),
        );
      }, this.address.timeoutMs);
      this.waiting = {
        controlId,
        settle: (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        },
      };
      socket.write(framed(parcel.bytes));
    });
  }

  private answered(event: FramerEvent, socket: Socket): void {
    if (socket !== this.socket) return;
    const { waiting } = this;
    const outcome =
      waiting === undefined
        ? refused('ack-unexpected', 'An answer came that nobody waited for; connection closed.')
        : read(event, waiting.controlId);
    if (outcome === undefined) return;
    if (outcome.kind === 'refused' && outcome.code.startsWith('ack-')) this.drop();
    this.give(outcome);
  }

  /** Closes at once: what still comes on this connection must not be read. */
  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }

  private give(outcome: Outcome): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.settle(outcome);
  }
}

/** What an answer says of the message with this control id; undefined for line noise between frames. */
function read(event: FramerEvent, controlId: string): Outcome | undefined {
  if (event.kind === 'noise') return undefined;
  if (event.kind !== 'frame') return refused('ack-unreadable', 'The answer was cut or too large; connection closed.');
  const parsed = parse(event.bytes);
  const msa = parsed.ok ? parsed.message.first('MSA') : undefined;
  if (!parsed.ok || msa === undefined) {
    return refused('ack-unreadable', 'The answer is no HL7 v2 acknowledgement; connection closed.');
  }
  if (renderField(msa.field(2), parsed.message.delimiters) !== controlId) {
    return refused('ack-mismatch', 'The acknowledgement names another control id (MSA-2); connection closed.');
  }
  const code = text(msa, 1);
  if (code === 'AA' || code === 'CA') return { kind: 'accepted' };
  return refused(code === '' ? 'ack-unreadable' : code, reasonOf(parsed.message));
}

/** Position and text of ERR, or MSA-3 of older receivers. */
function reasonOf(ack: Message): string {
  const err = ack.first('ERR');
  const [segment, occurrence, field] = [text(err, 2), text(err, 2, 2), text(err, 2, 3)];
  const at =
    segment === '' ? '' : `${segment}${occurrence > '1' ? `[${occurrence}]` : ''}${field === '' ? '' : `-${field}`}: `;
  const words = text(err, 8) || text(err, 7) || text(err, 3, 2) || text(ack.first('MSA'), 3) || 'no reason given';
  return `${at}${words}`.slice(0, TEXT_MAX);
}

function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(bytes.length + 3);
  frame[0] = SB;
  frame.set(bytes, 1);
  frame[bytes.length + 1] = FS;
  frame[bytes.length + 2] = CR;
  return frame;
}

/** Offset of the first byte that would be read as framing. */
function framingByte(bytes: Uint8Array): number | undefined {
  const sb = bytes.indexOf(SB);
  if (sb !== -1) return sb;
  for (let at = bytes.indexOf(FS); at !== -1; at = bytes.indexOf(FS, at + 1)) {
    if (at + 1 === bytes.length || bytes[at + 1] === CR) return at;
  }
  return undefined;
}
