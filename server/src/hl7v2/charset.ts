// Which character set the bytes are in, and the text they make. MSH-18 decides; the form of the bytes overrules what cannot be true.
import { isAscii, isUtf8 } from 'node:buffer';
import { decodeUtf8Lossless } from './surrogates.ts';
import type { WireFinding, WireRefusal } from './types.ts';

export type Charset = 'us-ascii' | 'iso-8859-1' | 'iso-8859-15' | 'windows-1252' | 'utf-8' | 'utf-16le' | 'utf-16be';

/** Text of one message with all that is needed to point from a character back to its byte. */
export type Decoded = {
  readonly ok: true;
  readonly text: string;
  readonly charset: Charset;
  /** Bytes before the first character of `text`: the byte order mark. */
  readonly skipped: number;
  /** Characters and bytes are one to one, so that an index is an offset. */
  readonly oneToOne: boolean;
  readonly findings: readonly WireFinding[];
};
export type DecodeResult = Decoded | { readonly ok: false; readonly refusal: WireRefusal };

// Spellings met in MSH-18, compared without punctuation. Table 0211 writes `UNICODE UTF-8`, `8859/1`, `ASCII`.
const NAMES: { readonly [spelling: string]: Charset | 'utf-16' } = {
  ASCII: 'us-ascii',
  USASCII: 'us-ascii',
  ISO646: 'us-ascii',
  ISO88591: 'iso-8859-1',
  '88591': 'iso-8859-1',
  LATIN1: 'iso-8859-1',
  ISO885915: 'iso-8859-15',
  '885915': 'iso-8859-15',
  LATIN9: 'iso-8859-15',
  WINDOWS1252: 'windows-1252',
  WIN1252: 'windows-1252',
  CP1252: 'windows-1252',
  '1252': 'windows-1252',
  ANSI: 'windows-1252',
  UNICODE: 'utf-8',
  UNICODEUTF8: 'utf-8',
  UTF8: 'utf-8',
  UNICODEUTF16: 'utf-16',
  UNICODEUTF16LE: 'utf-16',
  UNICODEUTF16BE: 'utf-16',
  UTF16: 'utf-16',
  UTF16LE: 'utf-16',
  UTF16BE: 'utf-16',
};

/** The character set an MSH-18 value means; undefined when the spelling is not known. */
export function charsetNamed(spelling: string): Charset | 'utf-16' | undefined {
  const key = spelling.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** Decodes a message. `override` is a character set the connection insists on, whatever MSH-18 says. */
export function decode(bytes: Uint8Array, override: string | undefined): DecodeResult {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const form = formOf(bytes);
  if (form.charset === 'utf-16le' || form.charset === 'utf-16be') {
    return decodeUtf16(buffer, { charset: form.charset, skipped: form.skipped });
  }
  const body = form.skipped === 0 ? buffer : buffer.subarray(form.skipped);
  const ascii = isAscii(body);
  const findings: WireFinding[] = form.skipped === 0 ? [] : [byteOrderMark(form.skipped)];
  const head = ascii ? body.toString('latin1') : body.toString('latin1', 0, HEAD_BYTES_MAX);
  const spelling = override ?? declaredIn(head);
  const declared = spelling === '' ? undefined : charsetNamed(spelling);
  if (spelling !== '' && declared === undefined)
    findings.push(charsetFinding('MSH-18 names a character set that is not known.'));
  if (ascii) {
    const charset = form.charset ?? (declared === undefined || declared === 'utf-16' ? 'us-ascii' : declared);
    return { ok: true, text: head, charset, skipped: form.skipped, oneToOne: true, findings };
  }
  const reading =
    form.skipped > 0 ? readUtf8(body) : readAs(body, spelling === '' ? undefined : (declared ?? 'unknown'));
  findings.push(...shifted(reading.findings, form.skipped));
  const oneToOne = reading.charset !== 'utf-8';
  return { ok: true, text: reading.text, charset: reading.charset, skipped: form.skipped, oneToOne, findings };
}

/** Decodes a few bytes of a known character set, as a `\X..\` escape carries; U+FFFD stands for what is no character. */
export function decodeBytes(bytes: Uint8Array, charset: Charset): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (charset === 'utf-16le' && bytes.length % 2 === 0) return buffer.toString('utf16le').toWellFormed();
  if (charset === 'utf-16be' && bytes.length % 2 === 0)
    return Buffer.from(buffer).swap16().toString('utf16le').toWellFormed();
  if (charset === 'iso-8859-15') return latin9(buffer.toString('latin1'));
  if (charset === 'iso-8859-1' || charset === 'windows-1252') return windows1252(buffer.toString('latin1'));
  return isUtf8(buffer) ? buffer.toString('utf8') : windows1252(buffer.toString('latin1'));
}

