// The 64-bit hash of search terms: the one PostgreSQL computes as hashtextextended(value, seed), so that SQL can hash what it
// finds (a chain: the references to the patients just found) as the server hashes what it indexes. Bob Jenkins' lookup3.     (pure)

const BYTES_MAX = 8_192;
const bytes = new Uint8Array(BYTES_MAX + 16);
const words = new Int32Array(bytes.buffer);
const encoder = new TextEncoder();
const result = new Int32Array(2);
const result64 = new BigInt64Array(result.buffer);
const ASCII_MAX = 0x7f;
const FIXED = (0x9e3779b9 + 3_923_095) | 0;

/** Hashes the concatenation of the parts. Values beyond 8 KB are hashed by their beginning and their length. */
export function hash64(seed: number, ...parts: readonly string[]): bigint {
  let length = 0;
  for (const part of parts) length = write(part, length);
  return hashBytes(length, seed);
}

function write(text: string, from: number): number {
  let at = from;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > ASCII_MAX || at >= BYTES_MAX) return writeEncoded(text, from);
    bytes[at] = code;
    at += 1;
  }
  return at;
}

function writeEncoded(text: string, from: number): number {
  const fits = Buffer.byteLength(text) <= BYTES_MAX - from;
  const { written } = encoder.encodeInto(fits ? text : `${text.length}:${text}`, bytes.subarray(from, BYTES_MAX));
  return from + written;
}

function hashBytes(length: number, seed: number): bigint {
  let a = (FIXED + length) | 0;
  let b = a;
  let c = a;
  const rot = (x: number, k: number) => (x << k) | (x >>> (32 - k));
  // As the original writes it: three steps a line.
  const mix = () => {
    a = (a - c) ^ rot(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rot(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rot(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rot(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rot(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rot(b, 4);
    b = (b + a) | 0;
  };
  if (seed !== 0) {
    b = (b + seed) | 0;
    mix();
  }
  let word = 0;
  let left = length;
  while (left >= 12) {
    a = (a + (words[word] ?? 0)) | 0;
    b = (b + (words[word + 1] ?? 0)) | 0;
    c = (c + (words[word + 2] ?? 0)) | 0;
    mix();
    word += 3;
    left -= 12;
  }
  // What an earlier, longer text left behind the end must not count.
  bytes.fill(0, length, length + 12);
  a = (a + (words[word] ?? 0)) | 0;
  b = (b + (words[word + 1] ?? 0)) | 0;
  // The lowest byte of the last word is the length's.
  c = (c + ((words[word + 2] ?? 0) << 8)) | 0;
  c = ((c ^ b) - rot(b, 14)) | 0;
  a = ((a ^ c) - rot(c, 11)) | 0;
  b = ((b ^ a) - rot(a, 25)) | 0;
  c = ((c ^ b) - rot(b, 16)) | 0;
  a = ((a ^ c) - rot(c, 4)) | 0;
  b = ((b ^ a) - rot(a, 14)) | 0;
  c = ((c ^ b) - rot(b, 24)) | 0;
  result[0] = c;
  result[1] = b;
  return result64[0] ?? 0n;
}
