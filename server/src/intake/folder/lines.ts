// Files of many records in pieces of a few hundred, so that no receipt is so large that one commit cannot carry it.

export type Limits = { readonly linesMax: number; readonly sizeBytesMax: number };
export type Cut = Limits & {
  /** Where the first record begins. */
  readonly from?: number;
  /** A line end inside double quotes is part of the record, as in CSV. */
  readonly quoted?: boolean;
};
/** Records `first` to `last`, counted from 1, in bytes [start, end). */
export type Piece = { readonly first: number; readonly last: number; readonly start: number; readonly end: number };

const LF = 0x0a;
const QUOTE = 0x22;

/** Cuts at line ends: each piece holds as many records as the limits allow, and one at least. */
export function piecesOf(bytes: Uint8Array, cut: Cut): Piece[] {
  const { linesMax, sizeBytesMax, from = 0, quoted = false } = cut;
  const pieces: Piece[] = [];
  let piece = { first: 1, start: from };
  let count = 0;
  for (let start = from; start < bytes.length; ) {
    const end = recordEnd(bytes, start, quoted);
    const lines = count - piece.first + 1;
    if (lines > 0 && (lines >= linesMax || end - piece.start > sizeBytesMax)) {
      pieces.push({ ...piece, last: count, end: start });
      piece = { first: count + 1, start };
    }
    count += 1;
    start = end;
  }
  if (count >= piece.first) pieces.push({ ...piece, last: count, end: bytes.length });
  return pieces;
}

/** The index after the record that begins at `start`, its line end included. */
export function recordEnd(bytes: Uint8Array, start: number, quoted: boolean): number {
  let open = false;
  let at = start;
  for (;;) {
    const lf = bytes.indexOf(LF, at);
    const end = lf === -1 ? bytes.length : lf + 1;
    if (quoted) for (let n = at; n < end; n++) if (bytes[n] === QUOTE) open = !open;
    if (!open || lf === -1) return end;
    at = end;
  }
}
