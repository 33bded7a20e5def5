// Bytes to a message: delimiters from MSH, segments by position, fields on demand. What is odd is tolerated and reported.
import { type Decoded, decode } from './charset.ts';
import { findUnresolved } from './escapes.ts';
import { firstUnclean, type Wire } from './fields.ts';
import { type Line, lineFindings, linesOf, segmentName } from './lines.ts';
import { offsetsOf } from './offsets.ts';
import { LazySegment } from './segment.ts';
import type { Delimiters, Message, ParseResult, WireFinding, WireRefusal } from './types.ts';

export type ParseOptions = {
  /** A character set the connection insists on, whatever MSH-18 says. */
  readonly charset?: string;
};

// Beyond these a message is an attack or an accident, and holding its parts would cost more memory than its bytes.
const SEGMENTS_MAX = 100_000;
const DELIMITERS_MAX = 2_000_000;
const LARGE_CHARS = 1_000_000;
const REPORTED_MAX = 20;

/** Reads one HL7 v2 message (no MLLP framing, no batch envelope). The message keeps a view of `bytes`: do not change them. */
export function parse(bytes: Uint8Array, options: ParseOptions = {}): ParseResult {
  const decoded = decode(bytes, options.charset);
  if (!decoded.ok) return decoded;
  const { text } = decoded;
  const start = firstLine(text);
  const toOffset = offsetsOf(decoded);
  const refuse = (code: string, message: string, at = start) =>
    refusal({ code, message, at: toOffset(Math.min(at, text.length)) });
  const opening = openingOf(text, start);
  if (!opening.ok) return refuse(opening.code, opening.message);
  const { delimiters, bodyStart } = opening;
  if (text.length > LARGE_CHARS && hasTooManyParts(text, delimiters)) {
    return refuse('too-many-parts', `More than ${DELIMITERS_MAX} delimiters.`);
  }
  const lines = linesOf(text, start, delimiters.field);
  if (lines.length > SEGMENTS_MAX) return refuse('too-many-segments', `More than ${SEGMENTS_MAX} segments.`);
  const unclean = firstUnclean(text, 0);
  const damaged = decoded.findings.some((one) => one.code === 'undecodable-bytes');
  const wire = { text, charset: decoded.charset, delimiters, toOffset, unclean: unclean !== -1 || damaged };
  const built = segmentsOf(wire, lines);
  if (built.second !== undefined) {
    return refuse(
      'several-messages',
      'A second MSH: several messages where one is expected. Send each by itself, or all as a batch (BHS).',
      built.second,
    );
  }
  const findings = [...decoded.findings, ...wireFindings({ wire, lines, bodyStart, unclean }), ...built.findings];
  return { ok: true, message: messageOf({ bytes, decoded, delimiters, findings, start, built }) };
}

function refusal(of: { readonly code: string; readonly message: string; readonly at: number }): ParseResult {
  const refused: WireRefusal = { code: of.code, message: of.message, span: { start: of.at, end: of.at } };
  return { ok: false, refusal: refused };
}

type Built = {
  readonly segments: readonly LazySegment[];
  readonly firsts: ReadonlyMap<string, LazySegment>;
  readonly findings: readonly WireFinding[];
  /** Where a second MSH stands. */
  readonly second: number | undefined;
};

function messageOf(of: {
  readonly bytes: Uint8Array;
  readonly decoded: Decoded;
  readonly delimiters: Delimiters;
  readonly findings: readonly WireFinding[];
  readonly start: number;
  readonly built: Built;
}): Message {
  const { bytes, decoded, delimiters, findings, built } = of;
  const mark = decoded.skipped > 0 ? '\ufeff' : '';
  const prefix = mark + decoded.text.slice(0, of.start);
  const first = (name: string) => built.firsts.get(name);
  return { bytes, charset: decoded.charset, delimiters, prefix, segments: built.segments, findings, first };
}

function firstLine(text: string): number {
  let start = 0;
  while (text[start] === '\r' || text[start] === '\n') start += 1;
  return start;
}

