// UTF-8 that is not quite UTF-8: each byte that is no character becomes one lone surrogate, U+DC00 plus the byte, and goes back to
// that byte when encoded. Valid UTF-8 never yields a lone surrogate, so nothing is confused (the same device as Python's PEP 383).

const REPORTED_MAX = 20;
const CHUNK = 8192;

/** Decodes any bytes; `invalid` lists the offsets of the first bytes that were no character, 20 at most, one per run. */
export function decodeUtf8Lossless(bytes: Uint8Array): { readonly text: string; readonly invalid: readonly number[] } {
  const parts: string[] = [];
  const invalid: number[] = [];
  let units: number[] = [];
  let lastInvalid = -2;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      if (at !== lastInvalid + 1 && invalid.length < REPORTED_MAX) invalid.push(at);
      lastInvalid = at;
      units.push(0xdc00 + (bytes[at] ?? 0));
      at += 1;
    } else {
      pushCodePoint(units, bytes, { at, length });
      at += length;
    }
    if (units.length >= CHUNK) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return { text: parts.join(''), invalid };
}

/** Encodes text that `decodeUtf8Lossless` made. */
export function encodeUtf8Lossless(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const match of text.matchAll(/\p{Surrogate}/gu)) {
    const byte = match[0].charCodeAt(0) - 0xdc00;
    if (byte < 0x80 || byte > 0xff) continue;
    parts.push(Buffer.from(text.slice(from, match.index), 'utf8'), Uint8Array.of(byte));
    from = match.index + 1;
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

/** Length of the valid sequence at `at`, or 0 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
function sequenceLength(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (!continues(second)) return 0;
  if (first < 0xe0) return 2;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if (!continues(bytes[at + 2] ?? 0)) return 0;
  if (first < 0xf0) return 3;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return continues(bytes[at + 3] ?? 0) ? 4 : 0;
}

function continues(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function pushCodePoint(
  units: number[],
  bytes: Uint8Array,
  where: { readonly at: number; readonly length: number },
): void {
  const { at, length } = where;
  const first = bytes[at] ?? 0;
  if (length === 1) {
    units.push(first);
    return;
  }
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) point = (point << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  if (point < 0x10000) units.push(point);
  else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
}