/** What the first bytes alone prove: a byte order mark, or the zero bytes of UTF-16. */
function formOf(bytes: Uint8Array): { readonly charset: Charset | undefined; readonly skipped: number } {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { charset: 'utf-8', skipped: 3 };
  if (a === 0xff && b === 0xfe) return { charset: 'utf-16le', skipped: 2 };
  if (a === 0xfe && b === 0xff) return { charset: 'utf-16be', skipped: 2 };
  if (a === 0 && b !== undefined && b !== 0) return { charset: 'utf-16be', skipped: 0 };
  if (b === 0 && a !== undefined && a !== 0) return { charset: 'utf-16le', skipped: 0 };
  return { charset: undefined, skipped: 0 };
}

function decodeUtf16(
  buffer: Buffer,
  form: { readonly charset: 'utf-16le' | 'utf-16be'; readonly skipped: number },
): DecodeResult {
  const { charset, skipped } = form;
  if (buffer.length % 2 !== 0) {
    const span = { start: buffer.length - 1, end: buffer.length };
    return {
      ok: false,
      refusal: { code: 'utf16-odd-length', message: 'UTF-16 with an odd number of bytes: cut or damaged.', span },
    };
  }
  const body = buffer.subarray(skipped);
  const text = charset === 'utf-16le' ? body.toString('utf16le') : Buffer.from(body).swap16().toString('utf16le');
  const findings = skipped === 0 ? [] : [byteOrderMark(skipped)];
  const spelling = declaredIn(text);
  if (spelling !== '' && charsetNamed(spelling) !== 'utf-16') {
    findings.push(charsetFinding('The bytes are UTF-16, which is not what MSH-18 names; read as UTF-16.'));
  }
  if (!text.isWellFormed()) findings.push(...loneSurrogates(text, skipped));
  return { ok: true, text, charset, skipped, oneToOne: false, findings };
}

type Reading = { readonly text: string; readonly charset: Charset; readonly findings: readonly WireFinding[] };

/** Bytes that are not all ASCII, by what was declared for them. */
function readAs(body: Buffer, declared: Charset | 'utf-16' | 'unknown' | undefined): Reading {
  switch (declared) {
    case 'utf-8':
      return readUtf8(body);
    case 'iso-8859-15':
      return { text: latin9(body.toString('latin1')), charset: 'iso-8859-15', findings: [] };
    case 'windows-1252':
      return readWindows1252(body, []);
    case 'iso-8859-1':
      return readLatin1(body);
    case 'us-ascii': {
      const at = body.toString('latin1').search(/[\x80-\xff]/);
      const reading = readUndeclared(body);
      return {
        ...reading,
        findings: [...reading.findings, undecodable(at, 'not ASCII, which MSH-18 says it is')],
      };
    }
    case 'utf-16': {
      const reading = readUndeclared(body);
      const note = `MSH-18 says UTF-16, which the bytes are not; read as ${reading.charset}.`;
      return { ...reading, findings: [...reading.findings, charsetFinding(note)] };
    }
    case 'unknown':
      return readUndeclared(body);
    default: {
      const reading = readUndeclared(body);
      const note = `MSH-18 names no character set, but there is more than ASCII; read as ${reading.charset}.`;
      return { ...reading, findings: [charsetFinding(note), ...reading.findings] };
    }
  }
}

// Text that is valid UTF-8 and not ASCII is practically never anything else; the rest of the UK's undeclared text is windows-1252.
function readUndeclared(body: Buffer): Reading {
  return isUtf8(body) ? readUtf8(body) : readWindows1252(body, []);
}

