// One MLLP connection: frames in, answers out in order, with limits on silence, slowness and work under way.
import type { Socket } from 'node:net';
import type { SourceKey } from '../../base/ids.ts';
import { createFramer, type Framer, type FramerEvent } from '../../hl7v2/index.ts';
import type { Answer } from './answer.ts';
import { type Batch, batchOf } from './batch.ts';
import { codeOf, exchange } from './exchange.ts';
import { exchangeBatch } from './exchange-batch.ts';
import { createLane, type Lane } from './lane.ts';
import { type Received, received, tooLarge, torn } from './received.ts';
import type { MllpOptions } from './types.ts';

/** Bytes of one connection that may be under way before its socket is not read any more. */
const UNDER_WAY_BYTES_MAX = 16 * 1024 * 1024;
/** How long a connection that is closing may wait for its peer to close too. */
const LINGER_MS = 1000;
const FRAME_START = Buffer.of(0x0b);
const FRAME_END = Buffer.of(0x1c, 0x0d);

// A class because it is a connection: state with a lifetime.
export class Connection {
  private readonly socket: Socket;
  private readonly options: MllpOptions;
  private readonly peer: string;
  private readonly framer: Framer;
  private readonly answers: Lane;
  private readonly applicationAnswers: Lane;
  private readonly waiting: (Received | Batch)[] = [];
  private readonly idleTimer: NodeJS.Timeout;
  private frameTimer: NodeJS.Timeout | undefined;
  /** Sources are found one after another, so that messages reach intake in their order. */
  private lastSource: Promise<unknown> = Promise.resolve();
  private underWay = 0;
  private underWayBytes = 0;
  private frames = 0;
  private framesAtTimer = 0;
  private lingerTimer: NodeJS.Timeout | undefined;
  private corked = false;
  private ended = false;
  private reason = '';

