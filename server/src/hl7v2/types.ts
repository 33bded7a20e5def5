// The HL7 v2 language as values. Every part knows the byte range it came from, so an explanation can point at the wire.

/** Half-open byte range [start, end) in the receipt's payload. */
export type Span = { readonly start: number; readonly end: number };

export type Delimiters = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
};

/**
 * What a position on the wire says. `null` is the two characters `""` (the sender says: no value); `empty` is present but
 * says nothing; `absent` is a position the segment does not reach.
 */
export type Presence = 'value' | 'null' | 'empty' | 'absent';

/**
 * The smallest unit. `raw` is the text before escapes are resolved, with bytes that could not be decoded held as lone surrogates so
 * that it renders back exactly. `text` is fit to show and store: escapes resolved, `''` for a null, U+FFFD for what is no character.
 */
export type Subcomponent = {
  readonly presence: Presence;
  readonly raw: string;
  readonly text: string;
  readonly span: Span;
};
export type Component = {
  readonly presence: Presence;
  readonly subcomponents: readonly Subcomponent[];
  readonly span: Span;
};
export type Repetition = {
  readonly presence: Presence;
  readonly components: readonly Component[];
  readonly span: Span;
};
/** `repetitions` is empty only for an absent field; an empty field has one empty repetition. */
export type Field = { readonly presence: Presence; readonly repetitions: readonly Repetition[]; readonly span: Span };

export type Segment = {
  /** Three characters in upper case (a sender's `pid` is reported, and is PID); `''` for a line that is not a segment. */
  readonly name: string;
  /** The same three characters as sent. */
  readonly nameSent: string;
  /** Position among all segments of the message, from 1. */
  readonly ordinal: number;
  /** Position among the segments of this name, from 1 (ERR-2.2). */
  readonly occurrence: number;
  readonly span: Span;
  /** The line ends that follow, blank lines included; `''` when the bytes end without one. Outside of `span`. */
  readonly terminator: string;
  /** Number of fields the segment reaches (MSH-1 and MSH-2 count). A line that is not a segment has its text as fields from 1. */
  readonly fieldCount: number;
  /** Field n, from 1, parsed on demand and remembered. Beyond the end: a field with presence `absent`. */
  field(n: number): Field;
};

/** What is odd about the wire form, tolerated and reported. */
export type WireFinding = {
  readonly code:
    | 'line-ending-lf'
    | 'line-ending-crlf'
    | 'line-endings-mixed'
    | 'empty-segment'
    | 'not-a-segment'
    | 'segment-name-case'
    | 'custom-delimiters'
    | 'unknown-escape'
    | 'undecodable-bytes'
    | 'control-character'
    | 'unknown-charset'
    | 'byte-order-mark'
    | 'no-final-terminator';
  readonly severity: 'information' | 'warning' | 'error';
  /** A sentence without patient data. */
  readonly message: string;
  readonly span: Span;
};

export type Message = {
  readonly bytes: Uint8Array;
  /** IANA name used to decode: `us-ascii`, `iso-8859-1`, `iso-8859-15`, `windows-1252`, `utf-8`, `utf-16le`, `utf-16be`. */
  readonly charset: string;
  readonly delimiters: Delimiters;
  /** What stands before MSH: a byte order mark, blank lines. Usually `''`. */
  readonly prefix: string;
  readonly segments: readonly Segment[];
  readonly findings: readonly WireFinding[];
  /** First segment of that name, if any. */
  first(name: string): Segment | undefined;
};

/** Why bytes could not be read as HL7 v2 at all. */
export type WireRefusal = { readonly code: string; readonly message: string; readonly span: Span };
export type ParseResult =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly refusal: WireRefusal };

/**
 * MSH as the rest of Vouch uses it; empty string where a field says nothing. Applications and facilities are the namespace (HD.1), or
 * the universal id where there is no namespace. `controlId` is MSH-10 exactly as sent; the others are trimmed.
 */
export type Header = {
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  readonly sentAt: string;
  readonly type: string;
  readonly trigger: string;
  readonly structure: string;
  readonly controlId: string;
  readonly processingId: string;
  readonly version: string;
  readonly acceptAck: string;
  readonly applicationAck: string;
  readonly charset: string;
};

/**
 * A point in time as the wire gave it. `precision` says how much of `value` was sent; `value` is a FHIR date or dateTime of
 * that precision. An instant carries `zone`: explicit when sent, assumed when Europe/London was taken for it.
 */
export type WireTime =
  | {
      readonly ok: true;
      readonly value: string;
      /** `hour`: the wire stopped at the hour; `value` then shows minute 00, because FHIR has no such precision. */
      readonly precision: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction';
      readonly zone: 'explicit' | 'assumed' | 'none';
      /** `ambiguous`: the local time occurred twice (`alternative` is the other reading); `impossible`: it never occurred. */
      readonly flag: 'ambiguous' | 'impossible' | undefined;
      readonly alternative: string | undefined;
    }
  | { readonly ok: false; readonly reason: string };