function readUtf8(body: Buffer): Reading {
  if (isUtf8(body)) return { text: body.toString('utf8'), charset: 'utf-8', findings: [] };
  const { text, invalid } = decodeUtf8Lossless(body);
  return { text, charset: 'utf-8', findings: invalid.map((at) => undecodable(at, 'not valid UTF-8')) };
}

// 0x80 to 0x9F are control characters in 8859/1; whoever sends one means windows-1252 (WHATWG Encoding reads the label so too).
function readLatin1(body: Buffer): Reading {
  const text = body.toString('latin1');
  const at = text.search(/[\x80-\x9f]/);
  if (at === -1) return { text, charset: 'iso-8859-1', findings: [] };
  return readWindows1252(body, [undecodable(at, 'a control character in 8859/1; read as windows-1252')]);
}

function readWindows1252(body: Buffer, before: readonly WireFinding[]): Reading {
  const latin1 = body.toString('latin1');
  const at = latin1.search(/[\x81\x8d\x8f\x90\x9d]/);
  const findings = at === -1 ? before : [...before, undecodable(at, 'not assigned in windows-1252')];
  return { text: windows1252(latin1), charset: 'windows-1252', findings };
}

/** Characters of windows-1252 at 0x80 … 0x9F; the five unassigned ones stay the control characters they are in 8859/1. */
export const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
/** Where 8859/15 differs from 8859/1. */
export const LATIN_9: { readonly [latin1: string]: string } = {
  '\xa4': '€',
  '\xa6': 'Š',
  '\xa8': 'š',
  '\xb4': 'Ž',
  '\xb8': 'ž',
  '\xbc': 'Œ',
  '\xbd': 'œ',
  '\xbe': 'Ÿ',
};

function windows1252(latin1: string): string {
  return latin1.replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
}

function latin9(latin1: string): string {
  return latin1.replace(/[\xa4\xa6\xa8\xb4\xb8\xbc-\xbe]/g, (char) => LATIN_9[char] ?? char);
}

// MSH-18 is looked for in so many bytes; a header is a few hundred.
const HEAD_BYTES_MAX = 8192;

/** First repetition of MSH-18 in a text that opens with MSH; `''` when MSH does not reach it. */
function declaredIn(text: string): string {
  let start = 0;
  while (text[start] === '\r' || text[start] === '\n') start += 1;
  const separator = text[start + 3];
  if (separator === undefined) return '';
  let at = start + 3;
  for (let n = 2; n < 18; n++) {
    at = text.indexOf(separator, at + 1);
    if (at === -1) return '';
  }
  if (/[\r\n]/.test(text.slice(start, at))) return '';
  const rest = text.slice(at + 1, at + 41);
  const value = rest.split(/[\r\n]/, 1)[0]?.split(separator, 1)[0] ?? '';
  return (value.split(text[start + 5] ?? '~', 1)[0] ?? '').trim();
}

const UNDECODABLE_REPORTED_MAX = 20;
function loneSurrogates(text: string, skipped: number): WireFinding[] {
  const found: WireFinding[] = [];
  for (const match of text.matchAll(/\p{Surrogate}/gu)) {
    if (found.length === UNDECODABLE_REPORTED_MAX) break;
    found.push(undecodable(skipped + match.index * 2, 'half of a UTF-16 pair', 2));
  }
  return found;
}

function undecodable(at: number, why: string, length = 1): WireFinding {
  const message = `The byte at offset ${at} is ${why}; it is kept as it came.`;
  return { code: 'undecodable-bytes', severity: 'warning', message, span: { start: at, end: at + length } };
}

function shifted(findings: readonly WireFinding[], by: number): readonly WireFinding[] {
  if (by === 0) return findings;
  return findings.map((one) => ({ ...one, span: { start: one.span.start + by, end: one.span.end + by } }));
}

function byteOrderMark(length: number): WireFinding {
  const message = 'A byte order mark stands before MSH.';
  return { code: 'byte-order-mark', severity: 'information', message, span: { start: 0, end: length } };
}

function charsetFinding(message: string): WireFinding {
  return { code: 'unknown-charset', severity: 'warning', message, span: { start: 0, end: 0 } };
}