  constructor(socket: Socket, options: MllpOptions) {
    this.socket = socket;
    this.options = options;
    this.peer = socket.remoteAddress ?? 'unknown';
    this.framer = createFramer({ sizeBytesMax: options.connection.sizeBytesMax });
    this.answers = createLane((bytes) => this.write(bytes));
    this.applicationAnswers = createLane((bytes) => this.write(bytes));
    this.idleTimer = setTimeout(() => this.onIdle(), options.connection.idleMs);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.onData(chunk));
    socket.on('end', () => this.onEnd());
    socket.on('drain', () => this.onDrain());
    socket.on('error', (error) => this.onError(error));
    socket.on('close', () => this.onClose());
    options.events({ kind: 'connected', peer: this.peer });
  }

  /** Takes no more frames; closes when what is under way has been answered. */
  finish(reason: string): void {
    if (this.ended) return;
    this.stopTaking(reason);
    this.closeWhenAnswered();
  }

  destroy(reason: string): void {
    this.stopTaking(reason);
    this.socket.destroy();
  }

  private stopTaking(reason: string): void {
    if (this.ended) return;
    this.onFrames(this.framer.end(), false);
    this.ended = true;
    this.reason = reason;
    clearTimeout(this.frameTimer);
  }

  private onData(chunk: Buffer): void {
    if (this.ended) return;
    this.idleTimer.refresh();
    this.onFrames(this.framer.push(chunk), true);
    this.watchFrame();
  }

  private onFrames(events: readonly FramerEvent[], more: boolean): void {
    const { events: tell, connection } = this.options;
    const { peer } = this;
    for (const event of events) {
      switch (event.kind) {
        case 'frame':
          if (event.bytes.length === 0) tell({ kind: 'empty-frame', peer });
          else this.take(batchOf(event.bytes, connection.charset) ?? received(event.bytes, connection.charset));
          break;
        case 'missing-end':
          tell({ kind: 'torn-frame', peer, sizeBytes: event.bytes.length, stored: more && event.bytes.length > 0 });
          if (more && event.bytes.length > 0) this.take(torn(event.bytes));
          break;
        case 'too-large':
          tell({ kind: 'too-large', peer, sizeBytes: event.sizeBytes });
          this.take(tooLarge(event.head, event.sizeBytes));
          break;
        case 'noise':
          tell({ kind: 'noise', peer, sizeBytes: event.sizeBytes });
          break;
      }
    }
  }

  private take(from: Received | Batch): void {
    this.frames += 1;
    this.waiting.push(from);
    this.startWaiting();
  }

  private startWaiting(): void {
    while (this.waiting.length > 0 && !this.isFull()) {
      const next = this.waiting.shift();
      if (next !== undefined) this.start(next);
    }
    if (this.isFull() && !this.socket.isPaused()) this.socket.pause();
  }

  private isFull(): boolean {
    const { pipelineMax } = this.options.connection;
    return this.underWay >= pipelineMax || this.underWayBytes >= UNDER_WAY_BYTES_MAX || this.socket.writableNeedDrain;
  }

  private start(from: Received | Batch): void {
    this.underWay += this.weightOf(from);
    this.underWayBytes += from.bytes.length;
    const { connection: config, intake, clock, events } = this.options;
    const { peer } = this;
    const failed = (error: unknown) => events({ kind: 'not-stored', peer, code: codeOf(error), error });
    const sourceOf = (of: Received) => config.source ?? this.sourceOf(of);
    const on = { config, intake, receivedAt: clock.now(), peer, failed };
    const { first, second } =
      from.kind === 'batch'
        ? exchangeBatch(from, { ...on, sourceOf })
        : exchange(from, { ...on, source: sourceOf(from) });
    const place = this.answers.place();
    const over: Promise<void>[] = [place.written];
    first.then(
      (answer) => this.answer(place, answer),
      (error) => this.broke(error),
    );
    if (second !== undefined) {
      const later = this.applicationAnswers.place();
      over.push(later.written);
      // The application answer never overtakes the accept answer of the same message.
      Promise.all([second, place.written]).then(
        ([answer]) => later.fill(answer?.bytes),
        (error) => this.broke(error),
      );
    }
    Promise.all(over).then(() => this.done(from));
  }

  private answer(place: ReturnType<Lane['place']>, answer: Answer | 'close' | undefined): void {
    if (answer === 'close') this.destroy('store unavailable');
    place.fill(answer === 'close' ? undefined : answer?.bytes);
  }

  /** A batch fills the connection by itself: no message after it may reach intake before all of it has. */
  private weightOf({ kind }: Received | Batch): number {
    return kind === 'batch' ? this.options.connection.pipelineMax : 1;
  }

  /** An error nobody foresaw: the sender gets no answer and keeps its message. */
  private broke(error: unknown): void {
    this.options.events({ kind: 'not-stored', peer: this.peer, code: codeOf(error), error });
    this.destroy('failed');
  }

  private sourceOf(from: Received): Promise<SourceKey> {
    const { sendingApplication = '', sendingFacility = '' } = from.header ?? {};
    const before = this.lastSource;
    const found = this.options.sources.resolve(sendingApplication, sendingFacility);
    const turn = Promise.allSettled([before, found]);
    this.lastSource = turn;
    return turn.then(() => found);
  }

  private done(from: Received | Batch): void {
    this.underWay -= this.weightOf(from);
    this.underWayBytes -= from.bytes.length;
    this.readOn();
    this.closeWhenAnswered();
  }

  private readOn(): void {
    if (this.ended) return;
    this.startWaiting();
    if (this.isFull() || !this.socket.isPaused()) return;
    // The time it was not read is not the sender's fault.
    this.frameTimer?.refresh();
    this.idleTimer.refresh();
    this.socket.resume();
  }

  private onDrain(): void {
    this.readOn();
    this.closeWhenAnswered();
  }

  private write(bytes: Uint8Array): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    if (!this.corked) {
      // Answers of one commit become ready together, and leave in one write.
      this.corked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.corked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(FRAME_START);
    this.socket.write(bytes);
    this.socket.write(FRAME_END);
    this.idleTimer.refresh();
  }

  /** Starts or stops the clock on the frame that is arriving. */
  private watchFrame(): void {
    if (!this.framer.open || this.frames !== this.framesAtTimer) {
      clearTimeout(this.frameTimer);
      this.frameTimer = undefined;
    }
    if (this.framer.open && this.frameTimer === undefined) {
      this.framesAtTimer = this.frames;
      this.frameTimer = setTimeout(() => this.onSlow(), this.options.connection.frameMs);
    }
  }

  private onSlow(): void {
    if (this.socket.isPaused()) {
      this.frameTimer?.refresh();
      return;
    }
    this.options.events({ kind: 'slow-sender', peer: this.peer });
    this.finish('slow sender');
  }

  private onIdle(): void {
    if (this.underWay > 0) {
      this.idleTimer.refresh();
      return;
    }
    this.options.events({ kind: 'idle', peer: this.peer });
    this.finish('idle');
  }

  /** The sender has finished sending; it may still read its answers. */
  private onEnd(): void {
    this.finish('ended');
  }

  private closeWhenAnswered(): void {
    if (!this.ended) return;
    this.startWaiting();
    if (this.underWay > 0 || this.waiting.length > 0 || this.socket.writableEnded) return;
    // Closing with unread bytes would reset the connection, and could take the last answers with it.
    this.socket.resume();
    this.socket.end(() => this.closeSoon());
  }

  private closeSoon(): void {
    if (this.socket.readableEnded) this.socket.destroy();
    else this.lingerTimer = setTimeout(() => this.socket.destroy(), LINGER_MS);
  }

  private onError(error: Error): void {
    this.destroy('code' in error && typeof error.code === 'string' ? error.code : 'socket error');
  }

  private onClose(): void {
    this.stopTaking('closed');
    clearTimeout(this.idleTimer);
    clearTimeout(this.lingerTimer);
    this.waiting.length = 0;
    this.options.events({ kind: 'closed', peer: this.peer, frames: this.frames, reason: this.reason });
  }
}