type Opening =
  | { readonly ok: true; readonly delimiters: Delimiters; readonly bodyStart: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Reads MSH-1 and MSH-2. Delimiters that MSH-2 leaves out do not exist in this message: nothing is divided or escaped by them. */
export function openingOf(text: string, start: number): Opening {
  if (start >= text.length) return { ok: false, code: 'empty', message: 'There is nothing here.' };
  const name = text.slice(start, start + 3).toUpperCase();
  if (name === 'FHS' || name === 'BHS') {
    return {
      ok: false,
      code: 'batch-envelope',
      message: `A batch (${name}) where one message is expected. Send its messages one by one, or the batch over MLLP or as a file.`,
    };
  }
  if (name !== 'MSH') return { ok: false, code: 'not-hl7', message: 'Does not begin with MSH.' };
  const field = text[start + 3] ?? '';
  if (field === '' || field === '\r' || field === '\n') {
    return { ok: false, code: 'msh-too-short', message: 'MSH ends before its delimiters.' };
  }
  const bodyStart = text.indexOf(field, start + 4);
  const encoding = bodyStart === -1 ? '' : text.slice(start + 4, bodyStart);
  if (bodyStart === -1 || /[\r\n]/.test(encoding)) {
    return { ok: false, code: 'msh-too-short', message: 'MSH ends before its third field.' };
  }
  const [component = '', repetition = '', escaping = '', subcomponent = ''] = encoding;
  const delimiters = { field, component, repetition, escape: escaping, subcomponent };
  const trouble = delimiterTrouble(field + encoding);
  if (trouble !== undefined) return { ok: false, code: 'delimiter-not-usable', message: trouble };
  return { ok: true, delimiters, bodyStart };
}

function delimiterTrouble(given: string): string | undefined {
  const used = [...given];
  if (used.some((one) => /[A-Za-z0-9\s"]/.test(one)))
    return 'MSH gives a letter, digit, quote or space as a delimiter.';
  if (used.some((one) => one < ' ' || one > '~')) return 'MSH gives a delimiter that is not printable ASCII.';
  if (new Set(used).size !== used.length) return 'MSH gives one character two meanings.';
  // The fifth character of MSH-2 is the truncation character of 2.7.
  return used.length > 6 ? 'MSH-2 is longer than any version of HL7 v2 allows.' : undefined;
}

function segmentsOf(wire: Wire, lines: readonly Line[]): Built {
  const segments: LazySegment[] = [];
  const firsts = new Map<string, LazySegment>();
  const counts = new Map<string, number>();
  const findings: WireFinding[] = [];
  for (const line of lines) {
    const nameSent = segmentName(wire.text, line, wire.delimiters.field);
    const name = nameSent.toUpperCase();
    if (name === 'MSH' && segments.length > 0) return { segments, firsts, findings, second: line.start };
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    const { start, end, terminator } = line;
    const segment = new LazySegment(wire, {
      name,
      nameSent,
      start,
      end,
      terminator,
      ordinal: segments.length + 1,
      occurrence,
    });
    segments.push(segment);
    if (occurrence === 1 && name !== '') firsts.set(name, segment);
    if (findings.length < REPORTED_MAX) pushSegmentFinding(findings, segment, line);
  }
  return { segments, firsts, findings, second: undefined };
}

function pushSegmentFinding(findings: WireFinding[], segment: LazySegment, line: Line): void {
  const { name, nameSent, ordinal } = segment;
  if (name === '') {
    const message = `Line ${ordinal} is not a segment: it does not begin with a name of three characters.`;
    findings.push({ code: 'not-a-segment', severity: 'warning', message, span: segment.span });
  } else if (name !== nameSent) {
    const message = `Segment ${ordinal} writes its name in lower case; it is read as ${name}.`;
    findings.push({ code: 'segment-name-case', severity: 'warning', message, span: segment.span });
  } else if (line.end - line.start <= 4) {
    findings.push({
      code: 'empty-segment',
      severity: 'information',
      message: `Segment ${ordinal} is empty.`,
      span: segment.span,
    });
  }
  if (line.blank > 0) {
    const message = `Blank lines follow segment ${ordinal}.`;
    findings.push({ code: 'empty-segment', severity: 'information', message, span: segment.span });
  }
}

type Seen = {
  readonly wire: Wire;
  readonly lines: readonly Line[];
  readonly bodyStart: number;
  readonly unclean: number;
};

function wireFindings({ wire, lines, bodyStart, unclean }: Seen): WireFinding[] {
  const { delimiters, toOffset, text } = wire;
  const findings = lineFindings(lines, toOffset);
  const spanAt = (start: number, end: number) => ({ start: toOffset(start), end: toOffset(end) });
  if (lines.at(-1)?.terminator === '') {
    const message = 'The last segment has no end; it may have been cut.';
    findings.push({
      code: 'no-final-terminator',
      severity: 'information',
      message,
      span: spanAt(text.length, text.length),
    });
  }
  if (!areUsual(delimiters)) {
    const message = 'MSH gives delimiters other than the usual |^~\\&; they are followed.';
    findings.push({
      code: 'custom-delimiters',
      severity: 'information',
      message,
      span: spanAt(bodyStart - 1, bodyStart),
    });
  }
  if (unclean !== -1) {
    const message = 'A control character stands in the text; it is shown as U+FFFD.';
    findings.push({ code: 'control-character', severity: 'warning', message, span: spanAt(unclean, unclean + 1) });
  }
  for (const one of findUnresolved(text, delimiters, { from: bodyStart, max: REPORTED_MAX, charset: wire.charset })) {
    findings.push({
      code: 'unknown-escape',
      severity: 'warning',
      message: ESCAPE_MESSAGES[one.kind],
      span: spanAt(one.start, one.end),
    });
  }
  return findings;
}

function areUsual({ field, component, repetition, escape: escaping, subcomponent }: Delimiters): boolean {
  return field === '|' && component === '^' && repetition === '~' && escaping === '\\' && subcomponent === '&';
}

const ESCAPE_MESSAGES = {
  unknown: 'An escape sequence that is not known; it is kept as it is.',
  charset: 'A switch of character set within the text, which is not followed; it is kept as it is.',
  lone: 'An escape character that opens no sequence; it is kept as it is.',
};

// Searched for one by one, because a search is many times faster than a look at each character.
function hasTooManyParts(text: string, delimiters: Delimiters): boolean {
  let count = 0;
  for (const delimiter of Object.values(delimiters)) {
    if (delimiter === '') continue;
    for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + 1)) {
      count += 1;
      if (count > DELIMITERS_MAX) return true;
    }
  }
  return false;
}
