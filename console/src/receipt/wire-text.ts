// Bytes as people can read them: decoded in their own character set, with control characters made visible.
import type { Span } from '../api/types.ts';

/** Part of a decoded text; a `control` part is the name of a character one cannot see, `CR`, and may end its line. */
export type TextPart = { readonly text: string; readonly control: boolean; readonly endsLine: boolean };

// Names rather than the pictures of Unicode (U+240D): few machines have a font with those.
const NAMES = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'TAB', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI'],
  ...['DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB', 'ESC', 'FS', 'GS', 'RS', 'US'],
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const CONTROLS = /\r\n|[\x00-\x1f\x7f]/g;

/** A decoder for the character set the server named; an unknown name reads as windows-1252, which has every byte. */
export function decoderFor(charset: string): (bytes: Uint8Array) => string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { ignoreBOM: true });
  } catch {
    decoder = new TextDecoder('windows-1252');
  }
  return (bytes) => decoder.decode(bytes);
}

/** Splits text into what is seen as it is and names of what is not; a line end is named and then also ends the line. */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(CONTROLS)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), control: false, endsLine: false });
    parts.push({ text: nameOf(match[0]), control: true, endsLine: /[\r\n]$/.test(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), control: false, endsLine: false });
  return parts;
}

function nameOf(control: string): string {
  return Array.from(control, (character) => NAMES[character.charCodeAt(0)] ?? 'DEL').join(' ');
}

/** Byte range around `span` that is worth showing: to the ends of its line, at most `around` bytes to each side. */
export function excerptRange(bytes: Uint8Array, span: Span, around: number): { from: number; to: number } {
  const { start, end } = span;
  let from = Math.min(start, bytes.length);
  while (from > 0 && start - from < around && !isLineEnd(bytes[from - 1])) from -= 1;
  let to = Math.min(end, bytes.length);
  while (to < bytes.length && to - end < around && !isLineEnd(bytes[to])) to += 1;
  // Never begin or end inside a UTF-8 character: its continuation bytes are 10xxxxxx.
  while (from < start && isContinuation(bytes[from])) from += 1;
  while (to > end && isContinuation(bytes[to])) to -= 1;
  return { from, to };
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0d || byte === 0x0a;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
