// A segment that parses its fields when they are asked for: most readers want a handful of a hundred.
import { absentField, literalField, parseField, type Range, type Wire } from './fields.ts';
import type { Field, Segment, Span } from './types.ts';

export type SegmentPlace = Range & {
  readonly name: string;
  readonly nameSent: string;
  readonly ordinal: number;
  readonly occurrence: number;
  readonly terminator: string;
};

// A class because it remembers what it parsed, and because accessors on plain objects cost ten times as much to make.
export class LazySegment implements Segment {
  readonly name: string;
  readonly nameSent: string;
  readonly ordinal: number;
  readonly occurrence: number;
  readonly terminator: string;
  private readonly wire: Wire;
  private readonly range: Range;
  private starts: readonly number[] | undefined;
  private readonly fields: (Field | undefined)[] = [];

  constructor(wire: Wire, place: SegmentPlace) {
    this.name = place.name;
    this.nameSent = place.nameSent;
    this.ordinal = place.ordinal;
    this.occurrence = place.occurrence;
    this.terminator = place.terminator;
    this.wire = wire;
    this.range = place;
  }

  get span(): Span {
    return { start: this.wire.toOffset(this.range.start), end: this.wire.toOffset(this.range.end) };
  }

  get fieldCount(): number {
    return this.fieldStarts().length;
  }

  field(n: number): Field {
    const known = this.fields[n];
    if (known !== undefined) return known;
    const starts = this.fieldStarts();
    const start = starts[n - 1];
    if (start === undefined) return absentField(this.wire.toOffset(this.range.end));
    const end = this.isHeader() && n === 1 ? start + 1 : (starts[n] ?? this.range.end + 1) - 1;
    const literal = this.isHeader() && n <= 2;
    const field = literal ? literalField(this.wire, { start, end }) : parseField(this.wire, { start, end });
    this.fields[n] = field;
    return field;
  }

  private isHeader(): boolean {
    return this.name === 'MSH';
  }

  /** Where each field's text begins. MSH-1 is the separator itself; a line that is no segment begins with its field 1. */
  private fieldStarts(): readonly number[] {
    if (this.starts !== undefined) return this.starts;
    const { text, delimiters } = this.wire;
    const { start, end } = this.range;
    const starts: number[] = this.name === '' ? [start] : this.isHeader() ? [start + 3] : [];
    let at = text.indexOf(delimiters.field, this.name === '' ? start : start + 3);
    while (at !== -1 && at < end) {
      starts.push(at + 1);
      at = text.indexOf(delimiters.field, at + 1);
    }
    this.starts = starts;
    return starts;
  }
}
