// Where lines of a message begin and end. CR ends a segment; LF is tolerated as an end where it cannot be text of a field.
import type { WireFinding } from './types.ts';

/** A line [start, end), what follows it up to the next line, and how many blank lines that held. */
export type Line = {
  readonly start: number;
  readonly end: number;
  readonly terminator: string;
  readonly blank: number;
};

const NAME = /^[A-Za-z][A-Za-z0-9]{2}$/;

/** The segment name a line opens with; `''` when it is not a segment. */
export function segmentName(
  text: string,
  line: { readonly start: number; readonly end: number },
  field: string,
): string {
  const { start, end } = line;
  const after = start + 3;
  if (after > end || (after < end && text[after] !== field)) return '';
  const name = text.slice(start, after);
  return NAME.test(name) ? name : '';
}

/** Splits from `from` on. Yields nothing for blank lines: they belong to the terminator before them. */
export function linesOf(text: string, from: number, field: string): Line[] {
  return text.includes('\n', from) ? withLineFeeds(text, from, field) : withoutLineFeeds(text, from);
}

function withoutLineFeeds(text: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = from; start < text.length; ) {
    const cr = text.indexOf('\r', start);
    const end = cr === -1 ? text.length : cr;
    let next = end;
    while (text.charCodeAt(next) === CR) next += 1;
    const terminator = next - end === 1 ? '\r' : text.slice(end, next);
    lines.push({ start, end, terminator, blank: Math.max(0, next - end - 1) });
    start = next;
  }
  return lines;
}

const CR = 13;
const LF = 10;

function withLineFeeds(text: string, from: number, field: string): Line[] {
  const lines: Line[] = [];
  // In a message that ends segments with CR, a lone LF is text (a note typed with line breaks) unless a segment follows.
  const usesCr = text.includes('\r', from);
  for (let start = from; start < text.length; ) {
    const end = lineEnd(text, start, usesCr ? field : undefined);
    let next = end;
    let ends = 0;
    while (next < text.length && isEnd(text, next)) {
      next += text.charCodeAt(next) === CR && text.charCodeAt(next + 1) === LF ? 2 : 1;
      ends += 1;
    }
    lines.push({ start, end, terminator: text.slice(end, next), blank: Math.max(0, ends - 1) });
    start = next;
  }
  return lines;
}

function isEnd(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === CR || unit === LF;
}

function lineEnd(text: string, start: number, field: string | undefined): number {
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === CR) return at;
    if (unit === LF && (field === undefined || endsAtLineFeed(text, at, field))) return at;
  }
  return text.length;
}

function endsAtLineFeed(text: string, at: number, field: string): boolean {
  const next = at + 1;
  if (next === text.length || isEnd(text, next)) return true;
  return text[next + 3] === field && NAME.test(text.slice(next, next + 3));
}

/** What is odd about how lines end; `at` gives a byte offset. */
export function lineFindings(lines: readonly Line[], toOffset: (index: number) => number): WireFinding[] {
  const seen = new Set<string>();
  for (const { terminator } of lines) {
    if (terminator === '\r') seen.add('CR');
    else if (terminator !== '') for (const end of terminator.match(/\r\n|\r|\n/g) ?? []) seen.add(nameOfEnd(end));
  }
  const findings: WireFinding[] = [];
  const [first] = lines;
  const at = first === undefined ? 0 : toOffset(first.end);
  const span = { start: at, end: at };
  if (seen.size > 1) {
    const message = `Segments end in different ways: ${[...seen].sort().join(', ')}.`;
    findings.push({ code: 'line-endings-mixed', severity: 'information', message, span });
  } else if (seen.has('LF')) {
    findings.push({
      code: 'line-ending-lf',
      severity: 'information',
      message: 'Segments end with LF instead of CR.',
      span,
    });
  } else if (seen.has('CRLF')) {
    findings.push({
      code: 'line-ending-crlf',
      severity: 'information',
      message: 'Segments end with CR LF instead of CR.',
      span,
    });
  }
  return findings;
}

function nameOfEnd(end: string): string {
  return end === '\r' ? 'CR' : end === '\n' ? 'LF' : 'CRLF';
}
