// Cuts a receipt's bytes at every edge of every mark, so that overlapping and nested ranges can be drawn in one pass.

/** A byte range of the payload and what became of it. Offsets count bytes, not characters. */
export type Mark = {
  readonly id: string;
  readonly kind: 'mapped' | 'ignored' | 'unmapped' | 'reason' | 'asked';
  readonly start: number;
  readonly end: number;
  /** In the sender's own language: `PID-5.1`. */
  readonly position: string;
  /** What it became, or why it became nothing. */
  readonly target: string;
  readonly value: string | undefined;
};
/** Bytes [start, end) under exactly these marks, narrowest first. */
export type Piece = { readonly start: number; readonly end: number; readonly marks: readonly Mark[] };

/** The pieces of [0, sizeBytes) in order, without gap or overlap. Empty marks and those outside are left out. */
export function cutPieces(marks: readonly Mark[], sizeBytes: number): Piece[] {
  const inside = marks
    .map((mark) => ({ mark, start: Math.max(0, mark.start), end: Math.min(sizeBytes, mark.end) }))
    .filter(({ start, end }) => start < end);
  const edges = new Set([0, sizeBytes, ...inside.flatMap(({ start, end }) => [start, end])]);
  const sorted = [...edges].sort((a, b) => a - b);
  const byStart = inside.toSorted((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let next = 0;
  let open: typeof inside = [];
  for (let i = 0; i + 1 < sorted.length; i += 1) {
    const start = sorted[i] ?? 0;
    const end = sorted[i + 1] ?? 0;
    open = open.filter((range) => range.end > start);
    for (let range = byStart[next]; range !== undefined && range.start <= start; range = byStart[next]) {
      open.push(range);
      next += 1;
    }
    pieces.push({ start, end, marks: open.map((range) => range.mark).toSorted(narrowestFirst) });
  }
  return pieces;
}

function narrowestFirst(a: Mark, b: Mark): number {
  return a.end - a.start - (b.end - b.start) || a.start - b.start || (a.id < b.id ? -1 : 1);
}

/** The marks that speak of this piece most closely: the narrowest, and any of the same range. */
export function closest(piece: Piece): readonly Mark[] {
  const [first] = piece.marks;
  return first === undefined ? [] : piece.marks.filter((mark) => mark.start === first.start && mark.end === first.end);
}
