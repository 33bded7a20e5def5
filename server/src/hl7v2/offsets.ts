// From a character's index in the decoded text to its byte's offset on the wire.
import type { Charset, Decoded } from './charset.ts';

export type ToOffset = (index: number) => number;

/** A function that tells the byte offset of a character index. Memory is one number per 64 characters, made on first use. */
export function offsetsOf(decoded: Decoded): ToOffset {
  const { skipped, text, charset } = decoded;
  if (decoded.oneToOne) return skipped === 0 ? sameIndex : (index) => index + skipped;
  if (isUtf16(charset)) return (index) => skipped + index * 2;
  return utf8Offsets(text, skipped);
}

function sameIndex(index: number): number {
  return index;
}

function isUtf16(charset: Charset): boolean {
  return charset === 'utf-16le' || charset === 'utf-16be';
}

const STRIDE = 64;
function utf8Offsets(text: string, skipped: number): ToOffset {
  let marks: Float64Array | undefined;
  return (index) => {
    marks ??= marksOf(text, skipped);
    const mark = Math.min(Math.floor(index / STRIDE), marks.length - 1);
    return advance(text, { from: mark * STRIDE, to: index, offset: marks[mark] ?? skipped });
  };
}

function marksOf(text: string, skipped: number): Float64Array {
  const marks = new Float64Array(Math.floor(text.length / STRIDE) + 1);
  let offset = skipped;
  marks[0] = offset;
  for (let mark = 1; mark < marks.length; mark++) {
    offset = advance(text, { from: (mark - 1) * STRIDE, to: mark * STRIDE, offset });
    marks[mark] = offset;
  }
  return marks;
}

function advance(text: string, step: { readonly from: number; readonly to: number; readonly offset: number }): number {
  let offset = step.offset;
  for (let i = step.from; i < step.to; i++) offset += utf8Length(text, i);
  return offset;
}

/** Bytes of the UTF-16 unit at `index`: a pair counts 4 at its first half, a lone low half stands for one undecodable byte. */
function utf8Length(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit < 0xd800 || unit > 0xdfff) return 3;
  if (unit < 0xdc00) return 4;
  const before = index === 0 ? 0 : text.charCodeAt(index - 1);
  return before >= 0xd800 && before < 0xdc00 ? 0 : 1;
}
