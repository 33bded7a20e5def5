// Batch files: FHS and BHS envelopes around messages, or just messages one after another, split by position and counted.
import type { Span, WireRefusal } from './types.ts';

export type BatchFinding = {
  readonly code:
    | 'batch-count-mismatch'
    | 'file-count-mismatch'
    | 'count-not-a-number'
    | 'batch-not-closed'
    | 'outside-message';
  readonly severity: 'warning' | 'error';
  /** A sentence without patient data. */
  readonly message: string;
  readonly span: Span;
};
export type BatchResult =
  | {
      readonly ok: true;
      /** Byte range of each message, its last line end included, in order. */
      readonly messages: readonly Span[];
      /** True when there was an FHS or BHS. */
      readonly enveloped: boolean;
      readonly findings: readonly BatchFinding[];
    }
  | { readonly ok: false; readonly refusal: WireRefusal };

const MESSAGES_MAX = 500_000;
const FINDINGS_MAX = 100;
const MARK = /(?<=^|[\r\n\ufeff\ufffe])(MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9])/gi;

/** Splits a file into its messages. Wrong counts and text outside of messages are findings; the messages are given all the same. */
export function splitBatch(bytes: Uint8Array): BatchResult {
  const { text, unit, skipped } = readable(bytes);
  const marks = [...marksOf(text)];
  if (marks.length > MESSAGES_MAX) {
    const message = `More than ${MESSAGES_MAX} messages in one file.`;
    return { ok: false, refusal: { code: 'too-many-messages', message, span: { start: 0, end: bytes.length } } };
  }
  const toSpan = (start: number, end: number) => ({ start: skipped + start * unit, end: skipped + end * unit });
  const splitter = new Splitter(text, toSpan);
  splitter.outside(0, marks[0]?.at ?? text.length);
  for (const [index, mark] of marks.entries()) splitter.take(mark, marks[index + 1]?.at ?? text.length);
  return { ok: true, ...splitter.finish(marks.some(({ name }) => name === 'FHS' || name === 'BHS')) };
}

type Mark = { readonly name: string; readonly at: number };

export type Readable = {
  readonly text: string;
  readonly unit: 1 | 2;
  readonly skipped: number;
  readonly bigEndian: boolean;
};

/** The bytes as text. Only ASCII is looked for, so any single-byte reading finds the same places; UTF-16 needs its own. */
export function readable(bytes: Uint8Array): Readable {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [a = 0, b = 0, c = 0] = bytes;
  const skipped =
    a === 0xef && b === 0xbb && c === 0xbf ? 3 : (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) ? 2 : 0;
  const even = buffer.subarray(0, buffer.length - (buffer.length % 2));
  if (skipped === 2 ? a === 0xff : b === 0 && a !== 0)
    return { text: even.toString('utf16le', skipped), unit: 2, skipped, bigEndian: false };
  if (skipped === 2 || (a === 0 && b !== 0)) {
    const text = Buffer.from(even.subarray(skipped)).swap16().toString('utf16le');
    return { text, unit: 2, skipped, bigEndian: true };
  }
  return { text: buffer.toString('latin1', skipped), unit: 1, skipped, bigEndian: false };
}

function* marksOf(text: string): Generator<Mark> {
  let count = 0;
  for (const match of text.matchAll(MARK)) {
    yield { name: (match[1] ?? '').toUpperCase(), at: match.index };
    count += 1;
    if (count > MESSAGES_MAX) return;
  }
}

// A class because it counts while it walks.
class Splitter {
  private readonly messages: Span[] = [];
  private readonly findings: BatchFinding[] = [];
  private readonly text: string;
  private readonly toSpan: (start: number, end: number) => Span;
  private inBatch = 0;
  private batches = 0;
  private open: Span | undefined;

  constructor(text: string, toSpan: (start: number, end: number) => Span) {
    this.text = text;
    this.toSpan = toSpan;
  }

