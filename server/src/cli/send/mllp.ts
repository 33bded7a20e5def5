// Sending over MLLP: one message, one acknowledgement that names it. An answer that is late or names another message closes the
// connection, because the next answer on it could be taken for the wrong message's. Which answers there will be, MSH-15 and MSH-16 say.
import { connect, type Socket } from 'node:net';
import { createFramer, type FramerEvent, header, type Message, parse, renderField, text } from '../../hl7v2/index.ts';
import { askedBy, type Condition } from '../../intake/mllp/answer.ts';
import type { Lane, Late, Outcome, Parcel } from './types.ts';

type Address = { readonly host: string; readonly port: number; readonly timeoutMs: number };
/** Answers that are still to come: on what condition, table 0155 says. */
type Expected = { readonly accept: Condition; readonly application: Condition };
type Waiting = {
  readonly parcel: Parcel;
  readonly controlId: string;
  expected: Expected;
  /** What is true when no other answer comes. */
  sofar: Outcome;
  timer: NodeJS.Timeout;
  readonly settle: (outcome: Outcome) => void;
};

const SB = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const ACK_BYTES_MAX = 1024 * 1024;
const TEXT_MAX = 200;
/** How long a refusal is waited for where only refusals are answered. One that comes later is counted at the end. */
const REFUSAL_WAIT_MS = 1_000;
const NONE: Expected = { accept: 'never', application: 'never' };

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
  /** Parcels done without an answer, by control id: a refusal may still come. */
  private readonly unanswered = new Map<string, Late['parcel']>();
  private readonly late: Late[] = [];

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

  async close(): Promise<readonly Late[]> {
    const { socket } = this;
    if (socket !== undefined && !socket.destroyed) await this.end(socket);
    this.socket = undefined;
    return this.late;
  }

  private async end(socket: Socket): Promise<void> {
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
    const head = parsed.ok ? header(parsed.message) : undefined;
    const asked = askedBy(head);
    const expected: Expected = asked.mode === 'enhanced' ? asked : { ...NONE, application: 'always' };
    return new Promise((resolve) => {
      const waiting: Waiting = {
        parcel,
        controlId: head?.controlId ?? '',
        expected,
        sofar: { kind: 'unanswered' },
        timer: setTimeout(() => this.tooLate(), this.address.timeoutMs),
        settle: resolve,
      };
      this.waiting = waiting;
      // What could not be written is told by the connection's end.
      socket.write(framed(parcel.bytes), (error) => {
        if (!error) this.waitOn(waiting);
      });
    });
  }

  /** Waits as long as what is expected deserves; at once over when nothing is. */
  private waitOn(waiting: Waiting): void {
    if (this.waiting !== waiting) return;
    clearTimeout(waiting.timer);
    const { accept, application } = waiting.expected;
    const conditions = [accept, application];
    if (conditions.includes('always') || conditions.includes('on-success')) {
      waiting.timer = setTimeout(() => this.tooLate(), this.address.timeoutMs);
    } else if (conditions.includes('on-error')) {
      const waitMs = Math.min(REFUSAL_WAIT_MS, this.address.timeoutMs);
      waiting.timer = setTimeout(() => this.goOn(waiting), waitMs);
    } else this.goOn(waiting);
  }

  private goOn({ controlId, parcel: { file, place }, sofar }: Waiting): void {
    if (sofar.kind === 'unanswered') this.unanswered.set(controlId, { file, place });
    this.give(sofar);
  }

  private tooLate(): void {
    this.drop();
    const within = `within ${this.address.timeoutMs / 1000} s; connection closed.`;
    const stored = this.waiting?.sofar.kind === 'accepted';
    const what = stored ? 'It was accepted (CA), but no application acknowledgement came' : 'No acknowledgement';
    this.give(refused('ack-late', `${what} ${within}`));
  }

  private answered(event: FramerEvent, socket: Socket): void {
    if (socket !== this.socket) return;
    const answer = read(event);
    if (answer === undefined) return;
    const { waiting } = this;
    const earlier = answer.controlId === undefined ? undefined : this.unanswered.get(answer.controlId);
    if (answer.controlId !== undefined && waiting?.controlId === answer.controlId) {
      this.answeredAs(waiting, answer);
    } else if (earlier !== undefined) {
      this.late.push({ parcel: earlier, outcome: answer.outcome });
    } else {
      this.drop();
      this.give(answer.controlId === undefined ? answer.outcome : MISMATCH);
    }
  }

  private answeredAs(waiting: Waiting, { level, outcome }: Answer): void {
    const { application } = waiting.expected;
    const final = outcome.kind === 'refused' || level === 'application' || application === 'never';
    if (final) this.give(outcome);
    else {
      waiting.sofar = outcome;
      waiting.expected = { accept: 'never', application };
      this.waitOn(waiting);
    }
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
    clearTimeout(waiting?.timer);
    waiting?.settle(outcome);
  }
}

/** One answer: which message it names, undefined when it is none to be read, and which of the two acknowledgements it is. */
type Answer = {
  readonly controlId: string | undefined;
  readonly level: 'accept' | 'application';
  readonly outcome: Outcome;
};
const MISMATCH = refused('ack-mismatch', 'The acknowledgement names another control id (MSA-2); connection closed.');

/** Undefined for line noise between frames. */
function read(event: FramerEvent): Answer | undefined {
  if (event.kind === 'noise') return undefined;
  if (event.kind !== 'frame') return unreadable('The answer was cut or too large; connection closed.');
  const parsed = parse(event.bytes);
  const msa = parsed.ok ? parsed.message.first('MSA') : undefined;
  if (!parsed.ok || msa === undefined) return unreadable('The answer is no HL7 v2 acknowledgement; connection closed.');
  const code = text(msa, 1);
  if (code === '') return unreadable('The acknowledgement has no code (MSA-1); connection closed.');
  const outcome: Outcome =
    code === 'AA' || code === 'CA' ? { kind: 'accepted' } : refused(code, reasonOf(parsed.message));
  const controlId = renderField(msa.field(2), parsed.message.delimiters);
  return { controlId, level: code.startsWith('C') ? 'accept' : 'application', outcome };
}

function unreadable(reason: string): Answer {
  return { controlId: undefined, level: 'application', outcome: refused('ack-unreadable', reason) };
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
