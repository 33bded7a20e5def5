// MLLP framing: SB (0x0B) content FS (0x1C) CR (0x0D), found in any chunking, in linear time and bounded memory.
// https://www.hl7.org/documentcenter/public/wg/inm/mllp_transport_specification.PDF

export type FramerEvent =
  /** A whole frame, without its framing bytes. */
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** Bytes outside of any frame, other than line ends. They are counted, not kept. */
  | { readonly kind: 'noise'; readonly sizeBytes: number }
  /** A frame that never ended: another one began, or the connection closed. */
  | { readonly kind: 'missing-end'; readonly bytes: Uint8Array }
  /** A frame beyond the limit, reported at its end. `head` is its beginning, enough to answer it. */
  | { readonly kind: 'too-large'; readonly sizeBytes: number; readonly head: Uint8Array };

export type FramerOptions = { readonly sizeBytesMax: number };
export type Framer = {
  push(chunk: Uint8Array): FramerEvent[];
  /** The connection has closed: what was still open. */
  end(): FramerEvent[];
  /** True while a frame has begun and not ended. */
  readonly open: boolean;
};

const SB = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
const HEAD_BYTES = 4096;

export function createFramer(options: FramerOptions): Framer {
  return new IncrementalFramer(options.sizeBytesMax);
}

// A class because it holds the frame that is still arriving.
class IncrementalFramer implements Framer {
  private readonly sizeBytesMax: number;
  private inside = false;
  /** The last byte seen was an FS inside a frame: the next one decides what it was. */
  private heldFs = false;
  private held: Buffer = Buffer.alloc(0);
  private size = 0;
  private events: FramerEvent[] = [];
  private noise = 0;

  constructor(sizeBytesMax: number) {
    this.sizeBytesMax = sizeBytesMax;
  }

  get open(): boolean {
    return this.inside;
  }

  push(chunk: Uint8Array): FramerEvent[] {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let at = 0;
    // Searched for once per occurrence: a chunk full of FS must not search for SB again and again.
    let nextSb = -2;
    while (at < buffer.length) {
      if (!this.inside) {
        at = this.skipToStart(buffer, at);
        continue;
      }
      if (this.heldFs) {
        at = this.afterFs(buffer, at);
        continue;
      }
      if (nextSb !== -1 && nextSb < at) nextSb = buffer.indexOf(SB, at);
      at = this.readInside(buffer, at, this.wide(buffer, at) ? -1 : nextSb);
    }
    return this.take();
  }

  end(): FramerEvent[] {
    if (this.inside && this.heldFs) this.finish('frame');
    else if (this.inside) this.finish('missing-end');
    return this.take();
  }

  private take(): FramerEvent[] {
    this.flushNoise();
    const { events } = this;
    this.events = [];
    return events;
  }

  private flushNoise(): void {
    if (this.noise > 0) this.events.push({ kind: 'noise', sizeBytes: this.noise });
    this.noise = 0;
  }

  private skipToStart(buffer: Buffer, from: number): number {
    const start = buffer.indexOf(SB, from);
    const end = start === -1 ? buffer.length : start;
    for (let at = from; at < end; at++) if (buffer[at] !== CR && buffer[at] !== LF) this.noise += 1;
    if (start === -1) return end;
    this.flushNoise();
    this.inside = true;
    return start + 1;
  }

  /** The byte after an FS: CR ends the frame; a new SB ends it too (some senders leave the CR out); else the FS was content. */
  private afterFs(buffer: Buffer, at: number): number {
    this.heldFs = false;
    if (buffer[at] === CR) {
      this.finish('frame');
      return at + 1;
    }
    if (buffer[at] === SB && !this.wide(buffer, at)) {
      this.finish('frame');
      return at;
    }
    this.keep(FS_BYTE, 0, 1);
    return at;
  }

  private readInside(buffer: Buffer, from: number, nextSb: number): number {
    const limit = nextSb === -1 ? buffer.length : nextSb;
    const fs = buffer.subarray(0, limit).indexOf(FS, from);
    if (fs === -1) {
      this.keep(buffer, from, limit);
      if (nextSb === -1) return limit;
      this.finish('missing-end');
      return limit;
    }
    // The usual case, a frame whole in one chunk, is handed on without a copy.
    if (this.size === 0 && buffer[fs + 1] === CR && fs - from <= this.sizeBytesMax) {
      this.events.push({ kind: 'frame', bytes: buffer.subarray(from, fs) });
      this.reset();
      return fs + 2;
    }
    this.keep(buffer, from, fs);
    this.heldFs = true;
    return fs + 1;
  }

  // In UTF-16 the byte 0x0B is half of many characters; elsewhere HL7 v2 text never holds it.
  private wide(buffer: Buffer, at: number): boolean {
    const first = this.size > 0 ? this.held[0] : buffer[at];
    const second = this.size > 1 ? this.held[1] : buffer[this.size > 0 ? at : at + 1];
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
    return (first === 0 && second === 0x4d) || (first === 0x4d && second === 0);
  }

  private keep(from: Buffer, start: number, end: number): void {
    const length = end - start;
    const fits = this.size + length <= this.sizeBytesMax;
    // Beyond the limit only the beginning is kept, and the rest is counted.
    if (!fits && this.held.length > HEAD_BYTES) this.held = Buffer.from(this.held.subarray(0, HEAD_BYTES));
    const room = fits ? length : Math.min(length, Math.max(0, HEAD_BYTES - this.size));
    if (room > 0) {
      this.ensure(this.size + room);
      from.copy(this.held, this.size, start, start + room);
    }
    this.size += length;
  }

  private ensure(size: number): void {
    if (size <= this.held.length) return;
    const grown = Buffer.allocUnsafe(Math.max(HEAD_BYTES, size, Math.min(this.held.length * 2, this.sizeBytesMax)));
    this.held.copy(grown);
    this.held = grown;
  }

  private finish(kind: 'frame' | 'missing-end'): void {
    if (this.size > this.sizeBytesMax) {
      const head = this.held.subarray(0, Math.min(this.size, HEAD_BYTES, this.held.length));
      this.events.push({ kind: 'too-large', sizeBytes: this.size, head });
    } else {
      this.events.push({ kind, bytes: this.held.subarray(0, this.size) });
    }
    this.reset();
  }

  private reset(): void {
    this.inside = false;
    this.heldFs = false;
    this.held = EMPTY;
    this.size = 0;
  }
}

const FS_BYTE = Buffer.of(FS);
const EMPTY: Buffer = Buffer.alloc(0);