  /** One envelope line or message, which reaches to `end`. */
  take(mark: Mark, end: number): void {
    if (mark.name === 'MSH') {
      this.messages.push(this.toSpan(mark.at, endOfMessage(this.text, mark.at, end)));
      this.inBatch += 1;
      return;
    }
    const lineEnd = endOfLine(this.text, mark.at, end);
    const span = this.toSpan(mark.at, lineEnd);
    this.outside(lineEnd, end);
    if (mark.name === 'BHS') this.openBatch(span);
    if (mark.name === 'BTS') this.closeBatch(span, mark.at);
    if (mark.name === 'FTS') this.closeFile(span, mark.at);
  }

  /** Text between envelope lines that belongs to no message. */
  outside(start: number, end: number): void {
    if (this.text.slice(start, end).trim() === '') return;
    const message = 'There is text outside of any message; it was not read.';
    this.report({ code: 'outside-message', severity: 'error', message, span: this.toSpan(start, end) });
  }

  finish(enveloped: boolean) {
    this.reportOpen();
    return { messages: this.messages, enveloped, findings: this.findings };
  }

  private openBatch(span: Span): void {
    this.reportOpen();
    this.open = span;
    this.batches += 1;
    this.inBatch = 0;
  }

  private closeBatch(span: Span, at: number): void {
    this.compare({ name: 'BTS-1', code: 'batch-count-mismatch', noun: 'messages', at, span, counted: this.inBatch });
    this.open = undefined;
    this.inBatch = 0;
  }

  private closeFile(span: Span, at: number): void {
    this.reportOpen();
    // FTS-1 counts batches; a sender without BHS can only mean messages.
    const what =
      this.batches > 0
        ? { noun: 'batches', counted: this.batches }
        : { noun: 'messages', counted: this.messages.length };
    this.compare({ name: 'FTS-1', code: 'file-count-mismatch', at, span, ...what });
  }

  private reportOpen(): void {
    if (this.open === undefined) return;
    const message = 'A batch (BHS) is not closed by a BTS; the file may have been cut.';
    this.report({ code: 'batch-not-closed', severity: 'error', message, span: this.open });
    this.open = undefined;
  }

  private compare(of: {
    readonly name: string;
    readonly code: 'batch-count-mismatch' | 'file-count-mismatch';
    readonly noun: string;
    readonly at: number;
    readonly span: Span;
    readonly counted: number;
  }): void {
    const declared = firstField(this.text, of.at);
    if (declared === '') return;
    if (!/^\d{1,9}$/.test(declared)) {
      const message = `${of.name} should be a count and is not a number.`;
      this.report({ code: 'count-not-a-number', severity: 'warning', message, span: of.span });
    } else if (Number(declared) !== of.counted) {
      const message = `${of.name} says ${Number(declared)} ${of.noun}, but there are ${of.counted}.`;
      this.report({ code: of.code, severity: 'error', message, span: of.span });
    }
  }

  private report(finding: BatchFinding): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push(finding);
  }
}

function firstField(text: string, at: number): string {
  const separator = text[at + 3] ?? '|';
  const line = text.slice(at + 4, endOfLine(text, at, text.length));
  return (line.split(separator, 1)[0] ?? '').trim();
}

function endOfLine(text: string, start: number, limit: number): number {
  for (let at = start; at < limit; at++) {
    const char = text[at];
    if (char === '\r' || char === '\n') return at;
  }
  return limit;
}

/** Blank lines after a message are not part of it: the same message is the same bytes wherever it stands. */
function endOfMessage(text: string, start: number, limit: number): number {
  let end = limit;
  while (end > start && isLineEnd(text, end - 1)) end -= 1;
  if (end === limit) return end;
  return text[end] === '\r' && text[end + 1] === '\n' && end + 1 < limit ? end + 2 : end + 1;
}

function isLineEnd(text: string, at: number): boolean {
  const char = text[at];
  return char === '\r' || char === '\n';
}
