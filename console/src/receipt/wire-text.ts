// Bytes as people can read them: decoded in their own character set, with control characters made visible.

/** Part of a decoded text; `control` parts are pictures of characters one cannot see. */
export type TextPart = { readonly text: string; readonly control: boolean };

const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';
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

/** Splits text into what is seen as it is and pictures; a line end is shown and then also ends the line. */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(CONTROLS)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), control: false });
    parts.push({ text: pictureOf(match[0]), control: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), control: false });
  return parts;
}

function pictureOf(control: string): string {
  const pictures = Array.from(control, (character) =>
    character === '\x7f' ? DELETE_PICTURE : String.fromCharCode(CONTROL_PICTURES + character.charCodeAt(0)),
  ).join('');
  return control.endsWith('\r') || control.endsWith('\n') ? `${pictures}\n` : pictures;
}

/** The same for a place where only a string fits. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => part.text.replace('\n', ''))
    .join('');
}

/** Byte range around `start`–`end` that is worth showing: to the ends of its line, at most `around` bytes to each side. */
export function excerptRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  around: number,
): { from: number; to: number } {
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
