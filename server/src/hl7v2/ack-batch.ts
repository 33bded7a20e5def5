// The answer to a batch: a batch of acknowledgements (HL7 v2.5.1, 2.10.3.3), in the delimiters and the form of bytes it came in.
import { type Readable, readable } from './batch.ts';
import { wireInstant } from './wire-time.ts';

/** The header of a batch: BHS, and what only its FHS says. Fields are as they stand on the wire, by their number in either. */
export type Envelope = {
  readonly field: (number: number) => string;
  readonly separator: string;
  /** BHS-11. */
  readonly controlId: string;
  /** BHS-12: it answers another batch. */
  readonly reference: string;
};
export type AckBatchInput = {
  /** The batch that is answered. */
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly answers: readonly Uint8Array[];
  /** BHS-11 of the answer. */
  readonly controlId: string;
  /** BHS-7, an ISO instant. */
  readonly sentAt: string;
  /** BTS-2: for a person. ASCII, without delimiters. */
  readonly comment: string;
};

const HEADER = /^[\r\n]*(BHS|FHS)([^A-Za-z0-9\s])([^\r\n]*)/i;
const LATER_BATCH = /[\r\n]BHS[^A-Za-z0-9\s][^\r\n]*/i;
/** Headers are looked for here: two lines, and what a sender may have put into their comments. */
const HEAD_BYTES_MAX = 16_384;

/** The header of what begins with FHS or BHS; undefined when it begins otherwise. */
export function envelopeOf(bytes: Uint8Array): Envelope | undefined {
  const { text } = readable(bytes.subarray(0, HEAD_BYTES_MAX));
  const found = HEADER.exec(text);
  if (found === null) return undefined;
  const [, name = '', separator = ''] = found;
  const first = fieldsOf(found[0].trimStart(), separator);
  const second = name.toUpperCase() === 'FHS' ? fieldsOf(LATER_BATCH.exec(text)?.[0].trimStart() ?? '', separator) : [];
  const field = (number: number) => (second[number - 1] ?? '') || (first[number - 1] ?? '');
  return { field, separator, controlId: field(11), reference: field(12) };
}

// The separator itself is field 1, so the text after the name begins with field 2.
function fieldsOf(line: string, separator: string): readonly string[] {
  const [, ...rest] = line.split(separator);
  return [separator, ...rest];
}

/** BHS, the acknowledgements as they are, and BTS with their count. */
export function ackBatch(input: AckBatchInput): Uint8Array {
  const { bytes, envelope, answers, controlId, sentAt, comment } = input;
  const { field, separator } = envelope;
  const header = [field(2), field(5), field(6), field(3), field(4), wireInstant(sentAt), '', '', '', controlId];
  const reference = envelope.controlId === '' ? [] : [envelope.controlId];
  const form = readable(bytes.subarray(0, HEAD_BYTES_MAX));
  return Buffer.concat([
    written(['BHS', ...header, ...reference].join(separator), form),
    ...answers,
    written(['BTS', String(answers.length), comment].join(separator), { ...form, skipped: 0 }),
  ]);
}

function written(line: string, { unit, bigEndian, skipped }: Omit<Readable, 'text'>): Buffer {
  if (unit === 1) return Buffer.from(`${line}\r`, 'latin1');
  const wide = Buffer.from(`${skipped > 0 ? '\ufeff' : ''}${line}\r`, 'utf16le');
  return bigEndian ? wide.swap16() : wide;
}
